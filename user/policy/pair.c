/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares policies. */
#include "policy/pair.h"

#include <errno.h>
#include <string.h>

#include "policy/listed.h"
#include "policy/rpz.h"

static bool span_is_same(const struct rb_policy *a, struct rb_policy_span of_a,
			 const struct rb_policy *b, struct rb_policy_span of_b, size_t member_bytes)
{
	return of_a.count == of_b.count &&
	       !memcmp(a->image + of_a.offset, b->image + of_b.offset, of_a.count * member_bytes);
}

/* Names that blocklists do not need. Where a damaged image says that they end does not matter. */
static bool names_are_same(const struct rb_policy *a, const struct rb_policy *b)
{
	uint32_t bytes = a->header->listed_at;
	const uint8_t *of_a = rb_policy_bytes(a, 0, bytes), *of_b = rb_policy_bytes(b, 0, bytes);

	return bytes == b->header->listed_at && of_a && of_b && !memcmp(of_a, of_b, bytes);
}

#define SAME(member, type) span_is_same(a, one->member, b, other->member, sizeof(type))

/* Whether the images are the same but for their blocklists. */
static bool rest_is_same(const struct rb_policy *a, const struct rb_policy *b)
{
	const struct rb_policy_header *one = a->header, *other = b->header;

	return a->image == b->image ||
	       (one->seed == other->seed && one->numbering == other->numbering &&
		SAME(zones, struct rb_policy_zone) && SAME(zone_slots, struct rb_policy_slot) &&
		SAME(nodes, struct rb_policy_node) && SAME(node_slots, struct rb_policy_slot) &&
		SAME(details, struct rb_policy_detail) &&
		SAME(overrides, struct rb_policy_override) &&
		SAME(rrsets, struct rb_policy_rrset) && SAME(tag_data, struct rb_policy_tag_data) &&
		SAME(classes, struct rb_policy_class) && SAME(views, struct rb_policy_view) &&
		SAME(rpzs, struct rb_policy_rpz) && SAME(nets, struct rb_policy_net) &&
		SAME(net_slots, struct rb_policy_slot) &&
		SAME(net_sets, struct rb_policy_net_set) && SAME(records, uint8_t) &&
		names_are_same(a, b));
}

/* Whether a blocklist has it, or a name above it. */
static bool is_listed(const struct rb_policy *policy, const struct rb_policy_labels *labels)
{
	struct rb_policy_listed listed;
	struct rb_policy_run run;

	for (unsigned int depth = labels->count; depth; depth--)
		if (rb_policy_listed_find(policy, labels, depth, &run) &&
		    rb_policy_listed_next(policy, labels, depth, &run, &listed))
			return true;
	return false;
}

static bool lists_differ(const struct rb_policy_pair *pair)
{
	return pair->before.image != pair->after.image;
}

static bool is_unlisted(const struct rb_policy_pair *pair, const struct rb_policy_labels *labels)
{
	return !lists_differ(pair) ||
	       (!is_listed(&pair->before, labels) && !is_listed(&pair->after, labels));
}

/* --- aliases --- */

/* Whether one of the RRsets from first (+ 1) on is a CNAME for a name that may be decided
 * otherwise. */
static bool is_alias(const struct rb_policy_pair *pair, const struct rb_policy *policy,
		     uint32_t first)
{
	const struct rb_policy_rrset *set = rb_policy_set_find(policy, first, RB_TYPE_CNAME);
	struct rb_policy_records records = {0};
	struct rb_policy_record record;
	struct rb_policy_labels labels;
	uint8_t target[RB_NAME_MAX];
	size_t at = 0;

	if (!set)
		return false;
	rb_policy_take(policy, set, &records);
	/* A target that begins with "*" has the question's name in its place. */
	if (!pair->only_lists || !rb_policy_next(&records, &at, &record) ||
	    rb_name_len(record.rdata, record.rdata_len) != record.rdata_len ||
	    (record.rdata_len > RB_POLICY_STAR_BYTES &&
	     !memcmp(record.rdata, RB_POLICY_STAR, RB_POLICY_STAR_BYTES)))
		return true;
	rb_name_lower(record.rdata, record.rdata_len, target);
	rb_policy_labels_init(&pair->after, target, record.rdata_len, &labels);
	return !is_unlisted(pair, &labels);
}

/* What is an alias for all names, or depends on a response. */
static bool has_general_alias(const struct rb_policy_pair *pair, const struct rb_policy *policy)
{
	const struct rb_policy_tag_data *data;
	const struct rb_policy_rpz *rpz;
	const struct rb_policy_net *net;

	for (uint32_t i = 0;
	     (data = rb_policy_member(policy, policy->header->tag_data, i, sizeof(*data))); i++)
		if (is_alias(pair, policy, data->rrset))
			return true;
	for (uint32_t i = 0; (rpz = rb_policy_rpz_at(policy, i)); i++)
		if (is_alias(pair, policy, rpz->cname))
			return true;
	for (uint32_t i = 0;
	     (net = rb_policy_member(policy, policy->header->nets, i, sizeof(*net))); i++)
		if (is_alias(pair, policy, net->rrset))
			return true;
	return false;
}

/* An alias may lead to a name that is decided otherwise. */
static int aliases_add(struct rb_policy_pair *pair, const struct rb_policy *policy)
{
	const struct rb_policy_node *node;
	int err = 0;

	if (has_general_alias(pair, policy))
		return -ENOTSUP;
	for (uint32_t i = 0;
	     !err && (node = rb_policy_member(policy, policy->header->nodes, i, sizeof(*node)));
	     i++) {
		if (!node->rrset || !is_alias(pair, policy, node->rrset))
			continue;
		err = node->zone >= RB_POLICY_SERVER_SCOPE
			      ? -ENOTSUP
			      : rb_policy_names_add_node(&pair->changes.names, policy, node);
	}
	return err;
}

/* --- pairs --- */

static bool only_lists(const struct rb_policy *before, const struct rb_policy *after,
		       const struct rb_policy_pair *pair)
{
	return !before->feeds == !after->feeds &&
	       !memcmp(before->rpzs_off, after->rpzs_off, sizeof(before->rpzs_off)) &&
	       rest_is_same(before, after) &&
	       (!before->feeds || rest_is_same(&pair->before, &pair->after));
}

void rb_policy_pair_init(const struct rb_policy *before, const struct rb_policy *after,
			 struct rb_policy_pair *ret_pair)
{
	struct rb_policy_pair pair = {.only_lists = false};
	int err = 0;

	*ret_pair = pair;
	if (!before || !after)
		return;
	pair.before = rb_policy_feeds(before);
	pair.after = rb_policy_feeds(after);
	pair.only_lists = only_lists(before, after, &pair);
	if (!pair.only_lists)
		err = rb_policy_changed_find(before, after, &pair.changes);
	if (!err)
		err = aliases_add(&pair, after);
	if (!err && after->feeds)
		err = aliases_add(&pair, &pair.after);
	if (!err)
		err = rb_policy_names_settle(&pair.changes.names);
	rb_policy_blocks_settle(&pair.changes.blocks);
	if (err)
		rb_policy_changes_free(&pair.changes);
	pair.is_told_by_names = !err;
	*ret_pair = pair;
}

void rb_policy_pair_free(struct rb_policy_pair *pair)
{
	rb_policy_changes_free(&pair->changes);
}

void rb_policy_pair_foresee(const struct rb_policy_pair *pair, const uint8_t *name, size_t len,
			    struct rb_policy_labels *ret_labels)
{
	rb_policy_labels_init(&pair->after, name, len, ret_labels);
	if (!lists_differ(pair))
		return;
	rb_policy_listed_foresee(&pair->before, ret_labels);
	rb_policy_listed_foresee(&pair->after, ret_labels);
}

bool rb_policy_pair_is_alike(const struct rb_policy_pair *pair,
			     const struct rb_policy_labels *labels)
{
	return !rb_policy_names_has(&pair->changes.names, labels) && is_unlisted(pair, labels);
}
