/* SPDX-License-Identifier: BSD-2-Clause */
/* Access to a policy image: every index is checked next to its use. */
#include "policy/access.h"

#include <errno.h>
#include <string.h>

/* --- safe access --- */

static bool span_fits(const struct rb_policy_header *header, struct rb_policy_span span,
		      size_t member_bytes)
{
	return span.offset % 8 == 0 && span.offset <= header->bytes &&
	       span.count <= (header->bytes - span.offset) / member_bytes;
}

int rb_policy_open(const void *image, size_t bytes, struct rb_policy *ret_policy)
{
	const struct rb_policy_header *header = image;

	if (bytes < sizeof(*header) || header->magic != RB_POLICY_MAGIC || header->bytes != bytes ||
	    !span_fits(header, header->zones, sizeof(struct rb_policy_zone)) ||
	    !span_fits(header, header->zone_slots, sizeof(struct rb_policy_slot)) ||
	    !span_fits(header, header->nodes, sizeof(struct rb_policy_node)) ||
	    !span_fits(header, header->node_slots, sizeof(struct rb_policy_slot)) ||
	    !span_fits(header, header->details, sizeof(struct rb_policy_detail)) ||
	    !span_fits(header, header->overrides, sizeof(struct rb_policy_override)) ||
	    !span_fits(header, header->rrsets, sizeof(struct rb_policy_rrset)) ||
	    !span_fits(header, header->tag_data, sizeof(struct rb_policy_tag_data)) ||
	    !span_fits(header, header->classes, sizeof(struct rb_policy_class)) ||
	    !span_fits(header, header->views, sizeof(struct rb_policy_view)) ||
	    !span_fits(header, header->rpzs, sizeof(struct rb_policy_rpz)) ||
	    !span_fits(header, header->nets, sizeof(struct rb_policy_net)) ||
	    !span_fits(header, header->net_slots, sizeof(struct rb_policy_slot)) ||
	    !span_fits(header, header->net_sets, sizeof(struct rb_policy_net_set)) ||
	    !span_fits(header, header->lists, sizeof(struct rb_policy_list)) ||
	    !span_fits(header, header->list_buckets, sizeof(struct rb_policy_bucket)) ||
	    !span_fits(header, header->list_runs, 1) ||
	    !span_fits(header, header->list_tails, sizeof(struct rb_policy_tail)) ||
	    !span_fits(header, header->records, 1) || !span_fits(header, header->bytes_of, 1))
		return -EBADMSG;
	*ret_policy = (struct rb_policy){.image = image, .header = header};
	return 0;
}

int rb_policy_open_images(const struct rb_policy_images *images, struct rb_policy *ret_policy)
{
	struct rb_policy zones, feeds;
	int err = rb_policy_open(rb_blob_bytes(images->zones), rb_blob_len(images->zones), &zones);

	if (!err && images->feeds)
		err = rb_policy_open(rb_blob_bytes(images->feeds), rb_blob_len(images->feeds),
				     &feeds);
	if (err)
		return err;
	if (images->feeds) {
		zones.feeds = feeds.image;
		zones.feeds_header = feeds.header;
	}
	memcpy(zones.rpzs_off, images->rpzs_off, sizeof(zones.rpzs_off));
	*ret_policy = zones;
	return 0;
}

/* A member of an array; NULL: there is none of that number. */
const void *rb_policy_member(const struct rb_policy *policy, struct rb_policy_span span,
			     size_t index, size_t member_bytes)
{
	return index < span.count ? policy->image + span.offset + index * member_bytes : NULL;
}

/* A part of an array of bytes; NULL: it does not lie in there. */
static const uint8_t *bytes_in(const struct rb_policy *policy, struct rb_policy_span span,
			       size_t offset, size_t len)
{
	return offset <= span.count && len <= span.count - offset
		       ? policy->image + span.offset + offset
		       : NULL;
}

const uint8_t *rb_policy_bytes(const struct rb_policy *policy, size_t offset, size_t len)
{
	return bytes_in(policy, policy->header->bytes_of, offset, len);
}

const uint8_t *rb_policy_label(const struct rb_policy *policy, size_t offset)
{
	const uint8_t *length = rb_policy_bytes(policy, offset, 1);

	return length ? rb_policy_bytes(policy, offset, 1 + (size_t)*length) : NULL;
}

const struct rb_policy_zone *rb_policy_zone_at(const struct rb_policy *policy, size_t index)
{
	return rb_policy_member(policy, policy->header->zones, index,
				sizeof(struct rb_policy_zone));
}

const struct rb_policy_detail *rb_policy_detail_of(const struct rb_policy *policy,
						   const struct rb_policy_zone *zone)
{
	return zone->detail ? rb_policy_member(policy, policy->header->details, zone->detail - 1,
					       sizeof(struct rb_policy_detail))
			    : NULL;
}

const struct rb_policy_rrset *rb_policy_rrset_at(const struct rb_policy *policy, size_t index)
{
	return rb_policy_member(policy, policy->header->rrsets, index,
				sizeof(struct rb_policy_rrset));
}

/* --- names --- */

void rb_policy_labels_hash(uint64_t seed, const uint8_t *name, size_t len,
			   struct rb_policy_labels *labels)
{
	unsigned int count = 0;
	uint8_t at[RB_POLICY_LABELS_MAX];

	labels->name = name;
	labels->len = (uint16_t)len;
	for (size_t i = 0; i < len && name[i] && count < RB_POLICY_LABELS_MAX - 1;
	     i += 1 + (size_t)name[i])
		at[count++] = (uint8_t)i;
	labels->count = count;
	labels->at[0] = (uint8_t)(len - 1);
	labels->hash[0] = seed;
	for (unsigned int i = 1; i <= count; i++) {
		labels->at[i] = at[count - i];
		labels->hash[i] = rb_policy_hash_label(labels->hash[i - 1], name + labels->at[i]);
	}
}

static bool is_name(const struct rb_policy *policy, uint32_t name, size_t name_len,
		    const struct rb_policy_labels *labels, unsigned int depth)
{
	size_t len = (size_t)labels->len - labels->at[depth];
	const uint8_t *bytes = rb_policy_bytes(policy, name, len);

	return bytes && name_len == len && !memcmp(bytes, labels->name + labels->at[depth], len);
}

typedef bool fits(const struct rb_policy *policy, uint32_t index, uint32_t scope,
		  const struct rb_policy_labels *labels, unsigned int depth);

/* The member of a table that fits a name of this hash, + 1; 0: none does. */
static uint32_t search_hash(const struct rb_policy *policy, struct rb_policy_span slots,
			    uint64_t name_hash, uint32_t scope,
			    const struct rb_policy_labels *labels, unsigned int depth, fits *is_it)
{
	uint64_t hash = rb_policy_hash_in(name_hash, scope);
	uint32_t number;

	if (!slots.count)
		return 0;
	number = rb_policy_slot_first(hash, slots.count);
	/* A damaged table may have no free slot: it is walked once. */
	for (uint32_t walked = 0; walked < slots.count; walked++) {
		const struct rb_policy_slot *slot =
			rb_policy_member(policy, slots, number, sizeof(struct rb_policy_slot));

		if (!slot->index)
			return 0;
		if (slot->hash == (uint32_t)(hash >> 32) &&
		    is_it(policy, slot->index - 1, scope, labels, depth))
			return slot->index;
		number = number + 1 < slots.count ? number + 1 : 0;
	}
	return 0;
}

static uint32_t search(const struct rb_policy *policy, struct rb_policy_span slots, uint32_t scope,
		       const struct rb_policy_labels *labels, unsigned int depth, fits *is_it)
{
	return search_hash(policy, slots, labels->hash[depth], scope, labels, depth, is_it);
}

static bool zone_fits(const struct rb_policy *policy, uint32_t index, uint32_t scope,
		      const struct rb_policy_labels *labels, unsigned int depth)
{
	const struct rb_policy_zone *zone = rb_policy_zone_at(policy, index);

	return zone && rb_policy_zone_scope(zone->view, zone->qclass) == scope &&
	       is_name(policy, zone->name, zone->name_len, labels, depth);
}

static bool node_fits(const struct rb_policy *policy, uint32_t index, uint32_t scope,
		      const struct rb_policy_labels *labels, unsigned int depth)
{
	const struct rb_policy_node *node = rb_policy_member(policy, policy->header->nodes, index,
							     sizeof(struct rb_policy_node));

	return node && node->zone == scope &&
	       is_name(policy, node->name, node->name_len, labels, depth);
}

uint32_t rb_policy_find_zone(const struct rb_policy *policy, uint32_t scope,
			     const struct rb_policy_labels *labels, unsigned int depth)
{
	return search(policy, policy->header->zone_slots, scope, labels, depth, zone_fits);
}

static const struct rb_policy_node *node_at(const struct rb_policy *policy, uint32_t found)
{
	return found ? rb_policy_member(policy, policy->header->nodes, found - 1,
					sizeof(struct rb_policy_node))
		     : NULL;
}

const struct rb_policy_node *rb_policy_node_find(const struct rb_policy *policy, uint32_t scope,
						 const struct rb_policy_labels *labels,
						 unsigned int depth)
{
	return node_at(policy,
		       search(policy, policy->header->node_slots, scope, labels, depth, node_fits));
}

static bool wildcard_fits(const struct rb_policy *policy, uint32_t index, uint32_t scope,
			  const struct rb_policy_labels *labels, unsigned int depth)
{
	const struct rb_policy_node *node = rb_policy_member(policy, policy->header->nodes, index,
							     sizeof(struct rb_policy_node));
	const uint8_t *star;

	if (!node || node->zone != scope || node->name_len < RB_POLICY_STAR_BYTES)
		return false;
	star = rb_policy_bytes(policy, node->name, RB_POLICY_STAR_BYTES);
	return star && !memcmp(star, RB_POLICY_STAR, RB_POLICY_STAR_BYTES) &&
	       is_name(policy, node->name + RB_POLICY_STAR_BYTES,
		       node->name_len - RB_POLICY_STAR_BYTES, labels, depth);
}

const struct rb_policy_node *rb_policy_wildcard_find(const struct rb_policy *policy, uint32_t scope,
						     const struct rb_policy_labels *labels,
						     unsigned int depth)
{
	uint64_t hash = rb_policy_hash_label(labels->hash[depth], RB_POLICY_STAR);

	return node_at(policy, search_hash(policy, policy->header->node_slots, hash, scope, labels,
					   depth, wildcard_fits));
}

/* --- netblocks --- */

const struct rb_policy_net *rb_policy_net_get(const struct rb_policy *policy, uint16_t set,
					      const uint8_t addr[16], unsigned int prefix)
{
	struct rb_policy_span slots = policy->header->net_slots;
	uint8_t masked[16];
	uint64_t hash;
	uint32_t number;

	memcpy(masked, addr, sizeof(masked));
	rb_policy_mask(masked, prefix);
	hash = rb_policy_hash_in(rb_policy_hash_net(policy->header->seed, masked, (uint8_t)prefix),
				 set);
	number = rb_policy_slot_first(hash, slots.count);
	for (uint32_t walked = 0; walked < slots.count; walked++) {
		const struct rb_policy_slot *slot =
			rb_policy_member(policy, slots, number, sizeof(struct rb_policy_slot));
		const struct rb_policy_net *net;

		if (!slot->index)
			break;
		net = rb_policy_member(policy, policy->header->nets, slot->index - 1, sizeof(*net));
		if (slot->hash == (uint32_t)(hash >> 32) && net && net->set == set &&
		    net->prefix == prefix && !memcmp(net->addr, masked, sizeof(masked)))
			return net;
		number = number + 1 < slots.count ? number + 1 : 0;
	}
	return NULL;
}

static const struct rb_policy_net_set *set_at(const struct rb_policy *policy, uint32_t set)
{
	return rb_policy_member(policy, policy->header->net_sets, set,
				sizeof(struct rb_policy_net_set));
}

const struct rb_policy_net *rb_policy_net_find(const struct rb_policy *policy, uint32_t set,
					       const uint8_t addr[16])
{
	const struct rb_policy_net_set *lengths = set_at(policy, set);

	for (int prefix = 128; lengths && prefix >= 0; prefix--) {
		const struct rb_policy_net *net = lengths->lengths[prefix / 64] >> prefix % 64 & 1
							  ? rb_policy_net_get(policy, (uint16_t)set,
									      addr,
									      (unsigned int)prefix)
							  : NULL;

		if (net)
			return net;
	}
	return NULL;
}

bool rb_policy_net_any(const struct rb_policy *policy, uint32_t set)
{
	const struct rb_policy_net_set *lengths = set_at(policy, set);

	return lengths && (lengths->lengths[0] | lengths->lengths[1] | lengths->lengths[2]);
}

/* --- records --- */

const struct rb_policy_rrset *rb_policy_set_find(const struct rb_policy *policy, uint32_t first,
						 uint16_t type)
{
	uint32_t at = first;

	/* Sets are linked from later to earlier ones, so a damaged link ends. */
	while (at) {
		const struct rb_policy_rrset *set = rb_policy_rrset_at(policy, at - 1);

		if (!set || set->type == type || set->type == RB_TYPE_CNAME)
			return set;
		at = set->next < at ? set->next : 0;
	}
	return NULL;
}

void rb_policy_take(const struct rb_policy *policy, const struct rb_policy_rrset *set,
		    struct rb_policy_records *ret_records)
{
	const uint8_t *records =
		bytes_in(policy, policy->header->records, set->records, set->records_len);

	if (!records)
		return;
	*ret_records = (struct rb_policy_records){
		.records = records,
		.records_len = set->records_len,
		.type = set->type,
		.count = set->count,
	};
}

bool rb_policy_next(const struct rb_policy_records *records, size_t *at,
		    struct rb_policy_record *ret_record)
{
	const uint8_t *record = records->records + *at;
	size_t left = records->records_len - *at;

	if (!records->count || left < RB_POLICY_RECORD_HEADER)
		return false;
	memcpy(&ret_record->ttl_s, record, 4);
	memcpy(&ret_record->line, record + 4, 4);
	memcpy(&ret_record->file, record + 8, 2);
	memcpy(&ret_record->rdata_len, record + 10, 2);
	if (ret_record->rdata_len > left - RB_POLICY_RECORD_HEADER)
		return false;
	ret_record->rdata = record + RB_POLICY_RECORD_HEADER;
	*at += RB_POLICY_RECORD_HEADER + ret_record->rdata_len;
	return true;
}
