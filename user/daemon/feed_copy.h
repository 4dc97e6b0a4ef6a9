/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last good copy of a feed on disk: the file itself and, in PATH.from, where it came from and
 * when. Each of them is replaced as a whole, so that a crash leaves the former one.
 *
 * Thread: the keeper's. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_FEED_COPY_H
#define RB_DAEMON_FEED_COPY_H

#include <stdbool.h>

#include "fetch/order.h"

/* The contents of PATH.from; all zero if there is no copy. */
struct rb_feed_copy {
	bool exists;
	uint64_t checked_s; /* since 1970 */
	uint64_t bytes;     /* as it was stored */
	char source[RB_FETCH_SOURCE_MAX];
	char etag[RB_FETCH_ETAG_MAX], modified[RB_FETCH_MODIFIED_MAX];
	uint32_t serial, refresh_s, retry_s, expire_s; /* of a zone */
};

/* Of a copy that is shorter or longer than it was stored nothing is known. */
void rb_feed_copy_read(const char *path, struct rb_feed_copy *ret_copy);

/* Whether the copy is there, as long as it was stored: of any other one no server must say that it is
 * up to date. */
bool rb_feed_copy_is_whole(const char *path, const struct rb_feed_copy *copy);

/* Whether the copy has the same contents as fd. */
bool rb_feed_copy_is(const char *path, int fd);

/* A zone has expired: rename its copy to PATH.expired, so that nobody uses it. */
int rb_feed_copy_expire(const char *path);

/* Replace the copy by the contents of fd. */
int rb_feed_copy_put(const char *path, int fd, uint64_t bytes_max);

/* Write PATH.from. */
int rb_feed_copy_note(const char *path, const struct rb_feed_copy *copy);

#endif
