/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts blocklists. */
#include "policy/inventory.h"

#include <stdio.h>

bool rb_inventory_list_of(const struct rb_config *config, const struct rb_policy *feeds,
			  uint32_t number, struct rb_inventory_list *ret_list)
{
	const struct rb_policy_list *list =
		rb_policy_member(feeds, feeds->header->lists, number, sizeof(*list));
	const uint8_t *name;

	if (!list)
		return false;
	*ret_list = (struct rb_inventory_list){
		.list = list,
		.action = rb_list_action_name((enum rb_list_action)list->action),
		.file = list->file < config->file_count ? config->files[list->file] : "?",
	};
	name = rb_policy_bytes(feeds, list->name, list->name_len);
	if (name && list->name_len)
		snprintf(ret_list->label, sizeof(ret_list->label), "%.*s", list->name_len,
			 (const char *)name);
	else
		snprintf(ret_list->label, sizeof(ret_list->label), "%u", number + 1);
	return true;
}

bool rb_inventory_list(const struct rb_config *config, uint32_t number,
		       struct rb_inventory_list *ret_list)
{
	struct rb_policy policy, feeds;

	if (!config->policy.zones || rb_policy_open_images(&config->policy, &policy))
		return false;
	feeds = rb_policy_feeds(&policy);
	return rb_inventory_list_of(config, &feeds, number, ret_list);
}
