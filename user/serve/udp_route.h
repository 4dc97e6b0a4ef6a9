/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The return route of a datagram: the address that it came from, and the one that it was sent to.
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
#include <time.h>

/* The destination address, and when the datagram came (sock-queue-timeout). */
#define RB_UDP_CONTROL_BYTES                                                                       \
	(CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct timespec)))

struct rb_udp_route {
	struct sockaddr_storage peer;
	socklen_t peer_len;
	size_t control_len;
	alignas(struct cmsghdr) uint8_t control[RB_UDP_CONTROL_BYTES];
};

/* Set the route from a received message. */
void rb_udp_route_set(struct rb_udp_route *route, struct msghdr *header);

/* How long a received message was in the socket; 0: unknown. Call it before the route is set. */
uint64_t rb_udp_waited_s(struct msghdr *header);

/* Set the route of a reply from this address, since a wildcard's socket could choose another. */
void rb_udp_route_from(struct rb_udp_route *route, const struct sockaddr_storage *server);

/* Whether a socket that is bound there receives what is sent to this address. */
bool rb_udp_route_fits(const struct sockaddr_storage *bound, const struct sockaddr_storage *server);

#endif
