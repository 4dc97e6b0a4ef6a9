/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a resolver thread keeps, for thread.c (its loop), task.c (a question's way) and renew.c (new
 * contexts while it runs).
 *
 * Thread: the resolver's own, where nothing else is said.
 */
#ifndef RB_RESOLVE_STATE_H
#define RB_RESOLVE_STATE_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>

#include "resolve/bell.h"
#include "resolve/flushed.h"
#include "resolve/generation.h"
#include "resolve/lanes.h"
#include "resolve/thread.h"
#include "table/table.h"
#include "util/histogram.h"

/* Counted by the thread alone, read by anybody. */
struct rb_thread_counters {
	atomic_uint_fast64_t submitted;
	atomic_uint_fast64_t answered;
	atomic_uint_fast64_t servfail;
	atomic_uint_fast64_t bogus;
	atomic_uint_fast64_t published;
	atomic_uint_fast64_t unpublished;
	atomic_uint_fast64_t rejected;
	atomic_uint_fast64_t refreshed;
	atomic_uint_fast64_t unrefreshed;
	atomic_uint_fast64_t stale;
	struct rb_histogram took; /* libunbound, for a question */
};

struct rb_thread {
	struct rb_table *table;
	FILE *log;
	struct rb_flushed *flushed; /* that the contexts may remember; NULL: they do not */
	struct rb_lane *lanes;
	unsigned int lane_count;
	unsigned int number;
	struct rb_generation *generation;        /* that new tasks go to */
	struct rb_generations retired;           /* older ones with tasks still inside */
	struct rb_generations known;             /* the makers': all that are not freed */
	struct rb_generation *prepared;          /* the makers': made, not yet in use */
	_Atomic(struct rb_generation *) offered; /* by a maker, who waits until it is taken */
	_Atomic(struct rb_generation *) drained; /* by the thread, for others to free */
	sem_t taken;
	struct rb_task *held;     /* out of its lane, but over the limit; NULL: none */
	unsigned int outstanding; /* tasks inside libunbound, of all generations */
	unsigned int outstanding_max;
	struct rb_bell bell;
	atomic_bool stop;
	bool running;
	pthread_t id;
	struct rb_thread_counters counters;
};

/* Ask libunbound; the task comes back through its lane. */
void rb_task_resolve(struct rb_thread *thread, struct rb_task *task);

/* New questions go to what was prepared, if anything. */
void rb_renew_take(struct rb_thread *thread);

/* Go on with the questions that older contexts still have. */
void rb_renew_run_retired(struct rb_thread *thread);

#endif
