/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker has under way with the resolvers, for an operator who wants to see it, or to be rid
 * of it.
 *
 * Thread: the client's worker, by a struct rb_order.
 */
#ifndef RB_RESOLVE_WORKLIST_H
#define RB_RESOLVE_WORKLIST_H

#include "resolve/client.h"

struct rb_worklist {
	struct rb_work *works; /* free() */
	size_t count;
	int err; /* -ENOMEM: it is not all */
};

/* context: a struct rb_worklist. */
void rb_worklist_fill(struct rb_client *client, void *context);

/* context: a size_t, to which is added how many clients get no answer. */
void rb_worklist_drop(struct rb_client *client, void *context);

#endif
