/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way back of a datagram: whom it came from, and the address that it was sent to.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_SERVE_UDP_ROUTE_H
#define RB_SERVE_UDP_ROUTE_H

#include <netinet/in.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct rb_udp_route {
	struct sockaddr_storage peer;
	socklen_t peer_len;
	size_t control_len;
	alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

/* Of what has been received into its peer and its control. */
void rb_udp_route_set(struct rb_udp_route *route, const struct msghdr *header);

/* Of a reply from this address, where a wildcard's socket could choose another. */
void rb_udp_route_from(struct rb_udp_route *route, const struct sockaddr_storage *server);

/* Whether a socket that is bound there receives what is sent to this address. */
bool rb_udp_route_fits(const struct sockaddr_storage *bound, const struct sockaddr_storage *server);

#endif
