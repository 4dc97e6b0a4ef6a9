/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of libc by which libunbound talks to servers, in place of libc's: they ask the kernel for
 * the same, and let rb_upstream_tap see what went. A shared library finds a program's functions before
 * those of libc, and the linker exports the ones that a library of this program needs. Without a tap
 * they are what libc's are.
 *
 * Linked with runbound alone, so that tests and tools keep libc's.
 *
 * Thread: any.
 */

/* The checked forms of these calls are for callers; here they would only be in the way. */
#undef _FORTIFY_SOURCE

#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "upstream/tap.h"

int socket(int family, int type, int protocol)
{
	int fd = (int)syscall(SYS_socket, family, type, protocol);

	if (rb_upstream_tap && fd >= 0)
		rb_upstream_tap_opened(rb_upstream_tap, fd, type);
	return fd;
}

/* --- UDP --- */

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, __CONST_SOCKADDR_ARG to,
	       socklen_t to_len)
{
	ssize_t sent = syscall(SYS_sendto, fd, bytes, len, flags, to.__sockaddr__, to_len);

	if (rb_upstream_tap && sent >= 0)
		rb_upstream_tap_sent(rb_upstream_tap, fd, RB_UPSTREAM_OVER_UDP, bytes, len,
				     to.__sockaddr__);
	return sent;
}

/* Of a connected socket. Over TCP it is the rest of a message, of which tap_vector() told. */
ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	return sendto(fd, bytes, len, flags, (__CONST_SOCKADDR_ARG)(const struct sockaddr *)NULL,
		      0);
}

ssize_t recvfrom(int fd, void *bytes, size_t room, int flags, __SOCKADDR_ARG from,
		 socklen_t *from_len)
{
	ssize_t got = syscall(SYS_recvfrom, fd, bytes, room, flags, from.__sockaddr__, from_len);

	if (rb_upstream_tap && got >= 0 && from.__sockaddr__ && !(flags & MSG_PEEK))
		rb_upstream_tap_received(rb_upstream_tap, fd, bytes, (size_t)got,
					 from.__sockaddr__);
	return got;
}

/* --- TCP --- */

ssize_t recv(int fd, void *bytes, size_t room, int flags)
{
	ssize_t got = syscall(SYS_recvfrom, fd, bytes, room, flags, NULL, NULL);

	if (rb_upstream_tap && got > 0 && !(flags & MSG_PEEK))
		rb_upstream_tap_streamed(rb_upstream_tap, fd, bytes, (size_t)got, room);
	return got;
}

/*
 * A message over TCP begins with two parts, its length and itself. What the socket has no room for
 * follows in parts that do not begin so.
 */
static void tap_vector(int fd, const struct iovec *parts, size_t count, const struct sockaddr *to)
{
	const uint8_t *length = count == 2 && parts[0].iov_len == 2 ? parts[0].iov_base : NULL;

	if (length && (size_t)(length[0] << 8 | length[1]) == parts[1].iov_len)
		rb_upstream_tap_sent(rb_upstream_tap, fd, RB_UPSTREAM_OVER_TCP, parts[1].iov_base,
				     parts[1].iov_len, to);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	ssize_t sent = syscall(SYS_writev, fd, parts, count);

	if (rb_upstream_tap && sent > 0 && count > 0)
		tap_vector(fd, parts, (size_t)count, NULL);
	return sent;
}

/* With TCP Fast Open the first message connects. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	ssize_t sent = syscall(SYS_sendmsg, fd, message, flags);

	if (rb_upstream_tap && sent > 0)
		tap_vector(fd, message->msg_iov, message->msg_iovlen, message->msg_name);
	return sent;
}
