/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that the configuration names by its host: its addresses are looked up when the process
 * begins, and again when their TTL has ended and somebody asks. Until then, and while a look-up
 * fails, the former ones are used.
 *
 * Thread:   one event loop's.
 * Lifetime: of the relay. A look-up that is under way must not end behind it.
 */
#ifndef RB_UPSTREAM_HOST_H
#define RB_UPSTREAM_HOST_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "upstream/server.h"

#define RB_UPSTREAM_ADDRESSES 8 /* of a host, of both families; the rest is left out */
#define RB_UPSTREAM_FAMILIES  2

struct rb_upstream_host;

/* What a look-up found of one family. */
struct rb_upstream_found {
	const char *why; /* there is none; NULL: there are some */
	bool failed;     /* nothing is known: it may have some all the same */
	unsigned int count;
	uint32_t ttl_s;
	struct in6_addr addresses[RB_UPSTREAM_ADDRESSES]; /* of AF_INET the first four bytes */
};

/* Who looks addresses up. */
struct rb_upstream_finder {
	/* rb_upstream_host_found() is called once, maybe before this returns. */
	void (*find)(struct rb_upstream_finder *finder, struct rb_upstream_host *host, int family);
};

struct rb_upstream_host {
	const struct rb_upstream_server_plan *plan; /* as written */
	struct rb_upstreams *upstreams;
	struct rb_upstream_server *servers; /* one for each address that there may be */
	/* It has other addresses, or a look-up has ended. */
	void (*on_news)(struct rb_upstream_host *host, void *context);
	void *context;
	struct rb_upstream_finder *finder; /* NULL: not yet */
	struct event timer;
	unsigned int pending; /* families that are being looked up */
	bool wanted;          /* somebody has asked since the last look-up */
	bool old;             /* the TTL has ended */
	unsigned int failures;
	/* Of this look-up: */
	uint32_t ttl_s;
	const char *why;
	bool any, failed; /* addresses were found; of a family nothing is known */
	bool seen[RB_UPSTREAM_ADDRESSES];
	struct rb_upstream_server_plan plans[RB_UPSTREAM_ADDRESSES];
};

/* servers: RB_UPSTREAM_ADDRESSES of them, not initialized. */
void rb_upstream_host_init(struct rb_upstream_host *host, struct rb_upstreams *upstreams,
			   const struct rb_upstream_server_plan *plan,
			   struct rb_upstream_server *servers);
void rb_upstream_host_close(struct rb_upstream_host *host);

void rb_upstream_host_begin(struct rb_upstream_host *host, struct rb_upstream_finder *finder);

/* Its zone is asked something. */
void rb_upstream_host_use(struct rb_upstream_host *host);

/* Whether more may be known soon. */
static inline bool rb_upstream_host_is_sought(const struct rb_upstream_host *host)
{
	return host->pending > 0;
}

void rb_upstream_host_found(struct rb_upstream_host *host, int family,
			    const struct rb_upstream_found *found);

#endif
