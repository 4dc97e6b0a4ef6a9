/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and records while a policy image grows. */
#include <errno.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "policy/build_parts.h"

static uint64_t node_hash(const struct rb_build *build, uint32_t index)
{
	const struct rb_policy_node *node = &build->nodes[index];

	return rb_policy_hash_in(
		rb_build_name_hash(build, build->bytes + node->name, node->name_len), node->zone);
}

static uint32_t node_find(const struct rb_build *build, uint32_t zone, const uint8_t *name,
			  size_t len)
{
	const struct rb_build_slots *table = &build->node_slots;
	uint64_t hash = rb_policy_hash_in(rb_build_name_hash(build, name, len), zone);
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
	struct rb_policy_node added = {.zone = zone, .name_len = (uint8_t)len};
	int err;

	*ret_index = node_find(build, zone, name, len);
	if (*ret_index != RB_BUILD_NONE)
		return 0;
	err = rb_build_slots_grow(build, &build->node_slots, node_hash);
	if (!err)
		err = rb_build_bytes(build, name, len, &added.name);
	if (!err)
		err = rb_build_append(&build->nodes, &build->node_count, sizeof(added), &added);
	if (err)
		return err;
	*ret_index = (uint32_t)build->node_count - 1;
	rb_build_slot_take(&build->node_slots, node_hash(build, *ret_index), *ret_index);
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
	err = rb_build_bytes(build, rdata, rr->rdata_len, &added.rdata);
	if (!err)
		err = rb_build_append(&build->records, &build->record_count, sizeof(added), &added);
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
	err = rb_build_append(&build->rrsets, &build->rrset_count, sizeof(set), &set);
	if (!err)
		err = record_add(build, (uint32_t)build->rrset_count - 1, &negative, rdata);
	if (!err)
		err = rb_build_detail(build, zone, &detail);
	if (!err)
		detail->soa = (uint32_t)build->rrset_count;
	return err;
}

int rb_build_record(struct rb_build *build, uint32_t *first, const struct rb_local_rr *rr,
		    const uint8_t *rdata)
{
	struct rb_build_rrset added = {.type = rr->type, .next = *first};
	uint32_t set = rrset_find(build, *first, rr->type);

	if (!set) {
		int err =
			rb_build_append(&build->rrsets, &build->rrset_count, sizeof(added), &added);

		if (err)
			return err;
		set = (uint32_t)build->rrset_count;
		*first = set;
	}
	return record_add(build, set - 1, rr, rdata);
}

int rb_build_rr(struct rb_build *build, uint32_t zone, const struct rb_local_rr *rr,
		const uint8_t *owner, const uint8_t *rdata)
{
	bool is_top = rr->owner_len == build->zones[zone].name_len;
	uint32_t node, first;
	int err = nodes_add(build, zone, owner, rr->owner_len, &node);

	if (err)
		return err;
	first = build->nodes[node].rrset;
	/* Of several SOA the one that came first is that of negative answers. */
	if (rr->type == RB_TYPE_SOA && is_top && !rrset_find(build, first, RB_TYPE_SOA))
		err = soa_mark(build, zone, rr, rdata);
	if (!err)
		err = rb_build_record(build, &first, rr, rdata);
	if (!err)
		build->nodes[node].rrset = first;
	return err;
}

uint16_t rb_build_first_type(const struct rb_build *build, uint32_t zone, const uint8_t *name,
			     size_t len)
{
	uint32_t node = node_find(build, zone, name, len);
	uint32_t set = node == RB_BUILD_NONE ? 0 : build->nodes[node].rrset;

	return set ? build->rrsets[set - 1].type : 0;
}

/* --- triggers of response policy zones --- */

int rb_build_trigger(struct rb_build *build, uint32_t scope, const uint8_t *name, size_t len,
		     struct rb_policy_node **ret_node)
{
	uint32_t node, child, above;
	int err = node_add(build, scope, name, len, &node);

	for (child = node; !err && len > 1; child = above) {
		uint32_t least;
		size_t label = 1 + (size_t)name[0];

		name += label;
		len -= label;
		err = node_add(build, scope, name, len, &above);
		if (err)
			break;
		/* A name begins with its label. */
		least = build->nodes[above].least;
		if (!least || rb_policy_compare_labels(build->bytes + build->nodes[child].name,
						       build->bytes + least - 1) < 0)
			build->nodes[above].least = build->nodes[child].name + 1;
	}
	if (!err)
		*ret_node = &build->nodes[node];
	return err;
}
