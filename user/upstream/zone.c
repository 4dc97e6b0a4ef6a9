/* SPDX-License-Identifier: BSD-2-Clause */
/* A zone's servers, and which of them is to be asked. */
#include "upstream/zone.h"

#include <errno.h>
#include <stdlib.h>

#include "util/clock.h"

#define EXPLORE_EVERY 32 /* queries, of which one measures another server */
#define UNKNOWN_NS    (30 * RB_NS_PER_MS)
#define DOUBT_NS      (10 * RB_NS_PER_S) /* worse than any time that is measured */

static int arrays_new(struct rb_upstream_zone *zone, const struct rb_upstream_plan *plan,
		      uint32_t number)
{
	size_t servers = 0, hosts = 0;

	for (uint32_t i = 0; i < plan->server_count; i++) {
		bool is_host = *plan->servers[i].host;

		if (plan->servers[i].zone != number)
			continue;
		servers += is_host ? RB_UPSTREAM_ADDRESSES : 1;
		hosts += is_host;
	}
	zone->servers = calloc(servers + 1, sizeof(*zone->servers));
	zone->hosts = calloc(hosts + 1, sizeof(*zone->hosts));
	return zone->servers && zone->hosts ? 0 : -ENOMEM;
}

int rb_upstream_zone_open(struct rb_upstream_zone *zone, struct rb_upstreams *upstreams,
			  uint32_t number,
			  void (*on_news)(struct rb_upstream_host *host, void *context),
			  void *context)
{
	const struct rb_upstream_plan *plan = upstreams->plan;
	int err = arrays_new(zone, plan, number);

	for (uint32_t i = 0; i < plan->server_count && !err; i++) {
		const struct rb_upstream_server_plan *written = &plan->servers[i];
		struct rb_upstream_server *servers = &zone->servers[zone->server_count];
		struct rb_upstream_host *host = &zone->hosts[zone->host_count];

		if (written->zone != number)
			continue;
		if (!*written->host) {
			rb_upstream_server_init(servers, upstreams, written);
			zone->server_count++;
			continue;
		}
		rb_upstream_host_init(host, upstreams, written, servers);
		host->on_news = on_news;
		host->context = context;
		zone->host_count++;
		zone->server_count += RB_UPSTREAM_ADDRESSES;
	}
	return err;
}

void rb_upstream_zone_close(struct rb_upstream_zone *zone)
{
	for (unsigned int i = 0; i < zone->host_count; i++)
		rb_upstream_host_close(&zone->hosts[i]);
	for (unsigned int i = 0; i < zone->server_count; i++)
		rb_upstream_server_close(&zone->servers[i]);
	free(zone->hosts);
	free(zone->servers);
}

void rb_upstream_zone_begin(struct rb_upstream_zone *zone, struct rb_upstream_finder *finder)
{
	for (unsigned int i = 0; i < zone->host_count; i++)
		rb_upstream_host_begin(&zone->hosts[i], finder);
}

void rb_upstream_zone_use(struct rb_upstream_zone *zone)
{
	for (unsigned int i = 0; i < zone->host_count; i++)
		rb_upstream_host_use(&zone->hosts[i]);
}

bool rb_upstream_zone_is_sought(const struct rb_upstream_zone *zone)
{
	for (unsigned int i = 0; i < zone->host_count; i++)
		if (rb_upstream_host_is_sought(&zone->hosts[i]))
			return true;
	return false;
}

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
