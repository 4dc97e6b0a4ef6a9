/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The AF_XDP sockets of a port: one for each queue, created for the running server, mapped by it,
 * bound to its queue, put into the map of the port's programs; closed with the port, or when the
 * server ends.
 *
 * Thread: the keeper's. Errors: 0 or -errno. These functions log their results.
 */
#ifndef RB_DATAPATH_PORT_SOCKETS_H
#define RB_DATAPATH_PORT_SOCKETS_H

#include "datapath/port.h"

/*
 * Create and give away the planned sockets that are missing, also if the mode in force does not use
 * them: it may improve later. Without a server there are none, and none is missing.
 */
void rb_port_open_sockets(struct rb_port *port);

/* The server has mapped the socket (0), or could not. -ENOENT: not a socket of this port. */
int rb_port_socket_mapped(struct rb_port *port, uint32_t id, int result);

/* Try again to bind the mapped sockets that are not bound. */
void rb_port_bind_sockets(struct rb_port *port);

/* Whether some sockets are not bound yet, but may be later. */
bool rb_port_awaits_sockets(const struct rb_port *port);

/* Whether the reason is that their queues still have other sockets. */
bool rb_port_waits_for_queues(const struct rb_port *port);

/* The port has no sockets, though the running server should have some. */
bool rb_port_lacks_sockets(const struct rb_port *port);

/* How many sockets receive misses. */
size_t rb_port_bound_sockets(const struct rb_port *port);

/* 0, or the error of the first queue without a socket; why: as text. */
int rb_port_missing_sockets(const struct rb_port *port, char why[RB_PORT_WHY]);

/* The interface's MTU has changed. */
void rb_port_set_mtu(struct rb_port *port);

/* Put the sockets into the map, which exists once a program is loaded. */
int rb_port_map_sockets(const struct rb_port *port);

/* Remove the sockets from the map while the server makes no progress, but keep them open. */
void rb_port_unmap_sockets(const struct rb_port *port);

/* Remove the sockets from the map and close them. */
enum rb_port_sockets_end {
	RB_SOCKETS_TAKEN, /* tell the server to give them up */
	RB_SOCKETS_LEFT,  /* the server ends, and its sockets with it */
};
void rb_port_close_sockets(struct rb_port *port, enum rb_port_sockets_end end);

#endif
