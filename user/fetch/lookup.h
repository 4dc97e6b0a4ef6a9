/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of a host, from the server that the order names, which is our own: by TCP, from the
 * loopback, so that its access-control takes the question for this machine's.
 *
 * Thread: one. Errors: 0 or -errno with a reason.
 */
#ifndef RB_FETCH_LOOKUP_H
#define RB_FETCH_LOOKUP_H

#include <sys/socket.h>

#include "fetch/order.h"

#define RB_FETCH_ADDRESSES 8

struct rb_fetch_addresses {
	struct sockaddr_storage list[RB_FETCH_ADDRESSES]; /* with the port */
	size_t count;
};

/* host: a name, or an address. why: RB_FETCH_WHY_MAX bytes. */
int rb_fetch_lookup(const struct rb_fetch_order *order, const char *host, uint16_t port,
		    uint64_t deadline_ns, struct rb_fetch_addresses *ret_addresses, char *why);

#endif
