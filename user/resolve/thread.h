/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One resolver thread: takes tasks from the workers' lanes, asks libunbound, publishes, hands back.
 *
 * Thread:   opened and closed by main; open ones do nothing yet, so that all contexts can be made
 *	     one after another before the first thread runs. A lane's worker side belongs to that
 *	     worker, everything else to the thread.
 * Lifetime: config, table, log and the lanes' bells must outlive the thread.
 * Errors:   0 or -errno, those of libunbound logged; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_THREAD_H
#define RB_RESOLVE_THREAD_H

#include <stdio.h>

#include "config/config.h"
#include "resolve/bell.h"
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
};

int rb_thread_open(const struct rb_thread_opts *opts, struct rb_thread **ret_thread);
int rb_thread_start(struct rb_thread *thread);

/* Stop it if it runs, drop what is inside, free. */
void rb_thread_close(struct rb_thread *thread);

/* Of this worker. */
struct rb_lane *rb_thread_lane(struct rb_thread *thread, unsigned int worker);

/* Worker: -EAGAIN where there is no room. The task is the thread's until its lane hands it back. */
int rb_thread_submit(struct rb_thread *thread, struct rb_lane *lane, struct rb_task *task);

/* Add this thread's counts. */
void rb_thread_stats(const struct rb_thread *thread, struct rb_resolver_stats *sum);

#endif
