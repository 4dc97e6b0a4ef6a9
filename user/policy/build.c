/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones, names, and records while a policy image grows. */
#include "policy/build.h"

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
	free(build->bytes);
	free(build->zone_slots.slots);
	free(build->node_slots.slots);
}

/* --- growing --- */

/* The image counts in 32 bits. */
static int append(void *array_pointer, size_t *count, size_t member_bytes, const void *member)
{
	if (*count >= UINT32_MAX / 2)
		return -E2BIG;
	return rb_array_append(array_pointer, count, member_bytes, member);
}

static int bytes_put(struct rb_build *build, const uint8_t *bytes, size_t len, uint32_t *ret_offset)
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

static void slot_take(struct rb_build_slots *table, uint32_t hash_low, uint32_t hash_high,
		      uint32_t index)
{
	uint32_t slot = rb_policy_slot_first(hash_low, table->room);

	while (table->slots[slot].index)
		slot = slot + 1 < table->room ? slot + 1 : 0;
	table->slots[slot].hash = hash_high;
	table->slots[slot].index = index + 1;
}

/* --- hashes --- */

static uint64_t name_hash(const struct rb_build *build, const uint8_t *name, size_t len)
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

static uint64_t zone_hash(const struct rb_build *build, const struct rb_policy_zone *zone)
{
	return rb_policy_hash_in(name_hash(build, build->bytes + zone->name, zone->name_len),
				 rb_policy_zone_scope(zone->view, zone->qclass));
}

static uint64_t node_hash(const struct rb_build *build, const struct rb_policy_node *node)
{
	return rb_policy_hash_in(name_hash(build, build->bytes + node->name, node->name_len),
				 node->zone);
}

/* Room for one more, at most two thirds full. */
static int slots_grow(const struct rb_build *build, struct rb_build_slots *table, bool of_zones)
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
	for (uint32_t i = 0; i < table->used; i++) {
		uint64_t hash = of_zones ? zone_hash(build, &build->zones[i])
					 : node_hash(build, &build->nodes[i]);

		slot_take(&larger, (uint32_t)hash, (uint32_t)(hash >> 32), i);
	}
	free(table->slots);
	*table = larger;
	return 0;
}

/* --- zones --- */

uint32_t rb_build_find_zone(const struct rb_build *build, uint8_t view, uint16_t qclass,
			    const uint8_t *name, size_t len)
{
	const struct rb_build_slots *table = &build->zone_slots;
	uint64_t hash =
		rb_policy_hash_in(name_hash(build, name, len), rb_policy_zone_scope(view, qclass));
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

static int detail_of(struct rb_build *build, uint32_t zone, struct rb_policy_detail **ret_detail)
{
	const struct rb_policy_detail none = {0};

	if (!build->zones[zone].detail) {
		int err = append(&build->details, &build->detail_count, sizeof(none), &none);

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
	uint64_t hash;
	int err;

	*ret_index = rb_build_find_zone(build, zone->view, zone->qclass, name, zone->name_len);
	if (*ret_index != RB_BUILD_NONE)
		return -EEXIST;
	err = slots_grow(build, &build->zone_slots, true);
	if (!err)
		err = bytes_put(build, name, zone->name_len, &added.name);
	if (!err)
		err = append(&build->zones, &build->zone_count, sizeof(added), &added);
	if (err)
		return err;
	*ret_index = (uint32_t)build->zone_count - 1;
	hash = zone_hash(build, &added);
	slot_take(&build->zone_slots, (uint32_t)hash, (uint32_t)(hash >> 32), *ret_index);
	build->zone_slots.used++;
	if (!zone->tags)
		return 0;
	err = detail_of(build, *ret_index, &detail);
	if (!err)
		detail->tags = zone->tags;
	return err;
}

int rb_build_override(struct rb_build *build, uint32_t zone,
		      const struct rb_local_override *override)
{
	struct rb_policy_override added = {.prefix = override->prefix, .type = override->type};
	struct rb_policy_detail *detail;
	int err = detail_of(build, zone, &detail);

	memcpy(added.addr, override->addr, sizeof(added.addr));
	if (!err)
		err = append(&build->override_zones, &build->override_zone_count, sizeof(zone),
			     &zone);
	return err ?: append(&build->overrides, &build->override_count, sizeof(added), &added);
}

/* --- names and records --- */

static uint32_t node_find(const struct rb_build *build, uint32_t zone, const uint8_t *name,
			  size_t len)
{
	const struct rb_build_slots *table = &build->node_slots;
	uint64_t hash = rb_policy_hash_in(name_hash(build, name, len), zone);
	uint32_t slot;

	if (!table->room)
		return RB_BUILD_NONE;
	for (slot = rb_policy_slot_first(hash, table->room); table->slots[slot].index;
	     slot = slot + 1 < table->room ? slot + 1 : 0) {
		const struct rb_policy_node *node = &build->nodes[table->slots[slot].index - 1];

		if (table->slots[slot].hash == (uint32_t)(hash >> 32) && node->zone == zone &&
		    rb_name_equal(build->bytes + node->name, node->name_len, name, len))
			return table->slots[slot].index - 1;
	}
	return RB_BUILD_NONE;
}

static int node_add(struct rb_build *build, uint32_t zone, const uint8_t *name, size_t len,
		    uint32_t *ret_index)
{
	struct rb_policy_node added = {.zone = zone, .name_len = (uint32_t)len};
	uint64_t hash;
	int err;

	*ret_index = node_find(build, zone, name, len);
	if (*ret_index != RB_BUILD_NONE)
		return 0;
	err = slots_grow(build, &build->node_slots, false);
	if (!err)
		err = bytes_put(build, name, len, &added.name);
	if (!err)
		err = append(&build->nodes, &build->node_count, sizeof(added), &added);
	if (err)
		return err;
	*ret_index = (uint32_t)build->node_count - 1;
	hash = node_hash(build, &added);
	slot_take(&build->node_slots, (uint32_t)hash, (uint32_t)(hash >> 32), *ret_index);
	build->node_slots.used++;
	return 0;
}

/* The node of a name, and those of the empty non-terminals between it and the zone. */
static int nodes_add(struct rb_build *build, uint32_t zone, const uint8_t *owner, size_t len,
		     uint32_t *ret_index)
{
	uint32_t above;
	int err = node_add(build, zone, owner, len, ret_index);

	while (!err && len > build->zones[zone].name_len) {
		size_t label = 1 + (size_t)owner[0];

		owner += label;
		len -= label;
		err = node_add(build, zone, owner, len, &above);
	}
	return err;
}

static uint32_t rrset_find(const struct rb_build *build, uint32_t first, uint16_t type)
{
	uint32_t set = first;

	while (set && build->rrsets[set - 1].type != type)
		set = build->rrsets[set - 1].next;
	return set;
}

static bool has_record(const struct rb_build *build, const struct rb_build_rrset *set,
		       const uint8_t *rdata, size_t len)
{
	for (uint32_t at = set->first; at; at = build->records[at - 1].next) {
		const struct rb_build_record *record = &build->records[at - 1];

		if (record->rdata_len == len &&
		    (!len || !memcmp(build->bytes + record->rdata, rdata, len)))
			return true;
	}
	return false;
}

static int record_add(struct rb_build *build, uint32_t set, const struct rb_local_rr *rr,
		      const uint8_t *rdata)
{
	struct rb_build_record added = {
		.ttl_s = rr->ttl_s,
		.line = rr->origin.line,
		.file = rr->origin.file,
		.rdata_len = rr->rdata_len,
		.next = build->rrsets[set].first,
	};
	struct rb_build_rrset *rrset = &build->rrsets[set];
	uint32_t index;
	int err;

	if (has_record(build, rrset, rdata, rr->rdata_len))
		return 0;
	if (rrset->count == UINT16_MAX)
		return -E2BIG;
	err = bytes_put(build, rdata, rr->rdata_len, &added.rdata);
	if (!err)
		err = append(&build->records, &build->record_count, sizeof(added), &added);
	if (err)
		return err;
	index = (uint32_t)build->record_count;
	rrset->first = index;
	rrset->count++;
	return 0;
}

/* A zone's SOA goes into its negative answers, and lives as long as its MINIMUM at most. */
static int soa_mark(struct rb_build *build, uint32_t zone, const struct rb_local_rr *rr,
		    const uint8_t *rdata)
{
	struct rb_build_rrset set = {.type = RB_TYPE_SOA};
	struct rb_local_rr negative = *rr;
	struct rb_policy_detail *detail;
	uint32_t minimum;
	int err;

	if (rr->rdata_len < 22)
		return -EINVAL;
	minimum = rb_bytes_get32(rdata + rr->rdata_len - 4);
	if (minimum < negative.ttl_s)
		negative.ttl_s = minimum;
	err = append(&build->rrsets, &build->rrset_count, sizeof(set), &set);
	if (!err)
		err = record_add(build, (uint32_t)build->rrset_count - 1, &negative, rdata);
	if (!err)
		err = detail_of(build, zone, &detail);
	if (!err)
		detail->soa = (uint32_t)build->rrset_count;
	return err;
}

int rb_build_rr(struct rb_build *build, uint32_t zone, const struct rb_local_rr *rr,
		const uint8_t *owner, const uint8_t *rdata)
{
	struct rb_build_rrset added = {.type = rr->type};
	uint32_t node, set;
	int err = nodes_add(build, zone, owner, rr->owner_len, &node);

	if (err)
		return err;
	set = rrset_find(build, build->nodes[node].rrset, rr->type);
	if (!set) {
		added.next = build->nodes[node].rrset;
		err = append(&build->rrsets, &build->rrset_count, sizeof(added), &added);
		if (err)
			return err;
		set = (uint32_t)build->rrset_count;
		build->nodes[node].rrset = set;
		/* Of several SOA the one that came first is that of negative answers. */
		if (rr->type == RB_TYPE_SOA && rr->owner_len == build->zones[zone].name_len)
			err = soa_mark(build, zone, rr, rdata);
	}
	return err ?: record_add(build, set - 1, rr, rdata);
}

uint16_t rb_build_first_type(const struct rb_build *build, uint32_t zone, const uint8_t *name,
			     size_t len)
{
	uint32_t node = node_find(build, zone, name, len);
	uint32_t set = node == RB_BUILD_NONE ? 0 : build->nodes[node].rrset;

	return set ? build->rrsets[set - 1].type : 0;
}

/* --- clients --- */

int rb_build_view(struct rb_build *build, bool first, bool has_zones)
{
	const struct rb_policy_view added = {.first = first, .has_zones = has_zones};

	return append(&build->views, &build->view_count, sizeof(added), &added);
}

int rb_build_class(struct rb_build *build, const struct rb_local_class *one)
{
	struct rb_policy_class added = {.tags = one->tags, .view = one->view};

	static_assert(sizeof(added.actions) == sizeof(one->actions), "an action for each tag");
	memcpy(added.actions, one->actions, sizeof(added.actions));
	return append(&build->classes, &build->class_count, sizeof(added), &added);
}

int rb_build_tag_rr(struct rb_build *build, const struct rb_local_tag_rr *one, const uint8_t *rdata)
{
	struct rb_build_rrset set = {.type = one->rr.type};
	struct rb_policy_tag_data added = {.client_class = one->client_class, .tag = one->tag};
	size_t i;
	int err = 0;

	for (i = 0; i < build->tag_count; i++)
		if (build->tag_data[i].client_class == one->client_class &&
		    build->tag_data[i].tag == one->tag &&
		    build->rrsets[build->tag_data[i].rrset].type == one->rr.type)
			break;
	if (i == build->tag_count) {
		added.rrset = (uint32_t)build->rrset_count;
		err = append(&build->rrsets, &build->rrset_count, sizeof(set), &set);
		if (!err)
			err = append(&build->tag_data, &build->tag_count, sizeof(added), &added);
	}
	return err ?: record_add(build, build->tag_data[i].rrset, &one->rr, rdata);
}
