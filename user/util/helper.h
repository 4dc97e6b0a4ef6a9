/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that carries out what one client of a control socket asks for and what takes longer than
 * main may be away. One client at a time.
 *
 * Thread:   main, but for run().
 * Lifetime: until rb_helper_stop().
 * Errors:   0 or -errno.
 */
#ifndef RB_UTIL_HELPER_H
#define RB_UTIL_HELPER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* fd waits, but not for long for a client that neither sends nor takes. */
typedef void rb_helper_fn(int fd, void *context);

struct rb_helper {
	const char *name; /* of the thread, 15 bytes */
	rb_helper_fn *run;
	void *context;
	pthread_t thread;
	bool started; /* and not joined */
	atomic_bool running;
	int fd; /* the client's; set where started */
};

/* Whether it has a client. */
bool rb_helper_is_busy(struct rb_helper *helper);

/* fd is the helper's on success. Not while it is busy. */
int rb_helper_start(struct rb_helper *helper, int fd);

/* Ends the connection of its client, and waits for the thread. */
void rb_helper_stop(struct rb_helper *helper);

/* All of text; whether the client took it. */
bool rb_helper_send(int fd, const char *text, size_t len);

/* Take what still comes: a client that writes would take the end of our side for its own error. */
void rb_helper_drain(int fd);

#endif
