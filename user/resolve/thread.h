/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One resolver thread: takes tasks from the workers' lanes, asks libunbound, publishes, hands back.
 *
 * Thread:   opened and closed by main; open ones do nothing yet, so that all contexts can be made
 *	     one after another before the first thread runs. A lane's worker side belongs to that
 *	     worker, everything else to the thread.
 * Lifetime: table, log and the lanes' bells must outlive the thread; a config as long as
 *	     rb_thread_uses() says.
 * Errors:   0 or -errno, those of libunbound logged; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_THREAD_H
#define RB_RESOLVE_THREAD_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"
#include "resolve/bell.h"
#include "resolve/flushed.h"
#include "resolve/lanes.h"
#include "resolve/resolver.h"
#include "table/table.h"

struct rb_thread;

struct rb_thread_opts {
	const struct rb_config *config;
	struct rb_table *table;
	FILE *log; /* of rb_context_log_open() */
	struct rb_bell *worker_bells;
	unsigned int workers;
	unsigned int number;
	struct rb_flushed *flushed; /* that the contexts may remember; NULL: they do not */
};

int rb_thread_open(const struct rb_thread_opts *opts, struct rb_thread **ret_thread);
int rb_thread_start(struct rb_thread *thread);

/* Stop it if it runs, drop what is inside, free. */
void rb_thread_close(struct rb_thread *thread);

/*
 * New contexts, with this configuration, in three steps, so that those of all threads are there
 * before any thread changes over: prepare, which leaves the thread alone, then switch, which
 * returns when the thread asks the new ones alone, or discard.
 */
int rb_thread_prepare(struct rb_thread *thread, const struct rb_config *config);
void rb_thread_switch(struct rb_thread *thread);
void rb_thread_discard(struct rb_thread *thread);

/* Free contexts whose last question was answered; whether there were any. */
bool rb_thread_reap(struct rb_thread *thread);

/* Whether any contexts that are not freed were made for this configuration. */
bool rb_thread_uses(const struct rb_thread *thread, const struct rb_config *config);

/* Whether the contexts in use have been asked nothing yet, so that they can remember nothing. */
bool rb_thread_is_unasked(const struct rb_thread *thread);

/* Freeing contexts makes libunbound forget where it is to log. */
void rb_thread_log_again(const struct rb_thread *thread);

/* Of this worker. */
struct rb_lane *rb_thread_lane(struct rb_thread *thread, unsigned int worker);

/* Worker: -EAGAIN where there is no room. The task is the thread's until its lane hands it back. */
int rb_thread_submit(struct rb_thread *thread, struct rb_lane *lane, struct rb_task *task);

/* Add this thread's counts. */
void rb_thread_stats(const struct rb_thread *thread, struct rb_resolver_stats *sum);

#endif
