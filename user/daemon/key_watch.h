/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Query the DNSKEYs of zones that have trust anchors, now and then. A warning names each key that
 * the zone publishes and that is not trusted here, and each trusted key that is revoked (RFC 5011):
 * once the zone is signed only by another key, no name below it can be validated. Files of trust
 * anchors are not written to.
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

/* worker: main's number as a client of the resolvers. Without trust anchors *ret_watch is left. */
int rb_key_watch_new(const struct rb_config *config, struct rb_table *table,
		     struct rb_resolvers *resolvers, unsigned int worker,
		     struct rb_key_watch **ret_watch);
void rb_key_watch_free(struct rb_key_watch *watch);

/* Once a second. NULL is allowed. */
void rb_key_watch_tick(struct rb_key_watch *watch);

/* The job has come back from the resolvers: main has no other jobs. */
void rb_key_watch_take(struct rb_key_watch *watch, struct rb_job *job);

#endif
