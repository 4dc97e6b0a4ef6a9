/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of resolver processes that do not live long: a worker that asks, and looks after the
 * processes while it waits, as main does.
 */
#ifndef RB_TESTS_WATCHED_FIXTURE_H
#define RB_TESTS_WATCHED_FIXTURE_H

#include "resolve_fixture.h"

#include <sys/types.h>

#define IN_FORCE "in force, ready"
#define SPARE    "spare, ready"

#define EDE_OTHER 1 /* RFC 8914 4.1, as in rb_answer */

/* Wait for a job, and look after the processes meanwhile. NULL: none came in that time. */
struct rb_job *collect_watched(struct world *world, int wait_ms);

/* The first process whose line in the status says so. */
pid_t wait_for_process(struct world *world, const char *what);

/* For its address; the answer is the caller's. */
struct rb_answer *ask_watched(struct world *world, const char *name);

#endif
