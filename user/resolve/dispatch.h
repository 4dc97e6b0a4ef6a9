/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dispatch a worker's questions: each goes to the process of its slot, or waits for its turn or for
 * a process, and comes back. Questions of a process that ended are asked once more.
 *
 * Thread: the client's worker, inside rb_client_*().
 */
#ifndef RB_RESOLVE_DISPATCH_H
#define RB_RESOLVE_DISPATCH_H

#include "resolve/client.h"

/* A question that has come: ask it, or have it wait for a renewal (hold.h). */
void rb_dispatch_new(struct rb_client *client, struct rb_task *task);

/* Ask, wait, or give up. */
void rb_dispatch(struct rb_client *client, struct rb_task *task);

/* Take responses until one of them completes a task; returns whether one has. */
bool rb_dispatch_advance(struct rb_client *client);

/* For the client's timer: look again at what waits. */
void rb_dispatch_on_pace(struct rb_timer *timer);

#endif
