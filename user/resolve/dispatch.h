/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker's questions on their way: each goes to the process of its slot, or waits for its turn or
 * for a process, and comes back; what a process had under way when it ended is asked once more.
 *
 * Thread: the client's worker, inside rb_client_*().
 */
#ifndef RB_RESOLVE_DISPATCH_H
#define RB_RESOLVE_DISPATCH_H

#include "resolve/client.h"

/* Ask, wait, or give up. */
void rb_dispatch(struct rb_client *client, struct rb_task *task);

/* Look at what has come back, until anything has become of it; whether anything has. */
bool rb_dispatch_advance(struct rb_client *client);

/* Of the client's pace: another look at what waits. */
void rb_dispatch_on_pace(struct rb_timer *timer);

#endif
