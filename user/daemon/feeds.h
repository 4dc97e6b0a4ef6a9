/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The feeds and their schedule. Each has at most one process at a time, which has to end within a
 * time limit; a pause that doubles when it fails; and a stored copy.
 *
 * Thread:   the keeper's. Errors are logged.
 * Lifetime: while the keeper runs, through servers and reloads; earlier results are known from the
 *           copies on disk.
 */
#ifndef RB_DAEMON_FEEDS_H
#define RB_DAEMON_FEEDS_H

#include "config/config.h"
#include "keeper/feed_slots.h"
#include "keeper/process.h"

struct rb_feeds;

/* Which feeds have new contents, as bits. */
enum rb_feeds_news {
	RB_FEEDS_POLICY = 0x1, /* those that local policy is compiled from */
	RB_FEEDS_ZONES = 0x2,  /* those that resolver processes read */
};

/* slots: RB_FEEDS_MAX of them. user: of the processes. The configuration must outlive the feeds. */
int rb_feeds_new(const struct rb_config *config, const struct rb_process_user *user,
		 struct rb_feed_slot *slots, struct rb_feeds **ret_feeds);

/* NULL is allowed. Processes that still run are ended. */
void rb_feeds_free(struct rb_feeds *feeds);

/* In a child of fork(): close and free what the parent has. NULL is allowed. */
void rb_feeds_forget(struct rb_feeds *feeds);

/*
 * Another configuration is in force; the one before is still there. What it has as before goes on:
 * a reload for one zone must not begin the transfers of all others again. impatient: what has
 * failed, or may have changed, is due now.
 */
enum rb_feeds_pace { RB_FEEDS_PATIENT, RB_FEEDS_IMPATIENT };
int rb_feeds_follow(struct rb_feeds *feeds, const struct rb_config *config,
		    enum rb_feeds_pace pace);

/* Readable: rb_feeds_serve() has something to do. */
int rb_feeds_fd(const struct rb_feeds *feeds);
void rb_feeds_serve(struct rb_feeds *feeds);

/* Once a second: start the feeds that are due. */
void rb_feeds_tick(struct rb_feeds *feeds);

/* What is new since the last call: bits of enum rb_feeds_news. */
unsigned int rb_feeds_news(struct rb_feeds *feeds);

/*
 * The number among the configuration's transfers of an auth-zone whose contents are news, which they
 * are no more. -1: there is none.
 */
int rb_feeds_next_zone(struct rb_feeds *feeds);

/* Bits of enum rb_feeds_news: what may be new soon, since it is fetched or due just now. */
unsigned int rb_feeds_pending(const struct rb_feeds *feeds);

#endif
