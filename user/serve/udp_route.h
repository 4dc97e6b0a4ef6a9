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
#include <time.h>

/* The address that was asked, and when the datagram came (sock-queue-timeout). */
#define RB_UDP_CONTROL_BYTES                                                                       \
	(CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct timespec)))

struct rb_udp_route {
	struct sockaddr_storage peer;
	socklen_t peer_len;
	size_t control_len;
	alignas(struct cmsghdr) uint8_t control[RB_UDP_CONTROL_BYTES];
};

/* Of what has been received into its peer and its control. */
void rb_udp_route_set(struct rb_udp_route *route, struct msghdr *header);

/* How long what has been received was in the socket; 0 where that is not known. Before the route is set. */
uint64_t rb_udp_waited_s(struct msghdr *header);

/* Of a reply from this address, where a wildcard's socket could choose another. */
void rb_udp_route_from(struct rb_udp_route *route, const struct sockaddr_storage *server);

/* Whether a socket that is bound there receives what is sent to this address. */
bool rb_udp_route_fits(const struct sockaddr_storage *bound, const struct sockaddr_storage *server);

#endif
