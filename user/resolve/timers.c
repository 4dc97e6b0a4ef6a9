/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers of one thread behind one descriptor. */
#include "resolve/timers.h"

#include <errno.h>
#include <sys/timerfd.h>

#include "util/cleanup.h"
#include "util/clock.h"

int rb_timers_open(struct rb_timers *timers)
{
	*timers = (struct rb_timers){
		.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
	for (int i = 0; i < RB_TIMER_KINDS; i++)
		TAILQ_INIT(&timers->lists[i]);
	return timers->fd < 0 ? -errno : 0;
}

void rb_timers_close(struct rb_timers *timers)
{
	rb_closep(&timers->fd);
	timers->fd = -1;
}

static void arm(struct rb_timers *timers, uint64_t due_ns, uint64_t now_ns)
{
	uint64_t delay_ns = due_ns > now_ns ? due_ns - now_ns : 1;
	const struct itimerspec at = {.it_value = {.tv_sec = (time_t)(delay_ns / RB_NS_PER_S),
						   .tv_nsec = (long)(delay_ns % RB_NS_PER_S)}};

	timers->armed_ns = due_ns;
	timerfd_settime(timers->fd, 0, &at, NULL);
}

void rb_timer_start(struct rb_timers *timers, struct rb_timer *timer, uint64_t delay_ns)
{
	struct rb_timer_list *list = &timers->lists[timer->kind];
	uint64_t now_ns = rb_clock_ns();
	struct rb_timer *before = TAILQ_LAST(list, rb_timer_list);

	timer->due_ns = now_ns + delay_ns;
	while (before && before->due_ns > timer->due_ns)
		before = TAILQ_PREV(before, rb_timer_list, entry);
	if (before)
		TAILQ_INSERT_AFTER(list, before, timer, entry);
	else
		TAILQ_INSERT_HEAD(list, timer, entry);
	if (!timers->armed_ns || timer->due_ns < timers->armed_ns)
		arm(timers, timer->due_ns, now_ns);
}

void rb_timer_stop(struct rb_timers *timers, struct rb_timer *timer)
{
	if (!timer->due_ns)
		return;
	TAILQ_REMOVE(&timers->lists[timer->kind], timer, entry);
	timer->due_ns = 0;
}

/* The timer that is due first. */
static struct rb_timer *first(const struct rb_timers *timers)
{
	struct rb_timer *found = NULL;

	for (int i = 0; i < RB_TIMER_KINDS; i++) {
		struct rb_timer *timer = TAILQ_FIRST(&timers->lists[i]);

		if (timer && (!found || timer->due_ns < found->due_ns))
			found = timer;
	}
	return found;
}

void rb_timers_run(struct rb_timers *timers)
{
	uint64_t now_ns;
	struct rb_timer *timer;

	if (!timers->armed_ns)
		return;
	now_ns = rb_clock_ns();
	if (now_ns < timers->armed_ns)
		return;
	/* Timers that are started meanwhile arm the descriptor again. */
	timers->armed_ns = 0;
	while ((timer = first(timers)) && timer->due_ns <= now_ns) {
		rb_timer_stop(timers, timer);
		timer->fire(timer);
	}
	if (timer && (!timers->armed_ns || timer->due_ns < timers->armed_ns))
		arm(timers, timer->due_ns, now_ns);
}
