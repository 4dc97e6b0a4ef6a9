/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces come, go and change while we run: the ports of what is served are made, planned and
 * brought into force, and removed.
 *
 * Thread: main. Errors: 0 or -errno. Logs.
 */
#ifndef RB_DATAPATH_FOLLOW_H
#define RB_DATAPATH_FOLLOW_H

#include "datapath/state.h"

/* The ports of what is there now, planned, and nothing attached. */
int rb_follow_open(struct rb_xdp *xdp, const struct rb_config *config);
void rb_follow_close(struct rb_xdp *xdp);

/* Look at what changed since the last call, and settle what is planned. Once a second. */
void rb_follow(struct rb_xdp *xdp);

/* Bring what is planned into force, or a part of it: whoever starts servers must not be away for long. */
void rb_follow_settle(struct rb_xdp *xdp);

#endif
