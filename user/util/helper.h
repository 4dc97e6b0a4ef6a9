/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that carries out what one client of a control socket asks for and what takes longer than
 * main may be away. One client at a time. The thread is there from the beginning: where strangers'
 * bytes are read none can be started any more.
 *
 * Thread:   main, but for run().
 * Lifetime: until rb_helper_close().
 * Errors:   0 or -errno.
 */
#ifndef RB_UTIL_HELPER_H
#define RB_UTIL_HELPER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* fd waits, but not for long for a client that neither sends nor takes. */
typedef void rb_helper_fn(int fd, void *context);

enum rb_helper_state {
	RB_HELPER_FREE,
	RB_HELPER_BUSY,
	RB_HELPER_DONE, /* with a client whose descriptor is still open */
	RB_HELPER_ENDS,
};

struct rb_helper {
	const char *name; /* of the thread, 15 bytes */
	rb_helper_fn *run;
	void *context;
	pthread_t thread;
	_Atomic enum rb_helper_state state;
	sem_t wanted, done;
	int fd; /* the client's; unless it is free */
};

/* Name, run and context are set. */
int rb_helper_open(struct rb_helper *helper);

/* Whether it has a client. */
bool rb_helper_is_busy(struct rb_helper *helper);

/* fd is the helper's. After rb_helper_stop(), and not while it is busy. */
void rb_helper_start(struct rb_helper *helper, int fd);

/* Ends the connection of its client, and waits until the thread is free. */
void rb_helper_stop(struct rb_helper *helper);

/* The thread ends. */
void rb_helper_close(struct rb_helper *helper);

/* All of text; whether the client took it. */
bool rb_helper_send(int fd, const char *text, size_t len);

/* Take what still comes: a client that writes would take the end of our side for its own error. */
void rb_helper_drain(int fd);

#endif
