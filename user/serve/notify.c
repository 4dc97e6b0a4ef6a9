/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks who may say that a zone has changed. */
#include "serve/notify.h"

#include "config/feeds.h"
#include "keeper/feed_slots.h"

/* As in Unbound: REFUSED for a client that may not, or a zone that is not transferred. */
uint16_t rb_notify_take(const struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query)
{
	const struct rb_config *config = serve->config;
	size_t first = rb_feed_first_zone(config);
	uint16_t rcode = RB_RCODE_REFUSED;

	if (!serve->feeds || query->qclass != RB_CLASS_IN)
		return rcode;
	for (size_t i = 0; i < config->transfer_count && first + i < RB_FEEDS_MAX; i++) {
		const struct rb_transfer *zone = &config->transfers[i];

		if (!rb_name_equal(zone->name, zone->name_len, query->qname, query->qname_len) ||
		    !rb_transfer_may_notify(zone, received->client))
			continue;
		atomic_fetch_add_explicit(&serve->feeds[first + i].wanted, 1, memory_order_relaxed);
		rcode = RB_RCODE_NOERROR;
	}
	return rcode;
}
