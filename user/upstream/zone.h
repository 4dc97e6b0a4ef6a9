/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The servers of one zone, and which of them is to be asked: the quickest, the others now and then,
 * none that has just failed unless there is no other.
 *
 * Thread: one event loop's. Errors: 0 or -errno.
 */
#ifndef RB_UPSTREAM_ZONE_H
#define RB_UPSTREAM_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "upstream/host.h"
#include "upstream/server.h"

struct rb_upstream_zone {
	struct rb_upstream_server *servers; /* those of hosts among them */
	unsigned int server_count;
	struct rb_upstream_host *hosts;
	unsigned int host_count;
	unsigned int turn;
};

/*
 * All of the plan that is the zone's. on_news: of its hosts. To be closed where it could not be
 * opened, too, or is all zeros.
 */
int rb_upstream_zone_open(struct rb_upstream_zone *zone, struct rb_upstreams *upstreams,
			  uint32_t number,
			  void (*on_news)(struct rb_upstream_host *host, void *context),
			  void *context);
void rb_upstream_zone_close(struct rb_upstream_zone *zone);

/* Look up the addresses of hosts. */
void rb_upstream_zone_begin(struct rb_upstream_zone *zone, struct rb_upstream_finder *finder);

/* It is asked something. */
void rb_upstream_zone_use(struct rb_upstream_zone *zone);

/* Whether more servers may be known soon. */
bool rb_upstream_zone_is_sought(const struct rb_upstream_zone *zone);

/* except: a server that was asked in vain, or NULL. Returns NULL if no server can be asked now. */
struct rb_upstream_server *rb_upstream_zone_pick(struct rb_upstream_zone *zone,
						 const struct rb_upstream_server *except);

#endif
