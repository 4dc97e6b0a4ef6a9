/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares the images of two policies name by name. */
#include "policy/changed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/differ.h"
#include "policy/rpz.h"
#include "util/cleanup.h"

/* One image beside another, of which only one direction is looked at. */
struct side {
	const struct rb_policy *policy, *other;
	uint32_t *zones; /* of each zone, the other's of the same name, + 1; 0: there is none */
};

static bool bytes_same(const struct rb_policy *a, uint32_t at_a, uint8_t len_a,
		       const struct rb_policy *b, uint32_t at_b, uint8_t len_b)
{
	const uint8_t *of_a = rb_policy_bytes(a, at_a, len_a);
	const uint8_t *of_b = rb_policy_bytes(b, at_b, len_b);

	return of_a && of_b && len_a == len_b && !memcmp(of_a, of_b, len_a);
}

/* --- what is not of a name --- */

static bool span_same(const struct rb_policy *a, struct rb_policy_span of_a,
		      const struct rb_policy *b, struct rb_policy_span of_b, size_t member_bytes)
{
	return of_a.count == of_b.count &&
	       !memcmp(a->image + of_a.offset, b->image + of_b.offset, of_a.count * member_bytes);
}

static bool tag_data_same(const struct rb_policy *a, const struct rb_policy *b)
{
	const struct rb_policy_tag_data *of_a, *of_b;

	if (a->header->tag_data.count != b->header->tag_data.count)
		return false;
	for (uint32_t i = 0; i < a->header->tag_data.count; i++) {
		of_a = rb_policy_member(a, a->header->tag_data, i, sizeof(*of_a));
		of_b = rb_policy_member(b, b->header->tag_data, i, sizeof(*of_b));
		if (of_a->client_class != of_b->client_class || of_a->tag != of_b->tag ||
		    !rb_policy_sets_same(a, of_a->rrset, b, of_b->rrset))
			return false;
	}
	return true;
}

static bool rpzs_same(const struct rb_policy *a, const struct rb_policy *b)
{
	const struct rb_policy_rpz *of_a, *of_b;

	if (a->header->rpzs.count != b->header->rpzs.count)
		return false;
	for (uint32_t i = 0; (of_a = rb_policy_rpz_at(a, i)) && (of_b = rb_policy_rpz_at(b, i));
	     i++)
		if (of_a->tags != of_b->tags || of_a->override != of_b->override ||
		    of_a->log != of_b->log || of_a->signal_ra != of_b->signal_ra ||
		    of_a->servers != of_b->servers ||
		    !rb_policy_sets_same(a, of_a->cname, b, of_b->cname))
			return false;
	return true;
}

static bool nets_same(const struct rb_policy *a, const struct rb_policy *b)
{
	const struct rb_policy_net *of_a, *of_b;

	if (a->header->nets.count != b->header->nets.count)
		return false;
	for (uint32_t i = 0; i < a->header->nets.count; i++) {
		of_a = rb_policy_member(a, a->header->nets, i, sizeof(*of_a));
		of_b = rb_policy_member(b, b->header->nets, i, sizeof(*of_b));
		if (of_a->set != of_b->set || of_a->prefix != of_b->prefix ||
		    of_a->action != of_b->action || of_a->tags != of_b->tags ||
		    memcmp(of_a->addr, of_b->addr, sizeof(of_a->addr)) != 0 ||
		    !rb_policy_sets_same(a, of_a->rrset, b, of_b->rrset))
			return false;
	}
	return true;
}

static bool clients_same(const struct rb_policy *a, const struct rb_policy *b)
{
	const struct rb_policy_header *one = a->header, *other = b->header;

	return one->seed == other->seed && one->numbering == other->numbering &&
	       span_same(a, one->classes, b, other->classes, sizeof(struct rb_policy_class)) &&
	       span_same(a, one->views, b, other->views, sizeof(struct rb_policy_view)) &&
	       tag_data_same(a, b);
}

static bool feeds_same(const struct rb_policy *a, const struct rb_policy *b)
{
	return span_same(a, a->header->net_sets, b, b->header->net_sets,
			 sizeof(struct rb_policy_net_set)) &&
	       rpzs_same(a, b) && nets_same(a, b);
}

/* --- zones --- */

static bool overrides_same(const struct rb_policy *a, const struct rb_policy_detail *of_a,
			   const struct rb_policy *b, const struct rb_policy_detail *of_b)
{
	for (uint32_t i = 0; i < of_a->override_count; i++) {
		const struct rb_policy_override *one, *other;

		one = rb_policy_member(a, a->header->overrides, (size_t)of_a->override_first + i,
				       sizeof(*one));
		other = rb_policy_member(b, b->header->overrides, (size_t)of_b->override_first + i,
					 sizeof(*other));
		if (!one || !other || memcmp(one, other, sizeof(*one)) != 0)
			return false;
	}
	return of_a->override_count == of_b->override_count;
}

static bool zone_same(const struct rb_policy *a, const struct rb_policy_zone *of_a,
		      const struct rb_policy *b, const struct rb_policy_zone *of_b)
{
	static const struct rb_policy_detail none;
	const struct rb_policy_detail *one = rb_policy_detail_of(a, of_a) ?: &none;
	const struct rb_policy_detail *other = rb_policy_detail_of(b, of_b) ?: &none;

	return of_a->type == of_b->type && one->tags == other->tags &&
	       rb_policy_sets_same(a, one->soa, b, other->soa) && overrides_same(a, one, b, other);
}

static int zones_compare(const struct side *side, struct rb_policy_names *names)
{
	const struct rb_policy *policy = side->policy;
	int err = 0;

	for (uint32_t i = 0; i < policy->header->zones.count && !err; i++) {
		const struct rb_policy_zone *zone = rb_policy_zone_at(policy, i);
		const uint8_t *name = rb_policy_bytes(policy, zone->name, zone->name_len);
		struct rb_policy_labels labels;

		if (!name || rb_name_len(name, zone->name_len) != zone->name_len)
			return -EBADMSG;
		rb_policy_labels_init(side->other, name, zone->name_len, &labels);
		side->zones[i] = rb_policy_find_zone(side->other,
						     rb_policy_zone_scope(zone->view, zone->qclass),
						     &labels, labels.count);
		if (!side->zones[i] ||
		    !zone_same(policy, zone, side->other,
			       rb_policy_zone_at(side->other, side->zones[i] - 1)))
			err = rb_policy_names_add(names, policy, zone->name, zone->name_len);
	}
	return err;
}

/* --- names in zones --- */

static const struct rb_policy_node *node_at(const struct rb_policy *policy, uint32_t index)
{
	return rb_policy_member(policy, policy->header->nodes, index,
				sizeof(struct rb_policy_node));
}

static bool least_same(const struct rb_policy *a, const struct rb_policy_node *of_a,
		       const struct rb_policy *b, const struct rb_policy_node *of_b)
{
	const uint8_t *one = of_a->least ? rb_policy_label(a, of_a->least - 1) : NULL;
	const uint8_t *other = of_b->least ? rb_policy_label(b, of_b->least - 1) : NULL;

	return one && other ? !rb_policy_compare_labels(one, other) : one == other;
}

static bool node_same(const struct rb_policy *a, const struct rb_policy_node *of_a,
		      const struct rb_policy *b, const struct rb_policy_node *of_b)
{
	return of_a->action == of_b->action && least_same(a, of_a, b, of_b) &&
	       rb_policy_sets_same(a, of_a->rrset, b, of_b->rrset);
}

/*
 * The node of the same name in the other image's scope; NULL: there is none. Most follow each other
 * there as they do here, so it is looked for where the one before leads to.
 */
static const struct rb_policy_node *node_other(const struct side *side,
					       const struct rb_policy_node *node, uint32_t scope,
					       uint32_t *next)
{
	const struct rb_policy *other = side->other;
	const struct rb_policy_node *found = node_at(other, *next);
	const uint8_t *name = rb_policy_bytes(side->policy, node->name, node->name_len);
	struct rb_policy_labels labels;

	if (!found || found->zone != scope ||
	    !bytes_same(side->policy, node->name, node->name_len, other, found->name,
			found->name_len)) {
		if (!name || rb_name_len(name, node->name_len) != node->name_len)
			return NULL;
		rb_policy_labels_init(other, name, node->name_len, &labels);
		found = rb_policy_node_find(other, scope, &labels, labels.count);
	}
	if (found)
		*next = (uint32_t)(found - node_at(other, 0)) + 1;
	return found;
}

/*
 * A name that is no trigger itself, nor was: others depend on it only if it is between a wildcard
 * and them. See trigger_find() in rpz.c.
 */
static bool is_idle(const struct side *side, const struct rb_policy_node *node,
		    const struct rb_policy_node *other)
{
	const uint8_t *name = rb_policy_bytes(side->policy, node->name, node->name_len);
	struct rb_policy_labels labels;

	if (node->action || (other && other->action) || !name ||
	    rb_name_len(name, node->name_len) != node->name_len)
		return false;
	rb_policy_labels_init(side->policy, name, node->name_len, &labels);
	for (unsigned int depth = 0; depth <= labels.count; depth++)
		if (rb_policy_wildcard_find(side->policy, node->zone, &labels, depth) ||
		    rb_policy_wildcard_find(side->other, node->zone, &labels, depth))
			return false;
	return true;
}

/* Of an image that has the zones, names in them; of one that has the feeds, triggers. */
static int nodes_compare(const struct side *side, bool are_triggers, struct rb_policy_names *names)
{
	const struct rb_policy *policy = side->policy;
	uint32_t next = 0;
	int err = 0;

	for (uint32_t i = 0; i < policy->header->nodes.count && !err; i++) {
		const struct rb_policy_node *node = node_at(policy, i), *other;
		uint32_t scope = node->zone;

		if (are_triggers != !!(scope & RB_POLICY_RPZ_SCOPE))
			continue;
		/* What is in a zone that has no counterpart is below that one's name. */
		if (!are_triggers && (scope >= policy->header->zones.count || !side->zones[scope]))
			continue;
		if (!are_triggers)
			scope = side->zones[scope] - 1;
		other = node_other(side, node, scope, &next);
		if ((other && node_same(policy, node, side->other, other)) ||
		    (are_triggers && is_idle(side, node, other)))
			continue;
		/* Whose name servers these are, no name tells. */
		if (are_triggers && scope >= RB_POLICY_SERVER_SCOPE)
			return -ENOTSUP;
		err = rb_policy_names_add_node(names, policy, node);
	}
	return err;
}

/* All triggers of a zone that is on now, or off; those on addresses and servers cannot be told. */
static int triggers_add(const struct rb_policy *policy, uint32_t number,
			struct rb_policy_names *names)
{
	const struct rb_policy_rpz *rpz = rb_policy_rpz_at(policy, number);
	uint32_t set = rb_policy_client_set(policy->header->views.count, number);
	int err = 0;

	if (!rpz)
		return 0;
	for (uint32_t i = 0; i < RB_POLICY_RPZ_SETS; i++)
		if (rpz->servers || rb_policy_net_any(policy, set + i))
			return -ENOTSUP;
	for (uint32_t i = 0; i < policy->header->nodes.count && !err; i++)
		if (node_at(policy, i)->zone == (RB_POLICY_RPZ_SCOPE | number))
			err = rb_policy_names_add_node(names, policy, node_at(policy, i));
	return err;
}

static int switches_compare(const struct rb_policy *before, const struct rb_policy *after,
			    struct rb_policy_names *names)
{
	int err = 0;

	for (uint32_t i = 0; i < RB_RPZS_MAX && !err; i++)
		if ((before->rpzs_off[i / 64] ^ after->rpzs_off[i / 64]) >> i % 64 & 1)
			err = triggers_add(after, i, names);
	return err;
}

/* --- both images --- */

static int sides_compare(const struct rb_policy *policy, const struct rb_policy *other,
			 bool are_triggers, struct rb_policy_names *names)
{
	_cleanup_free_ uint32_t *zones = calloc(policy->header->zones.count + 1UL, sizeof(*zones));
	const struct side side = {policy, other, zones};
	int err = zones ? 0 : -ENOMEM;

	if (!err && !are_triggers)
		err = zones_compare(&side, names);
	return err ?: nodes_compare(&side, are_triggers, names);
}

static int images_compare(const struct rb_policy *before, const struct rb_policy *after,
			  bool are_triggers, struct rb_policy_names *names)
{
	int err;

	if (before->image == after->image)
		return 0;
	if (!clients_same(before, after) || (are_triggers && !feeds_same(before, after)))
		return -ENOTSUP;
	err = sides_compare(before, after, are_triggers, names);
	return err ?: sides_compare(after, before, are_triggers, names);
}

int rb_policy_changed_find(const struct rb_policy *before, const struct rb_policy *after,
			   struct rb_policy_names *names, bool *ret_triggers)
{
	const struct rb_policy former = rb_policy_feeds(before), feeds = rb_policy_feeds(after);
	size_t zones;
	int err;

	if (before->header->seed != feeds.header->seed)
		return -ENOTSUP;
	err = images_compare(before, after, false, names);
	zones = names->count;
	if (!err)
		err = images_compare(&former, &feeds, true, names);
	if (!err)
		err = switches_compare(&former, &feeds, names);
	*ret_triggers = names->count > zones;
	return err;
}
