/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operator's side of the daemon: the control socket and the metrics.
 *
 * Thread:   main. A separate thread serves metrics, and reads only counters.
 * Lifetime: it starts after everything in the view, and stops before it.
 * Errors:   0 or -errno, logged. Metrics that cannot be served are logged and left out.
 */
#ifndef RB_CONTROL_CONTROL_H
#define RB_CONTROL_CONTROL_H

#include "control/sockets.h"
#include "control/view.h"

struct rb_controls;

/* Every other function accepts NULL. */
int rb_control_open(const struct rb_control_view *view, const struct rb_control_sockets *sockets,
		    struct rb_controls **ret_controls);

/* Once a second. */
void rb_control_tick(struct rb_controls *control);

/* Readable when rb_control_serve() has something to do; -1 for NULL. */
int rb_control_fd(const struct rb_controls *control);

/* Read from clients and write to them, without waiting. */
void rb_control_serve(struct rb_controls *control);

/*
 * Another server answers the operator from now on. Clients that wait here still get their answer;
 * those of long commands (flushes, preload) are told that these were not done.
 */
void rb_control_retire(struct rb_controls *control);
bool rb_control_is_idle(const struct rb_controls *control);

void rb_control_close(struct rb_controls *control);

#endif
