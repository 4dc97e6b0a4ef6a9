/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers what is fetched. */
#include "config/feeds.h"

bool rb_feed_source(const struct rb_config *config, size_t number,
		    struct rb_feed_source *ret_source)
{
	const struct rb_local *local = &config->local;

	for (size_t i = 0; i < local->list_count; i++) {
		const struct rb_local_list *list = &local->lists[i];

		if (!list->url || number-- > 0)
			continue;
		*ret_source = (struct rb_feed_source){
			.kind = RB_FEED_LIST,
			.label = list->name,
			.path = list->file,
			.from = &list->url,
			.from_count = 1,
			.refresh_s = list->refresh_s,
			.max_bytes = list->max_bytes,
		};
		return true;
	}
	return false;
}
