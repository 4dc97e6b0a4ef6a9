/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares the images of two policies name by name, and netblock by netblock. */
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

static bool clients_same(const struct rb_policy *a, const struct rb_policy *b)
{
	const struct rb_policy_header *one = a->header, *other = b->header;

	return one->seed == other->seed && one->numbering == other->numbering &&
	       span_same(a, one->classes, b, other->classes, sizeof(struct rb_policy_class)) &&
	       span_same(a, one->views, b, other->views, sizeof(struct rb_policy_view)) &&
	       tag_data_same(a, b);
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
static int nodes_compare(const struct side *side, bool are_triggers,
			 struct rb_policy_changes *changes)
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
			changes->servers = true;
		else
			err = rb_policy_names_add_node(&changes->names, policy, node);
	}
	return err;
}

/* --- netblocks --- */

static const struct rb_policy_net *net_at(const struct rb_policy *policy, uint32_t index)
{
	return rb_policy_member(policy, policy->header->nets, index, sizeof(struct rb_policy_net));
}

static bool net_same(const struct rb_policy *a, const struct rb_policy_net *of_a,
		     const struct rb_policy *b, const struct rb_policy_net *of_b)
{
	return of_a->action == of_b->action && of_a->tags == of_b->tags &&
	       rb_policy_sets_same(a, of_a->rrset, b, of_b->rrset);
}

/* Those on clients concern no answer that is stored: the kernel leaves such clients to userspace. */
static int net_add(const struct rb_policy *policy, const struct rb_policy_net *net,
		   struct rb_policy_changes *changes)
{
	uint32_t first = rb_policy_client_set(policy->header->views.count, 0);

	if (net->set >= first && (net->set - first) % RB_POLICY_RPZ_SETS == 0)
		return 0;
	return rb_policy_blocks_add(&changes->blocks, net->addr, net->prefix);
}

static int nets_compare(const struct rb_policy *policy, const struct rb_policy *other,
			struct rb_policy_changes *changes)
{
	const struct rb_policy_net *net, *same;
	int err = 0;

	for (uint32_t i = 0; !err && (net = net_at(policy, i)); i++) {
		same = rb_policy_net_get(other, net->set, net->addr, net->prefix);
		if (!same || !net_same(policy, net, other, same))
			err = net_add(policy, net, changes);
	}
	return err;
}

/* --- response policy zones as a whole --- */

static bool rpz_same(const struct rb_policy *a, const struct rb_policy_rpz *of_a,
		     const struct rb_policy *b, const struct rb_policy_rpz *of_b)
{
	return of_a->tags == of_b->tags && of_a->override == of_b->override &&
	       of_a->log == of_b->log && of_a->signal_ra == of_b->signal_ra &&
	       rb_policy_sets_same(a, of_a->cname, b, of_b->cname);
}

/* All triggers of a zone, which is on now, or off, or does something else with them. */
static int rpz_add(const struct rb_policy *policy, uint32_t number,
		   struct rb_policy_changes *changes)
{
	const struct rb_policy_rpz *rpz = rb_policy_rpz_at(policy, number);
	uint32_t first = rb_policy_client_set(policy->header->views.count, number);
	const struct rb_policy_net *net;
	int err = 0;

	changes->servers |= rpz->servers;
	for (uint32_t i = 0; i < policy->header->nodes.count && !err; i++)
		if (node_at(policy, i)->zone == (RB_POLICY_RPZ_SCOPE | number))
			err = rb_policy_names_add_node(&changes->names, policy, node_at(policy, i));
	for (uint32_t i = 0; !err && (net = net_at(policy, i)); i++)
		if (net->set >= first && net->set - first < RB_POLICY_RPZ_SETS)
			err = net_add(policy, net, changes);
	return err;
}

/*
 * Zones of one number are compared, whatever their names: these are in no answer. Triggers that only
 * one of them has are found among the names and netblocks.
 */
static int rpzs_compare(const struct rb_policy *before, const struct rb_policy *after,
			struct rb_policy_changes *changes)
{
	const struct rb_policy_rpz *was, *is;
	int err = 0;

	for (uint32_t i = 0; i < RB_RPZS_MAX && !err; i++) {
		bool was_off = before->rpzs_off[i / 64] >> i % 64 & 1;
		bool is_off = after->rpzs_off[i / 64] >> i % 64 & 1;

		was = rb_policy_rpz_at(before, i);
		is = rb_policy_rpz_at(after, i);
		if (!was || !is || (was_off == is_off && rpz_same(before, was, after, is)))
			continue;
		err = rpz_add(after, i, changes);
	}
	return err;
}

/* --- both images --- */

static int sides_compare(const struct rb_policy *policy, const struct rb_policy *other,
			 bool are_triggers, struct rb_policy_changes *changes)
{
	_cleanup_free_ uint32_t *zones = calloc(policy->header->zones.count + 1UL, sizeof(*zones));
	const struct side side = {policy, other, zones};
	int err = zones ? 0 : -ENOMEM;

	if (!err && are_triggers)
		err = nets_compare(policy, other, changes);
	else if (!err)
		err = zones_compare(&side, &changes->names);
	return err ?: nodes_compare(&side, are_triggers, changes);
}

static int images_compare(const struct rb_policy *before, const struct rb_policy *after,
			  bool are_triggers, struct rb_policy_changes *changes)
{
	int err;

	if (before->image == after->image)
		return 0;
	if (!clients_same(before, after))
		return -ENOTSUP;
	err = sides_compare(before, after, are_triggers, changes);
	return err ?: sides_compare(after, before, are_triggers, changes);
}

int rb_policy_changed_find(const struct rb_policy *before, const struct rb_policy *after,
			   struct rb_policy_changes *changes)
{
	const struct rb_policy former = rb_policy_feeds(before), feeds = rb_policy_feeds(after);
	size_t zones;
	int err;

	if (before->header->seed != feeds.header->seed)
		return -ENOTSUP;
	err = images_compare(before, after, false, changes);
	zones = changes->names.count;
	if (!err)
		err = images_compare(&former, &feeds, true, changes);
	if (!err)
		err = rpzs_compare(&former, &feeds, changes);
	changes->triggers = changes->names.count > zones;
	return err;
}

void rb_policy_changes_free(struct rb_policy_changes *changes)
{
	rb_policy_names_free(&changes->names);
	rb_policy_blocks_free(&changes->blocks);
}
