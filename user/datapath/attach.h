/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bring a port to its planned state, or as near to it as possible. Its health says what is missing
 * and when to try again.
 *
 * Thread: main. Errors: 0 or -errno. These functions log what they did and what is missing.
 */
#ifndef RB_DATAPATH_ATTACH_H
#define RB_DATAPATH_ATTACH_H

#include "datapath/port.h"

/*
 * Before workers run: load the program, attach nothing. -EPERM: not allowed at all. Other failures
 * are retried when the port is settled.
 */
int rb_port_prepare(struct rb_port *port);

/*
 * -EOPNOTSUPP: the driver refuses native XDP, without which the port's VLANs cannot be answered
 * there: plan it without them. Nothing of ours is attached then.
 */
int rb_port_settle(struct rb_port *port);

/* A planned port runs natively, and its sockets are known: set its state. */
void rb_port_conclude(struct rb_port *port);

/* The port's replies do not arrive: change to generic mode. */
void rb_port_step_down(struct rb_port *port, const char *why);

/* The port cannot run the program: detach everything of ours. */
void rb_port_give_up(struct rb_port *port, int err, const char *what);

#endif
