/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operator's side of the daemon: the control socket and the metrics.
 *
 * Thread:   main. Metrics are given out by a thread of their own, which reads counters alone.
 * Lifetime: from when everything in the view runs, until before any of it is stopped.
 * Errors:   what cannot be opened is logged and left out; DNS does not depend on it.
 */
#ifndef RB_CONTROL_CONTROL_H
#define RB_CONTROL_CONTROL_H

#include "control/sockets.h"
#include "control/view.h"

struct rb_controls;

/* NULL: no memory, logged too. Every other function takes that. */
struct rb_controls *rb_control_open(const struct rb_control_view *view,
				    const struct rb_control_sockets *sockets);

/* Once a second. */
void rb_control_tick(struct rb_controls *control);

/* Readable when rb_control_serve() has something to do; -1: no memory. */
int rb_control_fd(const struct rb_controls *control);

/* Take what clients sent and give what they take, without waiting for any. */
void rb_control_serve(struct rb_controls *control);

/*
 * Another server answers the operator from now on. Who waits for an answer here gets it; what takes
 * long (flushes, preload) is told that it was not done.
 */
void rb_control_retire(struct rb_controls *control);
bool rb_control_is_idle(const struct rb_controls *control);

void rb_control_close(struct rb_controls *control);

#endif
