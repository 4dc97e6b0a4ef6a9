/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that serves one client. */
#include "util/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/privileges.h"

#define PATIENCE_S 30

bool rb_helper_is_busy(struct rb_helper *helper)
{
	return atomic_load(&helper->running);
}

/* By the thread that may wait: to main, which answers where there is no thread, it never blocks. */
static int fd_block(int fd)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)))
		return -errno;
	return 0;
}

static void *run(void *arg)
{
	struct rb_helper *helper = arg;

	pthread_setname_np(pthread_self(), helper->name);
	(void)rb_privileges_drop();
	if (!fd_block(helper->fd))
		helper->run(helper->fd, helper->context);
	shutdown(helper->fd, SHUT_RDWR);
	atomic_store(&helper->running, false);
	return NULL;
}

static void join(struct rb_helper *helper)
{
	if (!helper->started)
		return;
	pthread_join(helper->thread, NULL);
	close(helper->fd);
	helper->started = false;
}

int rb_helper_start(struct rb_helper *helper, int fd)
{
	sigset_t all, before;
	int err;

	join(helper);
	helper->fd = fd;
	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	atomic_store(&helper->running, true);
	err = pthread_create(&helper->thread, NULL, run, helper);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		atomic_store(&helper->running, false);
	helper->started = !err;
	return -err;
}

void rb_helper_stop(struct rb_helper *helper)
{
	if (helper->started && rb_helper_is_busy(helper))
		shutdown(helper->fd, SHUT_RDWR);
	join(helper);
}

bool rb_helper_send(int fd, const char *text, size_t len)
{
	size_t sent = 0;

	while (sent < len) {
		ssize_t some = send(fd, text + sent, len - sent, MSG_NOSIGNAL);

		if (some <= 0)
			return false;
		sent += (size_t)some;
	}
	return true;
}

void rb_helper_drain(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}
