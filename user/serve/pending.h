/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A query that waits for the resolvers: from the question to the reply.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_PENDING_H
#define RB_SERVE_PENDING_H

#include "serve/local.h"
#include "serve/query.h"

/*
 * Give the question, or that for a local alias's target, to the resolvers. RB_SERVE_WAIT:
 * *ret_pending waits. RB_SERVE_REPLY: it need not wait, or cannot.
 */
enum rb_serve_next rb_pending_begin(struct rb_serve *serve, const struct rb_received *received,
				    const struct rb_local_query *asked,
				    const struct rb_local_said *said, bool publishable,
				    size_t *ret_len, struct rb_pending **ret_pending);

/* Finish up to max queries that came back from the resolvers; returns how many. */
size_t rb_pending_collect(struct rb_serve *serve, size_t max);

/* Remove it from its list, and free it. */
void rb_pending_end(struct rb_pending *pending);

#endif
