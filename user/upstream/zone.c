/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a zone's servers is to be asked. */
#include "upstream/zone.h"

#include "util/clock.h"

#define EXPLORE_EVERY 32 /* queries: one of them measures another server */
#define UNKNOWN_NS    (30 * RB_NS_PER_MS)
#define DOUBT_NS      (10 * RB_NS_PER_S) /* worse than any time that is measured */

static uint64_t cost_ns(struct rb_upstream_server *server, uint64_t now_ns)
{
	uint64_t rtt_ns = server->rtt_ns ? server->rtt_ns : UNKNOWN_NS;

	switch (rb_upstream_server_state(server, now_ns)) {
	case RB_UPSTREAM_GOOD:
		return rtt_ns;
	case RB_UPSTREAM_DOUBTFUL:
		return rtt_ns + DOUBT_NS;
	case RB_UPSTREAM_HELD:
		break;
	}
	return UINT64_MAX;
}

static struct rb_upstream_server *cheapest(struct rb_upstream_zone *zone,
					   const struct rb_upstream_server *except, uint64_t now_ns)
{
	struct rb_upstream_server *best = NULL;
	uint64_t best_ns = UINT64_MAX;

	for (unsigned int i = 0; i < zone->server_count; i++) {
		struct rb_upstream_server *server = &zone->servers[i];
		uint64_t ns = server == except ? UINT64_MAX : cost_ns(server, now_ns);

		if (ns < best_ns) {
			best = server;
			best_ns = ns;
		}
	}
	return best;
}

static struct rb_upstream_server *
last_resort(struct rb_upstream_zone *zone, const struct rb_upstream_server *except, uint64_t now_ns)
{
	struct rb_upstream_server *best = NULL;

	for (unsigned int i = 0; i < zone->server_count; i++) {
		struct rb_upstream_server *server = &zone->servers[i];

		if (server != except && rb_upstream_server_is_last_resort(server, now_ns) &&
		    (!best || server->failed_ns < best->failed_ns))
			best = server;
	}
	return best;
}

struct rb_upstream_server *rb_upstream_zone_pick(struct rb_upstream_zone *zone,
						 const struct rb_upstream_server *except)
{
	uint64_t now_ns = rb_clock_ns();
	struct rb_upstream_server *best;

	if (!zone->server_count)
		return NULL;
	if (!except && ++zone->turn % EXPLORE_EVERY == 0) {
		best = &zone->servers[zone->turn / EXPLORE_EVERY % zone->server_count];
		if (rb_upstream_server_state(best, now_ns) == RB_UPSTREAM_GOOD)
			return best;
	}
	best = cheapest(zone, except, now_ns);
	return best ? best : last_resort(zone, except, now_ns);
}
