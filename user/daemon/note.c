/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes and descriptors over a socket pair. */
#include "daemon/note.h"

#include <errno.h>
#include <poll.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int rb_note_offer(int socket_fd, const struct rb_note *note, const int *fds, size_t count)
{
	alignas(struct cmsghdr) char room[CMSG_SPACE(RB_NOTE_FDS * sizeof(int))] = {0};
	struct iovec part = {.iov_base = (void *)(uintptr_t)note, .iov_len = sizeof(*note)};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *control;

	if (count > RB_NOTE_FDS)
		return -E2BIG;
	if (count) {
		header.msg_control = room;
		header.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control = CMSG_FIRSTHDR(&header);
		control->cmsg_level = SOL_SOCKET;
		control->cmsg_type = SCM_RIGHTS;
		control->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(control), fds, count * sizeof(int));
	}
	return sendmsg(socket_fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int rb_note_send(int socket_fd, const struct rb_note *note, const int *fds, size_t count)
{
	struct pollfd writable = {.fd = socket_fd, .events = POLLOUT};
	int err = rb_note_offer(socket_fd, note, fds, count);

	while (err == -EAGAIN || err == -EINTR) {
		poll(&writable, 1, -1);
		err = rb_note_offer(socket_fd, note, fds, count);
	}
	return err;
}

static size_t fds_take(struct msghdr *header, int *ret_fds)
{
	struct cmsghdr *control;
	size_t count = 0;

	for (control = CMSG_FIRSTHDR(header); control; control = CMSG_NXTHDR(header, control)) {
		if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
			continue;
		count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(ret_fds, CMSG_DATA(control), count * sizeof(int));
	}
	return count;
}

int rb_note_receive(int socket_fd, struct rb_note *ret_note, int *ret_fds, size_t *ret_count)
{
	alignas(struct cmsghdr) char room[CMSG_SPACE(RB_NOTE_FDS * sizeof(int))];
	struct iovec part = {.iov_base = ret_note, .iov_len = sizeof(*ret_note)};
	struct msghdr header = {.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = room,
				.msg_controllen = sizeof(room)};
	ssize_t len = recvmsg(socket_fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (len < 0)
		return -errno;
	if (!len)
		return -EPIPE;
	*ret_count = fds_take(&header, ret_fds);
	if (len == sizeof(*ret_note) && !(header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) &&
	    ret_note->kind < RB_NOTE_KINDS)
		return 0;
	while (*ret_count)
		close(ret_fds[--*ret_count]);
	return -EPROTO;
}
