/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers what is fetched. */
#include "config/feeds.h"

#define ZONE_REFRESH_S 3600
#define ZONE_BYTES_MAX (1ULL << 30)

size_t rb_feed_first_zone(const struct rb_config *config)
{
	size_t count = 0;

	for (size_t i = 0; i < config->local.list_count; i++)
		count += config->local.lists[i].url != NULL;
	return count;
}

static struct rb_feed_source list_source(const struct rb_local_list *list)
{
	return (struct rb_feed_source){
		.kind = RB_FEED_LIST,
		.what = "blocklist",
		.label = list->name,
		.path = list->file,
		.from = &list->url,
		.from_count = 1,
		.refresh_s = list->refresh_s,
		.max_bytes = list->max_bytes,
		.format = list->format,
	};
}

static struct rb_feed_source zone_source(const struct rb_transfer *zone)
{
	return (struct rb_feed_source){
		.kind = zone->is_rpz ? RB_FEED_RPZ : RB_FEED_AUTH,
		.what = zone->is_rpz ? "rpz" : "auth-zone",
		.label = zone->label,
		.path = zone->path,
		.from = zone->from,
		.from_count = zone->from_count,
		.refresh_s = ZONE_REFRESH_S,
		.max_bytes = ZONE_BYTES_MAX,
		.zone = zone,
	};
}

bool rb_feed_source(const struct rb_config *config, size_t number,
		    struct rb_feed_source *ret_source)
{
	const struct rb_local *local = &config->local;
	size_t zones = rb_feed_first_zone(config);

	if (number >= zones) {
		if (number - zones >= config->transfer_count)
			return false;
		*ret_source = zone_source(&config->transfers[number - zones]);
		return true;
	}
	for (size_t i = 0; i < local->list_count; i++) {
		if (!local->lists[i].url || number-- > 0)
			continue;
		*ret_source = list_source(&local->lists[i]);
		return true;
	}
	return false;
}
