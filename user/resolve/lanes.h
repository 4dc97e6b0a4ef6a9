/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways between the workers and one resolver thread: what travels, and two rings for each
 *worker.
 *
 * Thread:   rb_lane_submit() and _collect() by the lane's worker, rb_lane_finish() and
 *	     rb_lanes_ring() by the resolver thread, the rest by main while neither runs.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_LANES_H
#define RB_RESOLVE_LANES_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/answer.h"
#include "resolve/bell.h"
#include "resolve/resolver.h"
#include "table/table.h"
#include "util/ring.h"

struct event;
struct rb_generation;
struct rb_lane;
struct rb_thread;

/*
 * A question inside the resolvers. It holds a copy of what the job asks, so that a job's memory is
 * touched by its worker alone. Allocated and freed by the worker.
 */
struct rb_task {
	struct rb_table_key key;
	uint32_t epoch; /* in force when it was decided that this is to be resolved */
	uint16_t qclass;
	bool publishable;
	bool dnssec_ok;
	bool checking_disabled;
	bool unsynthesized;
	bool bogus;             /* what libunbound found; with CD=1 it is answered */
	bool second;            /* to be asked of the second context */
	bool outdated;          /* done, but to be asked again elsewhere: see resolve/flushed.h */
	struct rb_job *job;     /* NULL: a refresh, for which nobody waits */
	struct event *patience; /* serve-expired-client-timeout; NULL: none */
	struct rb_lane *lane;
	struct rb_thread *thread;
	struct rb_generation *generation; /* whose contexts were asked */
	struct rb_answer *answer;
	uint64_t submitted_ns; /* rb_clock_ns() */
	uint64_t asked_ns;     /* libunbound; rb_clock_ns() */
};

void rb_task_free(struct rb_task *task);

/* The variant of a record that answers it. */
static inline uint8_t rb_task_serves(const struct rb_task *task)
{
	return task->dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
}

struct rb_lane {
	struct rb_ring *tasks; /* worker to thread */
	struct rb_ring *done;  /* thread to worker */
	struct rb_bell *worker;
	size_t inside_max; /* entries of a ring */
	/* The worker's: tasks submitted and not yet collected. Bounded, so that done is never full.
	 */
	alignas(64) size_t inside;
	/* The thread's: something is in done that the worker was not told of. */
	alignas(64) bool unrung;
};

/* One lane for each bell. outstanding_max: tasks that the thread lets into libunbound. */
int rb_lanes_new(struct rb_bell *bells, unsigned int count, unsigned int outstanding_max,
		 struct rb_lane **ret_lanes);

/* With all tasks in them. */
void rb_lanes_free(struct rb_lane *lanes, unsigned int count);

/* -EAGAIN where there is no room. */
int rb_lane_submit(struct rb_lane *lane, struct rb_task *task);

/* NULL: none is done. */
struct rb_task *rb_lane_collect(struct rb_lane *lane);

void rb_lane_finish(struct rb_lane *lane, struct rb_task *task);

/* Wake the workers for whom something was finished. */
void rb_lanes_ring(struct rb_lane *lanes, unsigned int count);

#endif
