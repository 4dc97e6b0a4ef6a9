/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares policies. */
#include "policy/pair.h"

#include <string.h>

#include "policy/listed.h"

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

void rb_policy_pair_init(const struct rb_policy *before, const struct rb_policy *after,
			 struct rb_policy_pair *ret_pair)
{
	*ret_pair = (struct rb_policy_pair){.only_lists = false};
	if (!before || !after || !before->feeds != !after->feeds ||
	    memcmp(before->rpzs_off, after->rpzs_off, sizeof(before->rpzs_off)) != 0)
		return;
	ret_pair->before = rb_policy_feeds(before);
	ret_pair->after = rb_policy_feeds(after);
	ret_pair->only_lists =
		rest_is_same(before, after) &&
		(!before->feeds || rest_is_same(&ret_pair->before, &ret_pair->after));
}

/* Whether a blocklist may have it: a few names that none has are taken for such, too. */
static bool may_be_listed(const struct rb_policy *policy, const struct rb_policy_labels *labels)
{
	struct rb_policy_run run;

	for (unsigned int depth = labels->count; depth; depth--)
		if (rb_policy_listed_find(policy, labels, depth, &run))
			return true;
	return false;
}

void rb_policy_pair_foresee(const struct rb_policy_pair *pair, const uint8_t *name, size_t len,
			    struct rb_policy_labels *ret_labels)
{
	rb_policy_labels_init(&pair->after, name, len, ret_labels);
	rb_policy_listed_foresee(&pair->before, ret_labels);
	rb_policy_listed_foresee(&pair->after, ret_labels);
}

bool rb_policy_pair_is_unlisted(const struct rb_policy_pair *pair,
				const struct rb_policy_labels *labels)
{
	return !may_be_listed(&pair->before, labels) && !may_be_listed(&pair->after, labels);
}
