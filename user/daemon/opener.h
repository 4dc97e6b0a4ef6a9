/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rb-server's side of what only the keeper may open: a request says what for, the answer is a
 * descriptor. It has a socket pair of its own, since other threads than main ask, too.
 *
 * Thread:   open by main, before others start; asked by any, who wait for the answer.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_DAEMON_OPENER_H
#define RB_DAEMON_OPENER_H

#include <pthread.h>

#include "util/opener.h"

struct rb_daemon_opener {
	struct rb_opener opener;
	int fd;
	pthread_mutex_t lock; /* of a request and its answer */
};

/* fd is its own. It must not move afterwards. */
void rb_daemon_opener_init(struct rb_daemon_opener *opener, int fd);
void rb_daemon_opener_end(struct rb_daemon_opener *opener);

#endif
