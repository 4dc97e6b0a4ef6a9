/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of what is fetched: its process, and what becomes of what that brings.
 *
 * Private to the files feed*.c. Thread: the keeper's.
 */
#ifndef RB_DAEMON_FEED_H
#define RB_DAEMON_FEED_H

#include "config/feeds.h"
#include "daemon/feed_copy.h"
#include "daemon/feeds.h"

enum rb_feed_state {
	RB_FEED_WAITING, /* until due_ns */
	RB_FEED_FETCHING,
};

struct rb_feed {
	struct rb_feed_source source;
	const struct rb_config *config;
	struct rb_feed_place *place;
	enum rb_feed_state state;
	uint64_t due_ns;
	size_t next_from;  /* which of the sources is to be tried */
	size_t tried;      /* of them, in vain, since it was due */
	uint32_t failures; /* in a row */
	uint32_t wanted;   /* the place's, when the fetch began */
	struct rb_feed_copy copy;
	/* While it is fetched. */
	struct rb_process *child;
	int output_fd;
	uint64_t deadline_ns;
};

/* What is known of it, and when it is due. */
void rb_feed_open(struct rb_feed *feed);
void rb_feed_close(struct rb_feed *feed);

/* 0 or -errno, and then it is due again later. */
int rb_feed_begin(struct rb_feed *feed, const struct rb_process_user *user);

/* Its process has ended: whether there is something new. */
bool rb_feed_end(struct rb_feed *feed);

/* Whether it is an auth-zone that has expired just now, and is not to be had any more. */
bool rb_feed_expires(struct rb_feed *feed);

#endif
