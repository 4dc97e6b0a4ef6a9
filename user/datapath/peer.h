/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other end of a veth, which receives what XDP sends only if it has a program.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_PEER_H
#define RB_DATAPATH_PEER_H

#include "datapath/port.h"

/* Enable the peer to receive what XDP_TX sends; 0 also if it already has a program. */
int rb_port_attach_peer(struct rb_port *port);

/* Detach the pass program from the peer if it is ours. */
void rb_port_detach_peer(struct rb_port *port);

#endif
