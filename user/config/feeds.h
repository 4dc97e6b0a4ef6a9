/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is fetched from elsewhere, numbered: blocklists with a URL, then zones that are transferred.
 *
 * Thread: any. Lifetime: what is returned lives as long as the configuration.
 */
#ifndef RB_CONFIG_FEEDS_H
#define RB_CONFIG_FEEDS_H

#include "config/config.h"

enum rb_feed_kind {
	RB_FEED_LIST, /* compiled into local policy */
};

struct rb_feed_source {
	enum rb_feed_kind kind;
	const char *label; /* for people */
	const char *path;  /* of the copy that is kept */
	char *const *from; /* URLs: the first that gives it is enough */
	size_t from_count;
	uint32_t refresh_s;
	uint64_t max_bytes;
};

/* False: there is none of that number. */
bool rb_feed_source(const struct rb_config *config, size_t number,
		    struct rb_feed_source *ret_source);

#endif
