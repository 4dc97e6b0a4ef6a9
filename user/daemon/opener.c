/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the keeper for descriptors. */
#include "daemon/opener.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "daemon/note.h"
#include "util/cleanup.h"

static int answer_wait(int fd, int *ret_fd)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	int fds[RB_NOTE_FDS], err;
	struct rb_note answer;
	size_t count;

	do {
		poll(&readable, 1, -1);
		err = rb_note_receive(fd, &answer, fds, &count);
	} while (err == -EAGAIN || err == -EINTR);
	if (err)
		return err;
	err = answer.result;
	*ret_fd = -1;
	while (count) {
		int came = fds[--count];

		if (err || count)
			close(came);
		else
			*ret_fd = came;
	}
	return err;
}

static int ask(void *context, enum rb_opener_file file, int *ret_fd)
{
	const struct rb_note note = {.kind = RB_SAYS_OPEN, .type = (int32_t)file};
	struct rb_daemon_opener *opener = context;
	int err, fd = -1;

	pthread_mutex_lock(&opener->lock);
	err = rb_note_send(opener->fd, &note, NULL, 0);
	if (!err)
		err = answer_wait(opener->fd, &fd);
	pthread_mutex_unlock(&opener->lock);
	if (!err)
		*ret_fd = fd;
	return err;
}

void rb_daemon_opener_init(struct rb_daemon_opener *opener, int fd)
{
	opener->opener = (struct rb_opener){.open = ask, .context = opener};
	opener->fd = fd;
	pthread_mutex_init(&opener->lock, NULL);
}

void rb_daemon_opener_end(struct rb_daemon_opener *opener)
{
	pthread_mutex_destroy(&opener->lock);
	rb_closep(&opener->fd);
}
