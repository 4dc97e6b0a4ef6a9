/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A feed: the process that fetches it, and what is done with the result.
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
	struct rb_feed_slot *slot;
	enum rb_feed_state state;
	uint64_t due_ns;
	size_t next_from;  /* the source to try next */
	size_t good_from;  /* the one that had the copy's version last */
	size_t tried;      /* sources that were asked since it was due */
	bool is_news;      /* its contents have changed, and it has not been said yet */
	bool is_current;   /* one of them has said that there is nothing newer */
	uint32_t failures; /* in a row */
	uint32_t wanted;   /* of its slot, when the fetch began */
	uint32_t wishes;   /* of its slot, not fulfilled: while it moves to another one */
	uint64_t new_count, failed_count;
	struct rb_feed_copy copy;
	/* While it is fetched. */
	struct rb_process *child;
	int output_fd;
	uint64_t deadline_ns;
};

/* Read what is known of its copy, and set when it is due. */
void rb_feed_open(struct rb_feed *feed);
void rb_feed_close(struct rb_feed *feed);

/* In a child of fork(): close what the parent has. */
void rb_feed_forget(struct rb_feed *feed);

/* Whether a configuration's feed is this one, so that it can go on. */
bool rb_feed_is_of(const struct rb_feed *feed, const struct rb_feed_source *source);

/* Write what its slot says to the server. */
void rb_feed_show(const struct rb_feed *feed);

/* Ask again now, if it has failed, or if asking costs little. */
void rb_feed_hurry(struct rb_feed *feed);

/* Start its process. -errno: it is due again later. */
int rb_feed_begin(struct rb_feed *feed, const struct rb_process_user *user);

/* Its process has ended. Returns whether there are new contents. */
bool rb_feed_end(struct rb_feed *feed);

/* Whether it is an auth-zone that has expired just now, so that its copy must not be used. */
bool rb_feed_expires(struct rb_feed *feed);

#endif
