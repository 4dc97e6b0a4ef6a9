/* SPDX-License-Identifier: BSD-2-Clause */
/* The size of UDP sockets' buffers. */
#include "serve/buffers.h"

#include <limits.h>
#include <sys/socket.h>

#include "util/log.h"

struct kind {
	const char *directive, *limit;
	int option, force; /* the second passes the system's limit, with CAP_NET_ADMIN */
};

static const struct kind receive = {"so-rcvbuf", "net.core.rmem_max", SO_RCVBUF, SO_RCVBUFFORCE};
static const struct kind transmit = {"so-sndbuf", "net.core.wmem_max", SO_SNDBUF, SO_SNDBUFFORCE};

/* How many bytes the socket has then: what it says is twice that, for the kernel's own needs. */
static size_t buffer_set(int fd, const struct kind *kind, size_t bytes)
{
	int value = bytes > INT_MAX / 2 ? INT_MAX / 2 : (int)bytes;
	socklen_t len = sizeof(value);

	if (setsockopt(fd, SOL_SOCKET, kind->force, &value, len))
		setsockopt(fd, SOL_SOCKET, kind->option, &value, len);
	if (getsockopt(fd, SOL_SOCKET, kind->option, &value, &len) || value < 0)
		return 0;
	return (size_t)value / 2;
}

static void buffers_set(const struct kind *kind, size_t bytes, const int *fds, unsigned int count,
			const char *addr_text)
{
	size_t least = bytes;

	if (!bytes)
		return;
	for (unsigned int i = 0; i < count; i++) {
		size_t got = buffer_set(fds[i], kind, bytes);

		if (got < least)
			least = got;
	}
	if (least < bytes)
		rb_log_warn("%s: %s: the system grants %zu of %zu bytes. Needed: CAP_NET_ADMIN, or "
			    "a larger sysctl %s",
			    addr_text, kind->directive, least, bytes, kind->limit);
}

void rb_buffers_set(const struct rb_config *config, const int *fds, unsigned int count,
		    const char *addr_text)
{
	buffers_set(&receive, config->so_rcvbuf_bytes, fds, count, addr_text);
	buffers_set(&transmit, config->so_sndbuf_bytes, fds, count, addr_text);
}
