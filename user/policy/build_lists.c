/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocklists while a policy image grows. */
#include <errno.h>
#include <stdlib.h>

#include "dns/name.h"
#include "policy/build_parts.h"

int rb_build_list(struct rb_build *build, const struct rb_policy_list *list)
{
	return rb_build_append(&build->lists, &build->list_count, sizeof(*list), list);
}

static uint64_t listed_hash(const struct rb_build *build, uint32_t index)
{
	const struct rb_policy_listed *listed = &build->listed[index];

	return rb_policy_hash_in(rb_build_name_hash(build, build->bytes + listed->name,
						    listed->name_len),
				 listed->list);
}

int rb_build_lists_fit(struct rb_build *build)
{
	struct rb_build_slots fit = {
		.room = (uint32_t)(build->listed_count + build->listed_count / 3 + 1),
		.used = (uint32_t)build->listed_count,
	};

	if (!build->listed_count)
		return 0;
	fit.slots = calloc(fit.room, sizeof(*fit.slots));
	if (!fit.slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < fit.used; i++)
		rb_build_slot_take(&fit, listed_hash(build, i), i);
	free(build->list_slots.slots);
	build->list_slots = fit;
	return 0;
}

int rb_build_listed(struct rb_build *build, const struct rb_policy_listed *listed,
		    const uint8_t *name)
{
	struct rb_build_slots *table = &build->list_slots;
	struct rb_policy_listed added = *listed;
	uint64_t hash =
		rb_policy_hash_in(rb_build_name_hash(build, name, listed->name_len), listed->list);
	uint32_t slot;
	int err = rb_build_slots_grow(build, table, listed_hash);

	if (err)
		return err;
	for (slot = rb_policy_slot_first(hash, table->room); table->slots[slot].index;
	     slot = slot + 1 < table->room ? slot + 1 : 0) {
		const struct rb_policy_listed *known = &build->listed[table->slots[slot].index - 1];

		if (table->slots[slot].hash == (uint32_t)(hash >> 32) &&
		    known->list == listed->list &&
		    rb_name_equal(build->bytes + known->name, known->name_len, name,
				  listed->name_len))
			return -EEXIST;
	}
	err = rb_build_bytes(build, name, listed->name_len, &added.name);
	if (!err)
		err = rb_build_append(&build->listed, &build->listed_count, sizeof(added), &added);
	if (err)
		return err;
	rb_build_slot_take(table, hash, (uint32_t)build->listed_count - 1);
	table->used++;
	return 0;
}
