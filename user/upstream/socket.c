/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets to servers that are asked over TLS. */
#include "upstream/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "util/cleanup.h"
#include "util/clock.h"

/* One of the plan's addresses to connect from, of the server's family, if there are any. */
static int source_bind(const struct rb_upstream_server *server, int fd)
{
	const struct rb_upstream_plan *plan = server->upstreams->plan;
	const struct sockaddr_storage *fitting[RB_UPSTREAM_SOURCES_MAX];
	const struct sockaddr_storage *source;
	unsigned int count = 0;

	for (unsigned int i = 0; i < plan->source_count; i++)
		if (plan->sources[i].ss_family == server->plan->addr.ss_family)
			fitting[count++] = &plan->sources[i];
	if (!count)
		return plan->source_count ? -EADDRNOTAVAIL : 0;
	source = fitting[(unsigned int)rb_clock_ns() / 1024 % count];
	return bind(fd, (const struct sockaddr *)source, sizeof(*source)) ? -errno : 0;
}

static int open_connected(const struct rb_upstream_server *server, int type, int *ret_fd)
{
	const struct sockaddr_storage *addr = &server->plan->addr;
	_cleanup_close_ int fd = socket(addr->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int on = 1;
	int err;

	if (fd < 0)
		return -errno;
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	err = source_bind(server, fd);
	if (err)
		return err;
	if (connect(fd, (const struct sockaddr *)addr,
		    addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						: sizeof(struct sockaddr_in)) &&
	    errno != EINPROGRESS)
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_upstream_socket_open(const struct rb_upstream_server *server, int *ret_fd)
{
	return open_connected(server, SOCK_STREAM, ret_fd);
}

bool rb_upstream_socket_has_route(const struct rb_upstream_server *server)
{
	_cleanup_close_ int fd = -1;

	/* Over UDP, to connect sends nothing. */
	return !open_connected(server, SOCK_DGRAM, &fd);
}
