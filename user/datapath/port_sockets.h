/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AF_XDP sockets of a port: one for each queue, made for the server that runs, mapped by it,
 * bound to its queue, put into the map of the port's programs; closed with the port, or when the
 * server ends.
 *
 * Thread: the keeper's. Errors: 0 or -errno. These functions log what is had.
 */
#ifndef RB_DATAPATH_PORT_SOCKETS_H
#define RB_DATAPATH_PORT_SOCKETS_H

#include "datapath/port.h"

/*
 * Make and give those that the plan wants and that are missing. Also where the way in force does not
 * use them: it may step up later. Without a server there are none, and none is missing.
 */
void rb_port_open_sockets(struct rb_port *port);

/* The server has mapped it (0), or could not. -ENOENT: it is not this port's. */
int rb_port_socket_mapped(struct rb_port *port, uint32_t id, int result);

/* Try again those that are mapped and not bound. */
void rb_port_bind_sockets(struct rb_port *port);

/* Whether some are not bound yet, and may come to be. */
bool rb_port_awaits_sockets(const struct rb_port *port);

/* Whether that is since their queues are still another's. */
bool rb_port_waits_for_queues(const struct rb_port *port);

/* There are none, though the server that runs should have some. */
bool rb_port_lacks_sockets(const struct rb_port *port);

/* How many take misses. */
size_t rb_port_bound_sockets(const struct rb_port *port);

/* 0, or the error of the first queue that has none; why: that in words. */
int rb_port_missing_sockets(const struct rb_port *port, char why[RB_PORT_WHY]);

/* The interface's MTU is another one now. */
void rb_port_set_mtu(struct rb_port *port);

/* Into the map, which is there once a program is loaded. */
int rb_port_map_sockets(const struct rb_port *port);

/* Out of the map, while the server gets nowhere; the sockets stay. */
void rb_port_unmap_sockets(const struct rb_port *port);

/* Out of the map, and closed. */
enum rb_port_sockets_end {
	RB_SOCKETS_TAKEN, /* the server is told to give them up */
	RB_SOCKETS_LEFT,  /* the server ends, and they with it */
};
void rb_port_close_sockets(struct rb_port *port, enum rb_port_sockets_end end);

#endif
