/* SPDX-License-Identifier: BSD-2-Clause */
/* One resolver thread. */
#include "resolve/thread.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <string.h>

#include "resolve/state.h"
#include "util/cleanup.h"
#include "util/privileges.h"
#include "util/clock.h"

#define TURN_TASKS          64   /* from each lane between two looks at the network */
#define OUTSTANDING_DEFAULT 2048 /* as Unbound with its default outgoing-range */

/*
 * Over the limit a question waits for one that ends, since most bursts are over soon, but not for
 * longer than jostle-timeout: then it is told that it was too much.
 */
static bool must_wait(const struct rb_thread *thread, const struct rb_task *task)
{
	uint64_t timeout_ns = thread->generation->config->jostle_timeout_ms * RB_NS_PER_MS;

	return thread->outstanding >= thread->outstanding_max &&
	       rb_clock_ns() - task->submitted_ns < timeout_ns;
}

/* Ask for it now or later; whether now. */
static bool try_resolve(struct rb_thread *thread, struct rb_task *task)
{
	thread->held = NULL;
	if (!must_wait(thread, task)) {
		rb_task_resolve(thread, task);
		return true;
	}
	thread->held = task;
	rb_generation_hurry(thread->generation);
	return false;
}

/* Whether there was anything to do. */
static bool take_tasks(struct rb_thread *thread)
{
	bool found = false;

	if (thread->held && !try_resolve(thread, thread->held))
		return false;
	for (unsigned int i = 0; i < thread->lane_count; i++) {
		struct rb_task *task;

		for (int n = 0; n < TURN_TASKS && (task = rb_ring_pop(thread->lanes[i].tasks));
		     n++) {
			if (!try_resolve(thread, task))
				return found;
			found = true;
		}
	}
	return found;
}

static bool is_called(struct rb_thread *thread)
{
	return atomic_load(&thread->stop) || atomic_load(&thread->offered);
}

static void *run(void *arg)
{
	struct rb_thread *thread = arg;
	char name[16];

	snprintf(name, sizeof(name), "rb-resolver-%u", thread->number % 1000);
	pthread_setname_np(pthread_self(), name);
	(void)rb_privileges_drop();
	while (!atomic_load(&thread->stop)) {
		bool found;

		rb_renew_take(thread);
		found = take_tasks(thread);
		if (!found) {
			rb_bell_arm(&thread->bell);
			found = take_tasks(thread) || is_called(thread);
		}
		event_base_loop(thread->generation->base,
				EVLOOP_ONCE | (found ? EVLOOP_NONBLOCK : 0));
		rb_bell_disarm(&thread->bell);
		rb_renew_run_retired(thread);
		rb_lanes_ring(thread->lanes, thread->lane_count);
	}
	return NULL;
}

static void thread_freep(struct rb_thread **thread)
{
	if (*thread)
		rb_thread_close(*thread);
}

int rb_thread_open(const struct rb_thread_opts *opts, struct rb_thread **ret_thread)
{
	_cleanup_(thread_freep) struct rb_thread *thread = calloc(1, sizeof(*thread));
	int err;

	if (!thread)
		return -ENOMEM;
	thread->bell.fd = -1;
	sem_init(&thread->taken, 0, 0);
	thread->table = opts->table;
	thread->log = opts->log;
	thread->number = opts->number;
	thread->flushed = opts->flushed;
	thread->outstanding_max = opts->config->num_queries_per_thread ?: OUTSTANDING_DEFAULT;
	err = rb_lanes_new(opts->worker_bells, opts->workers, thread->outstanding_max,
			   &thread->lanes);
	if (err)
		return err;
	thread->lane_count = opts->workers;
	err = rb_bell_open(&thread->bell);
	if (err)
		return err;
	err = rb_thread_prepare(thread, opts->config);
	if (err)
		return err;
	thread->generation = TAKE_PTR(thread->prepared);
	*ret_thread = TAKE_PTR(thread);
	return 0;
}

int rb_thread_start(struct rb_thread *thread)
{
	sigset_t all, before;
	int err;

	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread->id, NULL, run, thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	thread->running = !err;
	return -err;
}

void rb_thread_close(struct rb_thread *thread)
{
	struct rb_generation *generation, *next;

	if (thread->running) {
		atomic_store(&thread->stop, true);
		rb_bell_ring(&thread->bell);
		pthread_join(thread->id, NULL);
	}
	for (generation = LIST_FIRST(&thread->known); generation; generation = next) {
		next = LIST_NEXT(generation, known);
		rb_generation_free(generation);
	}
	if (thread->held)
		rb_task_free(thread->held);
	rb_lanes_free(thread->lanes, thread->lane_count);
	sem_destroy(&thread->taken);
	rb_bell_close(&thread->bell);
	free(thread);
}

struct rb_lane *rb_thread_lane(struct rb_thread *thread, unsigned int worker)
{
	return &thread->lanes[worker];
}

int rb_thread_submit(struct rb_thread *thread, struct rb_lane *lane, struct rb_task *task)
{
	int err;

	task->thread = thread;
	err = rb_lane_submit(lane, task);
	if (!err)
		rb_bell_ring(&thread->bell);
	return err;
}

static uint64_t value(const atomic_uint_fast64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void rb_thread_stats(const struct rb_thread *thread, struct rb_resolver_stats *sum)
{
	const struct rb_thread_counters *counters = &thread->counters;

	sum->submitted += value(&counters->submitted);
	sum->answered += value(&counters->answered);
	sum->servfail += value(&counters->servfail);
	sum->bogus += value(&counters->bogus);
	sum->published += value(&counters->published);
	sum->unpublished += value(&counters->unpublished);
	sum->rejected += value(&counters->rejected);
	sum->refreshed += value(&counters->refreshed);
	sum->unrefreshed += value(&counters->unrefreshed);
	sum->stale += value(&counters->stale);
	rb_histogram_read(&counters->took, &sum->took);
}
