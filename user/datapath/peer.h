/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other end of a veth, which takes what XDP sends only if it has a program.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_PEER_H
#define RB_DATAPATH_PEER_H

#include "datapath/port.h"

/* Make the peer able to take what XDP_TX sends; 0 where it has a program already. */
int rb_port_attach_peer(struct rb_port *port);

/* Take the pass program from the peer, where it is ours. */
void rb_port_detach_peer(struct rb_port *port);

#endif
