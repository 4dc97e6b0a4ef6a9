/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In a resolver process: take questions from the workers' channels, ask libunbound, and put its
 * results into the channels of responses.
 *
 * Thread:   the process's only one.
 * Errors:   0 or -errno. -EPROTO: the server wrote something invalid.
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

/* The channels from and to one worker. */
struct rb_asker_lane {
	struct rb_channel_reader requests;
	struct rb_channel_writer responses;
	struct rb_late_responses late;
	int wake_fd;
	bool unrung; /* it has responses that the worker has not been told about */
};

struct rb_asker {
	struct ub_ctx *contexts[RB_CONTEXTS]; /* all but the first may be NULL */
	struct rb_asker_lane *lanes;
	unsigned int lane_count;
	unsigned int outstanding; /* questions inside libunbound */
	unsigned int late;        /* responses that wait for room */
};

int rb_asker_init(struct rb_asker *asker, struct rb_exchange *exchange);

/* Take at most max questions of each worker and ask them. Returns how many, or -errno. */
int rb_asker_take(struct rb_asker *asker, int max);

/* To be called before the last look at the channels, and then sleep. */
void rb_asker_arm(struct rb_asker *asker);

/* Put late responses into the channels, and wake the workers that have some. */
int rb_asker_wake(struct rb_asker *asker);

#endif
