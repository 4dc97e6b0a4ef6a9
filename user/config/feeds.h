/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that is fetched, numbered: blocklists with a URL, then zones that are transferred.
 *
 * Thread: any. Lifetime: what is returned is valid as long as the configuration.
 */
#ifndef RB_CONFIG_FEEDS_H
#define RB_CONFIG_FEEDS_H

#include "config/config.h"

enum rb_feed_kind {
	RB_FEED_LIST, /* compiled into local policy */
	RB_FEED_RPZ,  /* the same */
	RB_FEED_AUTH, /* read by libunbound */
};

struct rb_feed_source {
	enum rb_feed_kind kind;
	const char *what;  /* the clause */
	const char *label; /* for people */
	const char *path;  /* of the stored copy */
	char *const *from; /* URLs, and primaries of zones: the first that gives it is enough */
	size_t from_count;
	uint32_t refresh_s; /* for a zone: until its SOA record is known */
	uint64_t max_bytes;
	uint8_t format;                 /* of a list: enum rb_list_format */
	const struct rb_transfer *zone; /* NULL: a list */
};

/* The number of the first zone, if there is one. */
size_t rb_feed_first_zone(const struct rb_config *config);

/* False: no feed with that number. */
bool rb_feed_source(const struct rb_config *config, size_t number,
		    struct rb_feed_source *ret_source);

#endif
