/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bringing a port to what its plan says, or as near to that as goes; what is missing then, and when
 * it is tried again, is in its health.
 *
 * Thread: main. Errors: 0 or -errno. These functions log what they did and what is missing.
 */
#ifndef RB_DATAPATH_ATTACH_H
#define RB_DATAPATH_ATTACH_H

#include "datapath/port.h"

/*
 * Before workers run: load the program, attach nothing. -EPERM: not allowed at all.
 * What else fails is tried again when it is settled.
 */
int rb_port_prepare(struct rb_port *port);

/*
 * -EOPNOTSUPP: the driver refuses native XDP, without which the port's VLANs cannot be answered
 * there: it is to be planned without them. Nothing of ours is attached then.
 */
int rb_port_settle(struct rb_port *port);

/* A planned port runs natively, and it is known which sockets it has: what it is then. */
void rb_port_conclude(struct rb_port *port);

/* What the port sends does not arrive: down to generic mode. */
void rb_port_step_down(struct rb_port *port, const char *why);

/* It cannot run what it should: nothing of ours stays there. */
void rb_port_give_up(struct rb_port *port, int err, const char *what);

#endif
