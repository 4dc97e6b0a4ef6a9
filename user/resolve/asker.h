/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In a resolver process: takes questions out of the workers' channels, asks libunbound, and puts
 * what it says into the channels of responses.
 *
 * Thread:   the process's only one.
 * Errors:   0 or -errno. -EPROTO: the server wrote what cannot be.
 */
#ifndef RB_RESOLVE_ASKER_H
#define RB_RESOLVE_ASKER_H

#include <stdbool.h>
#include <sys/queue.h>
#include <unbound.h>

#include "resolve/protocol.h"

/* A response that found no room. */
struct rb_late_response;
TAILQ_HEAD(rb_late_responses, rb_late_response);

/* The way to one worker and back. */
struct rb_asker_lane {
	struct rb_channel_reader requests;
	struct rb_channel_writer responses;
	struct rb_late_responses late;
	int wake_fd;
	bool unrung; /* something was put that the worker was not told of */
};

struct rb_asker {
	struct ub_ctx *contexts[RB_CONTEXTS]; /* all but the first may be NULL */
	struct rb_asker_lane *lanes;
	unsigned int lane_count;
	unsigned int outstanding; /* questions inside libunbound */
	unsigned int late;        /* responses that wait for room */
};

int rb_asker_init(struct rb_asker *asker, struct rb_exchange *exchange);

/* Ask what is there, of each worker at most so much. How many there were, or -errno. */
int rb_asker_take(struct rb_asker *asker, int max);

/* Before the last look ahead of sleep. */
void rb_asker_arm(struct rb_asker *asker);

/* Put what was late, and wake the workers for whom there is something. */
int rb_asker_wake(struct rb_asker *asker);

#endif
