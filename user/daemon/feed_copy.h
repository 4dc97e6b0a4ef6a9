/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last good copy of what was fetched, on disk: the file itself, and beside it, in PATH.from, where
 * and when it was had. Both are replaced as a whole, so that a crash leaves the former ones.
 *
 * Thread: the keeper's. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_FEED_COPY_H
#define RB_DAEMON_FEED_COPY_H

#include <stdbool.h>

#include "fetch/order.h"

/* As PATH.from says; all zero where there is no copy. */
struct rb_feed_copy {
	bool exists;
	uint64_t checked_s; /* since 1970 */
	uint64_t bytes;
	char source[RB_FETCH_SOURCE_MAX];
	char etag[RB_FETCH_ETAG_MAX], modified[RB_FETCH_MODIFIED_MAX];
	uint32_t serial, refresh_s, retry_s, expire_s; /* of a zone */
};

void rb_feed_copy_read(const char *path, struct rb_feed_copy *ret_copy);

/* Whether the copy is what fd has. */
bool rb_feed_copy_is(const char *path, int fd);

/* A zone that has expired is no copy any more: it becomes PATH.expired. */
int rb_feed_copy_expire(const char *path);

/* Another copy: all that fd has. */
int rb_feed_copy_put(const char *path, int fd, uint64_t bytes_max);

/* What is said of it. */
int rb_feed_copy_note(const char *path, const struct rb_feed_copy *copy);

#endif
