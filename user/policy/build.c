/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones and clients while a policy image grows, and what all of its parts grow by. */
#include "policy/build_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "util/array.h"

#define SLOTS_MIN  64
#define LABELS_MAX 128 /* of a name, with the root's */

void rb_build_free(struct rb_build *build)
{
	free(build->zones);
	free(build->nodes);
	free(build->details);
	free(build->overrides);
	free(build->override_zones);
	free(build->rrsets);
	free(build->records);
	free(build->tag_data);
	free(build->classes);
	free(build->views);
	free(build->rpzs);
	free(build->nets);
	free(build->net_sets);
	free(build->lists);
	rb_build_listed_free(&build->listed);
	free(build->bytes);
	free(build->zone_slots.slots);
	free(build->node_slots.slots);
	free(build->net_slots.slots);
}

/* --- growing --- */

/* The image counts in 32 bits. */
int rb_build_append(void *array_pointer, size_t *count, size_t member_bytes, const void *member)
{
	if (*count >= UINT32_MAX / 2)
		return -E2BIG;
	return rb_array_append(array_pointer, count, member_bytes, member);
}

int rb_build_bytes(struct rb_build *build, const void *bytes, size_t len, uint32_t *ret_offset)
{
	if (len > UINT32_MAX - build->bytes_len)
		return -E2BIG;
	if (build->bytes_len + len > build->bytes_room) {
		size_t room = (build->bytes_len + len) * 2 + 4096;
		uint8_t *larger = realloc(build->bytes, room);

		if (!larger)
			return -ENOMEM;
		build->bytes = larger;
		build->bytes_room = room;
	}
	if (len)
		memcpy(build->bytes + build->bytes_len, bytes, len);
	*ret_offset = (uint32_t)build->bytes_len;
	build->bytes_len += len;
	return 0;
}

void rb_build_slot_take(struct rb_build_slots *table, uint64_t hash, uint32_t index)
{
	uint32_t slot = rb_policy_slot_first(hash, table->room);

	while (table->slots[slot].index)
		slot = slot + 1 < table->room ? slot + 1 : 0;
	table->slots[slot].hash = (uint32_t)(hash >> 32);
	table->slots[slot].index = index + 1;
}

/* --- hashes --- */

uint64_t rb_build_name_hash(const struct rb_build *build, const uint8_t *name, size_t len)
{
	const uint8_t *labels[LABELS_MAX];
	unsigned int count = 0;
	uint64_t hash = build->seed;

	for (size_t at = 0; at < len && name[at] && count < LABELS_MAX; at += 1 + (size_t)name[at])
		labels[count++] = name + at;
	while (count-- > 0)
		hash = rb_policy_hash_label(hash, labels[count]);
	return hash;
}

int rb_build_slots_grow(const struct rb_build *build, struct rb_build_slots *table,
			rb_build_hash *hash_of)
{
	struct rb_build_slots larger = {.room = table->room ? table->room * 2 : SLOTS_MIN,
					.used = table->used};

	if (table->used < table->room / 3 * 2)
		return 0;
	if (table->room > UINT32_MAX / 4)
		return -E2BIG;
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < table->used; i++)
		rb_build_slot_take(&larger, hash_of(build, i), i);
	free(table->slots);
	*table = larger;
	return 0;
}

/* --- zones --- */

static uint64_t zone_hash(const struct rb_build *build, uint32_t index)
{
	const struct rb_policy_zone *zone = &build->zones[index];

	return rb_policy_hash_in(rb_build_name_hash(build, build->bytes + zone->name,
						    zone->name_len),
				 rb_policy_zone_scope(zone->view, zone->qclass));
}

uint32_t rb_build_find_zone(const struct rb_build *build, uint8_t view, uint16_t qclass,
			    const uint8_t *name, size_t len)
{
	const struct rb_build_slots *table = &build->zone_slots;
	uint64_t hash = rb_policy_hash_in(rb_build_name_hash(build, name, len),
					  rb_policy_zone_scope(view, qclass));
	uint32_t slot;

	if (!table->room)
		return RB_BUILD_NONE;
	for (slot = rb_policy_slot_first(hash, table->room); table->slots[slot].index;
	     slot = slot + 1 < table->room ? slot + 1 : 0) {
		const struct rb_policy_zone *zone = &build->zones[table->slots[slot].index - 1];

		if (table->slots[slot].hash == (uint32_t)(hash >> 32) && zone->view == view &&
		    zone->qclass == qclass &&
		    rb_name_equal(build->bytes + zone->name, zone->name_len, name, len))
			return table->slots[slot].index - 1;
	}
	return RB_BUILD_NONE;
}

uint32_t rb_build_zone_above(const struct rb_build *build, uint8_t view, uint16_t qclass,
			     const uint8_t *name, size_t len)
{
	for (;;) {
		uint32_t zone = rb_build_find_zone(build, view, qclass, name, len);
		size_t label = 1 + (size_t)name[0];

		if (zone != RB_BUILD_NONE || label >= len)
			return zone;
		name += label;
		len -= label;
	}
}

int rb_build_detail(struct rb_build *build, uint32_t zone, struct rb_policy_detail **ret_detail)
{
	const struct rb_policy_detail none = {0};

	if (!build->zones[zone].detail) {
		int err =
			rb_build_append(&build->details, &build->detail_count, sizeof(none), &none);

		if (err)
			return err;
		build->zones[zone].detail = (uint32_t)build->detail_count;
	}
	*ret_detail = &build->details[build->zones[zone].detail - 1];
	return 0;
}

int rb_build_zone(struct rb_build *build, const struct rb_local_zone *zone, const uint8_t *name,
		  uint32_t *ret_index)
{
	struct rb_policy_zone added = {
		.line = zone->origin.line,
		.file = zone->origin.file,
		.qclass = zone->qclass,
		.name_len = zone->name_len,
		.type = zone->type,
		.view = zone->view,
	};
	struct rb_policy_detail *detail;
	int err;

	*ret_index = rb_build_find_zone(build, zone->view, zone->qclass, name, zone->name_len);
	if (*ret_index != RB_BUILD_NONE)
		return -EEXIST;
	err = rb_build_slots_grow(build, &build->zone_slots, zone_hash);
	if (!err)
		err = rb_build_bytes(build, name, zone->name_len, &added.name);
	if (!err)
		err = rb_build_append(&build->zones, &build->zone_count, sizeof(added), &added);
	if (err)
		return err;
	*ret_index = (uint32_t)build->zone_count - 1;
	rb_build_slot_take(&build->zone_slots, zone_hash(build, *ret_index), *ret_index);
	build->zone_slots.used++;
	if (!zone->tags)
		return 0;
	err = rb_build_detail(build, *ret_index, &detail);
	if (!err)
		detail->tags = zone->tags;
	return err;
}

int rb_build_override(struct rb_build *build, uint32_t zone,
		      const struct rb_local_override *override)
{
	struct rb_policy_override added = {.prefix = override->prefix, .type = override->type};
	struct rb_policy_detail *detail;
	int err = rb_build_detail(build, zone, &detail);

	memcpy(added.addr, override->addr, sizeof(added.addr));
	if (!err)
		err = rb_build_append(&build->override_zones, &build->override_zone_count,
				      sizeof(zone), &zone);
	return err
		       ?: rb_build_append(&build->overrides, &build->override_count, sizeof(added),
					  &added);
}

/* --- clients --- */

int rb_build_view(struct rb_build *build, bool first, bool has_zones)
{
	const struct rb_policy_view added = {.first = first, .has_zones = has_zones};

	return rb_build_append(&build->views, &build->view_count, sizeof(added), &added);
}

int rb_build_class(struct rb_build *build, const struct rb_local_class *one)
{
	struct rb_policy_class added = {.tags = one->tags, .view = one->view};

	static_assert(sizeof(added.actions) == sizeof(one->actions), "an action for each tag");
	memcpy(added.actions, one->actions, sizeof(added.actions));
	return rb_build_append(&build->classes, &build->class_count, sizeof(added), &added);
}

int rb_build_tag_rr(struct rb_build *build, const struct rb_local_tag_rr *one, const uint8_t *rdata)
{
	struct rb_policy_tag_data added = {.client_class = one->client_class, .tag = one->tag};
	size_t i;
	int err;

	for (i = 0; i < build->tag_count; i++)
		if (build->tag_data[i].client_class == one->client_class &&
		    build->tag_data[i].tag == one->tag)
			break;
	if (i == build->tag_count) {
		err = rb_build_append(&build->tag_data, &build->tag_count, sizeof(added), &added);
		if (err)
			return err;
	}
	return rb_build_record(build, &build->tag_data[i].rrset, &one->rr, rdata);
}
