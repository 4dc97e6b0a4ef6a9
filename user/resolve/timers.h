/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The timers of one thread, with one descriptor. Timers of one kind have about the same delay, so
 * each list stays in order almost without work.
 *
 * Thread: their owner's. Errors: 0 or -errno.
 */
#ifndef RB_RESOLVE_TIMERS_H
#define RB_RESOLVE_TIMERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum rb_timer_kind {
	RB_TIMER_PACE,     /* some milliseconds: look again at what waits */
	RB_TIMER_PATIENCE, /* serve-expired-client-timeout */
	RB_TIMER_HOLDOFF,  /* seconds: a failed refresh */
	RB_TIMER_KINDS,
};

struct rb_timer {
	TAILQ_ENTRY(rb_timer) entry;
	uint64_t due_ns; /* 0: not started */
	enum rb_timer_kind kind;
	void (*fire)(struct rb_timer *timer); /* the timer has stopped, and may be started again */
	void *context;
};
TAILQ_HEAD(rb_timer_list, rb_timer);

struct rb_timers {
	int fd; /* of timerfd_create(): readable when a timer is due; do not read it */
	uint64_t armed_ns;
	struct rb_timer_list lists[RB_TIMER_KINDS];
};

int rb_timers_open(struct rb_timers *timers);
void rb_timers_close(struct rb_timers *timers);

void rb_timer_start(struct rb_timers *timers, struct rb_timer *timer, uint64_t delay_ns);

/* The timer need not be started. */
void rb_timer_stop(struct rb_timers *timers, struct rb_timer *timer);

static inline bool rb_timer_is_started(const struct rb_timer *timer)
{
	return timer->due_ns;
}

/* Fire the timers that are due. */
void rb_timers_run(struct rb_timers *timers);

#endif
