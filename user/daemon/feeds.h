/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is fetched from elsewhere, and when: for each one a process at a time, that is given a time
 * to end by; a pause that doubles where it fails; and the copy that is kept.
 *
 * Thread:   the keeper's. What there is to say is logged.
 * Lifetime: of one configuration: what was fetched before is known from the copies on disk.
 */
#ifndef RB_DAEMON_FEEDS_H
#define RB_DAEMON_FEEDS_H

#include "config/config.h"
#include "keeper/places.h"
#include "keeper/process.h"

struct rb_feeds;

/* What there is that is new, as bits. */
enum rb_feeds_news {
	RB_FEEDS_POLICY = 0x1, /* that local policy is compiled from */
	RB_FEEDS_ZONES = 0x2,  /* that resolver processes read */
};

/* places: RB_FEEDS_MAX places. user: whom the processes are to become. The configuration must stay. */
int rb_feeds_new(const struct rb_config *config, const struct rb_process_user *user,
		 struct rb_feed_place *places, struct rb_feeds **ret_feeds);

/* NULL is allowed. What is under way is ended. */
void rb_feeds_free(struct rb_feeds *feeds);

/* Readable: there is something to serve. */
int rb_feeds_fd(const struct rb_feeds *feeds);
void rb_feeds_serve(struct rb_feeds *feeds);

/* Once a second: begin what is due. */
void rb_feeds_tick(struct rb_feeds *feeds);

/* Since it was asked last. */
unsigned int rb_feeds_news(struct rb_feeds *feeds);

#endif
