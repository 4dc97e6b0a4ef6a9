/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The questions of a worker in the resolvers, for an operator who wants to see or to drop them.
 *
 * Thread: the client's worker, by a struct rb_order.
 */
#ifndef RB_RESOLVE_WORKLIST_H
#define RB_RESOLVE_WORKLIST_H

#include "resolve/client.h"

struct rb_worklist {
	struct rb_work *works; /* free() */
	size_t count;
	int err; /* -ENOMEM: the list is incomplete */
};

/* context: a struct rb_worklist. */
void rb_worklist_fill(struct rb_client *client, void *context);

/* context: a size_t, to which the number of clients without an answer is added. */
void rb_worklist_drop(struct rb_client *client, void *context);

#endif
