/* SPDX-License-Identifier: BSD-2-Clause */
/* The way back of a datagram. */
#include "serve/udp_route.h"

#include <string.h>

/* Set the only control message of a reply. */
static void control_set(struct rb_udp_route *route, int level, int type, const void *info,
			size_t len)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)route->control;

	route->control_len = CMSG_SPACE(len);
	cmsg->cmsg_len = CMSG_LEN(len);
	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	memcpy(CMSG_DATA(cmsg), info, len);
}

static bool is_pktinfo(const struct cmsghdr *cmsg)
{
	return (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO) ||
	       (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO);
}

/*
 * Turn a received route into that of a reply, which comes from the address that was asked. The
 * routing table chooses its interface, or else asymmetric routes would break; only link-local
 * addresses mean nothing without theirs.
 */
void rb_udp_route_set(struct rb_udp_route *route, struct msghdr *header)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);

	route->peer_len = header->msg_namelen;
	route->control_len = 0;
	while (cmsg && !is_pktinfo(cmsg))
		cmsg = CMSG_NXTHDR(header, cmsg);
	if (!cmsg)
		return;
	if (cmsg->cmsg_level == IPPROTO_IP) {
		struct in_pktinfo info;

		memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
		info.ipi_ifindex = 0;
		control_set(route, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	} else {
		struct in6_pktinfo info;

		memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
		if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
			info.ipi6_ifindex = 0;
		control_set(route, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	}
}

/* It is 0 if the clock was set back since. */
uint64_t rb_udp_waited_s(struct msghdr *header)
{
	struct timespec came, now;
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(header);

	while (cmsg && (cmsg->cmsg_level != SOL_SOCKET || cmsg->cmsg_type != SCM_TIMESTAMPNS))
		cmsg = CMSG_NXTHDR(header, cmsg);
	if (!cmsg)
		return 0;
	memcpy(&came, CMSG_DATA(cmsg), sizeof(came));
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec > came.tv_sec ? (uint64_t)(now.tv_sec - came.tv_sec) : 0;
}

void rb_udp_route_from(struct rb_udp_route *route, const struct sockaddr_storage *server)
{
	const struct sockaddr_in *server4 = (const void *)server;
	const struct sockaddr_in6 *server6 = (const void *)server;
	struct in6_pktinfo info6 = {.ipi6_addr = server6->sin6_addr,
				    .ipi6_ifindex = server6->sin6_scope_id};
	struct in_pktinfo info4 = {.ipi_spec_dst = server4->sin_addr};
	bool is_ipv6 = server->ss_family == AF_INET6;

	if (is_ipv6)
		control_set(route, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof(info6));
	else
		control_set(route, IPPROTO_IP, IP_PKTINFO, &info4, sizeof(info4));
}

bool rb_udp_route_fits(const struct sockaddr_storage *bound, const struct sockaddr_storage *server)
{
	const struct sockaddr_in *bound4 = (const void *)bound, *asked4 = (const void *)server;
	const struct sockaddr_in6 *bound6 = (const void *)bound, *asked6 = (const void *)server;

	if (bound->ss_family != server->ss_family)
		return false;
	if (server->ss_family == AF_INET)
		return bound4->sin_port == asked4->sin_port &&
		       (bound4->sin_addr.s_addr == htonl(INADDR_ANY) ||
			bound4->sin_addr.s_addr == asked4->sin_addr.s_addr);
	if (bound6->sin6_port != asked6->sin6_port)
		return false;
	return IN6_IS_ADDR_UNSPECIFIED(&bound6->sin6_addr) ||
	       (IN6_ARE_ADDR_EQUAL(&bound6->sin6_addr, &asked6->sin6_addr) &&
		bound6->sin6_scope_id == asked6->sin6_scope_id);
}
