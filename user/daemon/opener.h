/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rb-server's requests for files that only the keeper may open; the answer is a descriptor. They
 * have a socket pair of their own, since threads other than main ask, too.
 *
 * Thread:   opened by main before others start; used by any thread, which waits for the answer.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_DAEMON_OPENER_H
#define RB_DAEMON_OPENER_H

#include <pthread.h>

#include "util/opener.h"

struct rb_daemon_opener {
	struct rb_opener opener;
	int fd;
	pthread_mutex_t lock; /* held from a request to its answer */
};

/* The opener owns fd. The struct must not move afterwards. */
void rb_daemon_opener_init(struct rb_daemon_opener *opener, int fd);
void rb_daemon_opener_end(struct rb_daemon_opener *opener);

#endif
