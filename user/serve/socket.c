/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets on the addresses that we serve, with the options that a DNS server needs. */
#include "serve/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>

#include "config/config.h"
#include "util/cleanup.h"

#define BACKLOG  256
#define MTU_IPV6 1280 /* every IPv6 path has at least this, RFC 8200 5 */

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

/*
 * Replies leave from the address that was asked, and no forged ICMP message shrinks their MTU. Only
 * a wildcard's socket has to be told which address that is, with every datagram.
 */
static int udp4_options(int fd, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *addr4 = (const void *)addr;
	int err = set(fd, IPPROTO_IP, IP_PKTINFO, addr4->sin_addr.s_addr == htonl(INADDR_ANY));

	return err ? err : set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
}

static int udp6_options(int fd, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in6 *addr6 = (const void *)addr;
	int err =
		set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, IN6_IS_ADDR_UNSPECIFIED(&addr6->sin6_addr));

	if (!err)
		err = set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
	return err ? err : set(fd, IPPROTO_IPV6, IPV6_MTU, MTU_IPV6);
}

socklen_t rb_socket_addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in);
}

static int allow_foreign(int fd, bool is_ipv6, enum rb_socket_binding binding)
{
	switch (binding) {
	case RB_SOCKET_FREE:
		return is_ipv6 ? set(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1)
			       : set(fd, IPPROTO_IP, IP_FREEBIND, 1);
	case RB_SOCKET_TRANSPARENT:
		return is_ipv6 ? set(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
			       : set(fd, IPPROTO_IP, IP_TRANSPARENT, 1);
	default:
		return 0;
	}
}

int rb_socket_open(const struct sockaddr_storage *addr, int type, enum rb_socket_sharing sharing,
		   enum rb_socket_binding binding, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	bool is_ipv6 = addr->ss_family == AF_INET6;
	int err = 0;

	fd = socket(addr->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Another socket may serve the IPv4 addresses of a wildcard. */
	if (is_ipv6)
		err = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	/* With UDP this would let any other program use the address, too. */
	if (!err && type == SOCK_STREAM)
		err = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!err && type == SOCK_DGRAM)
		err = is_ipv6 ? udp6_options(fd, addr) : udp4_options(fd, addr);
	if (!err && sharing == RB_SOCKET_SHARED)
		err = set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (!err)
		err = allow_foreign(fd, is_ipv6, binding);
	if (err)
		return err;
	if (bind(fd, (const struct sockaddr *)addr, rb_socket_addr_len(addr)))
		return -errno;
	if (type == SOCK_STREAM && sharing == RB_SOCKET_SHARED && listen(fd, BACKLOG))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_socket_tune(int fd, int type, bool is_ipv6, const struct rb_config *config)
{
	int tos = (int)(config->ip_dscp << 2), err = 0;

	if (tos)
		err = is_ipv6 ? set(fd, IPPROTO_IPV6, IPV6_TCLASS, tos)
			      : set(fd, IPPROTO_IP, IP_TOS, tos);
	/* Connections inherit it from the socket that accepts them. */
	if (!err && type == SOCK_STREAM && config->tcp_mss)
		err = set(fd, IPPROTO_TCP, TCP_MAXSEG, (int)config->tcp_mss);
	if (!err && type == SOCK_DGRAM && config->sock_queue_timeout_s)
		err = set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	return err;
}
