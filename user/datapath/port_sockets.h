/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AF_XDP sockets of a port: one for each queue, opened, assigned to workers, put into the map of
 * its programs; closed once no worker has them.
 *
 * Thread: main. Errors: 0 or -errno. These functions log what is had.
 */
#ifndef RB_DATAPATH_PORT_SOCKETS_H
#define RB_DATAPATH_PORT_SOCKETS_H

#include "datapath/port.h"

/*
 * Open those that the plan wants and that are missing. Also where the way in force does not use
 * them: it may step up later. An error: of the first queue that has none; why: that in words.
 */
int rb_port_open_sockets(struct rb_port *port, char why[RB_PORT_WHY]);

/* Into the map, which is there once a program is loaded. */
int rb_port_map_sockets(const struct rb_port *port);

/* Take them back from their workers first. */
void rb_port_close_sockets(struct rb_port *port);

#endif
