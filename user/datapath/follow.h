/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Follow interfaces that come, go and change: create, plan, put in force and remove the ports of
 * what is served.
 *
 * Thread: main. Errors: 0 or -errno. Logs.
 */
#ifndef RB_DATAPATH_FOLLOW_H
#define RB_DATAPATH_FOLLOW_H

#include "datapath/state.h"

/* Create and plan the ports of the current interfaces; attach nothing. */
int rb_follow_open(struct rb_xdp *xdp, const struct rb_config *config);
void rb_follow_close(struct rb_xdp *xdp);

/* Check what changed since the last call, and settle planned ports. Call it once a second. */
void rb_follow(struct rb_xdp *xdp);

/* Put planned ports in force, perhaps only some of them: the keeper must not be busy for long. */
void rb_follow_settle(struct rb_xdp *xdp);

#endif
