/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets on the addresses that we serve.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_SERVE_SOCKET_H
#define RB_SERVE_SOCKET_H

#include <sys/socket.h>

enum rb_socket_sharing {
	RB_SOCKET_ALONE,  /* -EADDRINUSE where any other socket has the address */
	RB_SOCKET_SHARED, /* with the other workers' sockets */
};

/* type: SOCK_DGRAM or SOCK_STREAM (listening). Bound, non-blocking. */
int rb_socket_open(const struct sockaddr_storage *addr, int type, enum rb_socket_sharing sharing,
		   int *ret_fd);

socklen_t rb_socket_addr_len(const struct sockaddr_storage *addr);

#endif
