/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages behind their lengths. */
#include "fetch/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/random.h"

#define HEADER_BYTES 12
#define QUIET_NS     (15 * RB_NS_PER_S) /* one that says nothing must not keep others waiting */

static socklen_t addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in);
}

/* Until the socket is ready. */
static int await(int fd, short events, uint64_t deadline_ns)
{
	struct pollfd ready = {.fd = fd, .events = events};
	uint64_t quiet_ns = rb_clock_ns() + QUIET_NS;

	if (quiet_ns < deadline_ns)
		deadline_ns = quiet_ns;

	for (;;) {
		uint64_t now_ns = rb_clock_ns();
		int count;

		if (now_ns >= deadline_ns)
			return -ETIMEDOUT;
		count = poll(&ready, 1, (int)((deadline_ns - now_ns) / RB_NS_PER_MS) + 1);
		if (count > 0)
			return 0;
		if (count < 0 && errno != EINTR)
			return -errno;
	}
}

int rb_fetch_connect(const struct sockaddr_storage *addr, const struct sockaddr_storage *source,
		     uint64_t deadline_ns, int *ret_fd)
{
	_cleanup_close_ int fd =
		socket(addr->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t len = sizeof(int);
	int err, result = 0;

	if (fd < 0)
		return -errno;
	if (source && bind(fd, (const struct sockaddr *)source, addr_len(source)))
		return -errno;
	if (connect(fd, (const struct sockaddr *)addr, addr_len(addr)) && errno != EINPROGRESS)
		return -errno;
	err = await(fd, POLLOUT, deadline_ns);
	if (err)
		return err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &len))
		return -errno;
	if (result)
		return -result;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int send_all(int fd, const uint8_t *bytes, size_t len, uint64_t deadline_ns)
{
	while (len) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent > 0) {
			bytes += sent;
			len -= (size_t)sent;
			continue;
		}
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		sent = await(fd, POLLOUT, deadline_ns);
		if (sent < 0)
			return (int)sent;
	}
	return 0;
}

int rb_fetch_send(int fd, const uint8_t *message, size_t len, uint64_t deadline_ns)
{
	uint8_t framed[2 + 512];

	if (len > sizeof(framed) - 2)
		return -EMSGSIZE;
	rb_bytes_put16(framed, (uint16_t)len);
	memcpy(framed + 2, message, len);
	return send_all(fd, framed, 2 + len, deadline_ns);
}

static int receive_all(int fd, uint8_t *bytes, size_t len, uint64_t deadline_ns)
{
	while (len) {
		ssize_t got = recv(fd, bytes, len, 0);

		if (got > 0) {
			bytes += got;
			len -= (size_t)got;
			continue;
		}
		if (!got)
			return -EPIPE;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		got = await(fd, POLLIN, deadline_ns);
		if (got < 0)
			return (int)got;
	}
	return 0;
}

int rb_fetch_receive(int fd, uint8_t *message, size_t *ret_len, uint64_t deadline_ns)
{
	uint8_t prefix[2];
	int err = receive_all(fd, prefix, sizeof(prefix), deadline_ns);

	if (!err)
		err = receive_all(fd, message, rb_bytes_get16(prefix), deadline_ns);
	if (!err)
		*ret_len = rb_bytes_get16(prefix);
	return err;
}

size_t rb_fetch_question(const uint8_t *name, size_t name_len, uint16_t type, uint16_t flags,
			 uint8_t *out)
{
	uint16_t id = 0;

	/* Over TCP nobody could guess it anyway, so any value will do. */
	(void)rb_random_bytes(&id, sizeof(id));
	memset(out, 0, HEADER_BYTES);
	rb_bytes_put16(out, id);
	rb_bytes_put16(out + 2, flags);
	rb_bytes_put16(out + 4, 1);
	memcpy(out + HEADER_BYTES, name, name_len);
	rb_bytes_put16(out + HEADER_BYTES + name_len, type);
	rb_bytes_put16(out + HEADER_BYTES + name_len + 2, RB_CLASS_IN);
	return HEADER_BYTES + name_len + RB_QUESTION_TAIL;
}
