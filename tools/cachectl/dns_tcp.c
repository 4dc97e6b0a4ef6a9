/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions and answers over a TCP connection, each with its length before it. */
#include "dns_tcp.h"

#include <errno.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "dns/bytes.h"
#include "util/cleanup.h"

#define LENGTH_BYTES sizeof(uint16_t)
#define PATIENCE_S   3

int dns_tcp_begin(struct dns_tcp *tcp, int udp_fd)
{
	socklen_t len = sizeof(tcp->peer);

	tcp->fd = -1;
	if (getpeername(udp_fd, (struct sockaddr *)&tcp->peer, &len))
		return -errno;
	tcp->peer_len = len;
	return 0;
}

void dns_tcp_close(struct dns_tcp *tcp)
{
	rb_closep(&tcp->fd);
	tcp->fd = -1;
}

static int failed(struct dns_tcp *tcp, int err)
{
	dns_tcp_close(tcp);
	return err;
}

static int connection_open(struct dns_tcp *tcp)
{
	const struct timeval client_timeout = {.tv_sec = PATIENCE_S};
	_cleanup_close_ int fd = socket(tcp->peer.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &client_timeout, sizeof(client_timeout)) ||
	    connect(fd, (const struct sockaddr *)&tcp->peer, tcp->peer_len))
		return -errno;
	tcp->have = 0;
	tcp->done = 0;
	tcp->fd = TAKE_FD(fd);
	return 0;
}

int dns_tcp_send(struct dns_tcp *tcp, const uint8_t *query, size_t len)
{
	uint8_t prefix[LENGTH_BYTES];
	struct iovec parts[] = {{prefix, sizeof(prefix)}, {(void *)(uintptr_t)query, len}};
	const struct msghdr message = {.msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts)};
	ssize_t sent;
	int err = tcp->fd < 0 ? connection_open(tcp) : 0;

	if (err)
		return err;
	rb_bytes_put16(prefix, (uint16_t)len);
	sent = sendmsg(tcp->fd, &message, MSG_NOSIGNAL);
	if (sent < 0)
		return failed(tcp, -errno);
	/* A server that reads nothing for so long: half a question is of no use to it. */
	return (size_t)sent == sizeof(prefix) + len ? 0 : failed(tcp, -ETIMEDOUT);
}

/* What was handed out makes room. */
static void done_drop(struct dns_tcp *tcp)
{
	tcp->have -= tcp->done;
	memmove(tcp->in, tcp->in + tcp->done, tcp->have);
	tcp->done = 0;
}

int dns_tcp_receive(struct dns_tcp *tcp, const uint8_t **ret_message, size_t *ret_len)
{
	done_drop(tcp);
	while (tcp->fd >= 0) {
		size_t len = tcp->have < LENGTH_BYTES ? UINT16_MAX : rb_bytes_get16(tcp->in);
		ssize_t got;

		if (tcp->have >= LENGTH_BYTES + len) {
			*ret_message = tcp->in + LENGTH_BYTES;
			*ret_len = len;
			tcp->done = LENGTH_BYTES + len;
			return 1;
		}
		got = recv(tcp->fd, tcp->in + tcp->have, sizeof(tcp->in) - tcp->have, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (got <= 0)
			return failed(tcp, got ? -errno : -ECONNRESET);
		tcp->have += (size_t)got;
	}
	return 0;
}
