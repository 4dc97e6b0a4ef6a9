/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that serves one client after another. */
#include "util/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 30

bool rb_helper_is_busy(struct rb_helper *helper)
{
	return atomic_load(&helper->state) == RB_HELPER_BUSY;
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
	for (;;) {
		while (sem_wait(&helper->wanted))
			;
		if (atomic_load(&helper->state) == RB_HELPER_ENDS)
			return NULL;
		if (!fd_block(helper->fd))
			helper->run(helper->fd, helper->context);
		shutdown(helper->fd, SHUT_RDWR);
		atomic_store(&helper->state, RB_HELPER_DONE);
		sem_post(&helper->done);
	}
}

int rb_helper_open(struct rb_helper *helper)
{
	sigset_t all, before;
	int err;

	atomic_store(&helper->state, RB_HELPER_FREE);
	sem_init(&helper->wanted, 0, 0);
	sem_init(&helper->done, 0, 0);
	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&helper->thread, NULL, run, helper);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -err;
}

void rb_helper_start(struct rb_helper *helper, int fd)
{
	helper->fd = fd;
	atomic_store(&helper->state, RB_HELPER_BUSY);
	sem_post(&helper->wanted);
}

void rb_helper_stop(struct rb_helper *helper)
{
	if (atomic_load(&helper->state) == RB_HELPER_FREE)
		return;
	if (rb_helper_is_busy(helper))
		shutdown(helper->fd, SHUT_RDWR);
	while (sem_wait(&helper->done))
		;
	close(helper->fd);
	atomic_store(&helper->state, RB_HELPER_FREE);
}

void rb_helper_close(struct rb_helper *helper)
{
	rb_helper_stop(helper);
	atomic_store(&helper->state, RB_HELPER_ENDS);
	sem_post(&helper->wanted);
	pthread_join(helper->thread, NULL);
	sem_destroy(&helper->wanted);
	sem_destroy(&helper->done);
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
