/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets on the addresses that we serve.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_SERVE_SOCKET_H
#define RB_SERVE_SOCKET_H

#include <stdbool.h>
#include <sys/socket.h>

struct rb_config;

enum rb_socket_sharing {
	RB_SOCKET_ALONE,  /* -EADDRINUSE if any other socket has the address */
	RB_SOCKET_SHARED, /* with the other workers' sockets */
};

enum rb_socket_binding {
	RB_SOCKET_LOCAL,       /* -EADDRNOTAVAIL if no interface carries the address */
	RB_SOCKET_FREE,        /* packets come once an interface carries it (ip-freebind:) */
	RB_SOCKET_TRANSPARENT, /* whatever is routed to us (ip-transparent:); needs CAP_NET_RAW */
};

/* type: SOCK_DGRAM or SOCK_STREAM (listening). Bound, non-blocking. */
int rb_socket_open(const struct sockaddr_storage *addr, int type, enum rb_socket_sharing sharing,
		   enum rb_socket_binding binding, int *ret_fd);

socklen_t rb_socket_addr_len(const struct sockaddr_storage *addr);

/* tcp-mss, ip-dscp and sock-queue-timeout. -errno: the system refuses one. */
int rb_socket_tune(int fd, int type, bool is_ipv6, const struct rb_config *config);

#endif
