/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of zones that trust anchors name, asked for now and then: a warning tells of each that
 * the zone publishes and nobody here trusts, and of each that is trusted and revoked (RFC 5011),
 * before the zone is signed by another one alone and no name below it can be validated. Files of
 * trust anchors are not written to.
 *
 * Thread:   the server's main.
 * Lifetime: until the resolvers have stopped.
 * Errors:   0 or -errno.
 */
#ifndef RB_DAEMON_KEY_WATCH_H
#define RB_DAEMON_KEY_WATCH_H

#include "config/config.h"
#include "resolve/resolver.h"
#include "table/table.h"

struct rb_key_watch;

/* worker: as which main asks the resolvers. *ret_watch is NULL where nothing is trusted. */
int rb_key_watch_new(const struct rb_config *config, struct rb_table *table,
		     struct rb_resolvers *resolvers, unsigned int worker,
		     struct rb_key_watch **ret_watch);
void rb_key_watch_free(struct rb_key_watch *watch);

/* Once a second. NULL: nothing. */
void rb_key_watch_tick(struct rb_key_watch *watch);

/* The question that has come back: there are no others of main's. */
void rb_key_watch_take(struct rb_key_watch *watch, struct rb_job *job);

#endif
