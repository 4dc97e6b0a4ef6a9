/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TCP socket of a connection to a server, from an address that the plan allows.
 *
 * Thread: any. Errors: 0 or -errno; ret_fd untouched on failure.
 */
#ifndef RB_UPSTREAM_SOCKET_H
#define RB_UPSTREAM_SOCKET_H

#include <stdbool.h>

#include "upstream/server.h"

/* On its way: it is writable once it is connected. */
int rb_upstream_socket_open(const struct rb_upstream_server *server, int *ret_fd);

/* Whether this machine could send there at all, as it is just now. */
bool rb_upstream_socket_has_route(const struct rb_upstream_server *server);

#endif
