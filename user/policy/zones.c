/* SPDX-License-Identifier: BSD-2-Clause */
/* What local zones say of a question. */
#include "policy/zones.h"

#include <string.h>

#include "policy/tags.h"

/* --- one decision --- */

struct decision {
	const struct rb_policy *policy;
	const struct rb_policy_question *question;
	const struct rb_policy_client *client;
	const struct rb_policy_class *of_client;
	const struct rb_policy_labels *labels; /* of the question's name */
	uint32_t zone_index;
	const struct rb_policy_zone *zone;
	const struct rb_policy_node *node; /* of the name in the zone; NULL: there is none */
	enum rb_zone_type type;            /* of the zone, for this client */
	int tag;                           /* that client and zone share; -1: none */
};

/* The longest zone of a view that is for the client's tags. A DS is looked for above its name. */
static bool zone_find(struct decision *decision, uint8_t view)
{
	const struct rb_policy *policy = decision->policy;
	const struct rb_policy_question *question = decision->question;
	uint64_t tags = view || !decision->of_client ? 0 : decision->of_client->tags;
	uint32_t scope = rb_policy_zone_scope(view, question->qclass);
	unsigned int depth = decision->labels->count;

	if (question->qtype == RB_TYPE_DS && depth)
		depth--;
	for (;; depth--) {
		uint32_t found = rb_policy_find_zone(policy, scope, decision->labels, depth);

		if (found) {
			const struct rb_policy_zone *zone = rb_policy_zone_at(policy, found - 1);
			const struct rb_policy_detail *detail = rb_policy_detail_of(policy, zone);

			if (view || !detail || !detail->tags || detail->tags & tags) {
				decision->zone_index = found - 1;
				decision->zone = zone;
				return true;
			}
		}
		if (!depth)
			return false;
	}
}

static const struct rb_policy_node *node_find(const struct decision *decision, unsigned int depth)
{
	return rb_policy_node_find(decision->policy, decision->zone_index, decision->labels, depth);
}

static const struct rb_policy_rrset *set_find(const struct rb_policy *policy,
					      const struct rb_policy_node *node, uint16_t type)
{
	return rb_policy_set_find(policy, node->rrset, type);
}

static bool is_transparent(enum rb_zone_type type)
{
	return type == RB_ZONE_TRANSPARENT || type == RB_ZONE_TYPETRANSPARENT ||
	       type == RB_ZONE_INFORM || type == RB_ZONE_ALWAYS_TRANSPARENT ||
	       type == RB_ZONE_BLOCK_A || type == RB_ZONE_BLOCK_AAAA;
}

static bool is_redirect(enum rb_zone_type type)
{
	return type == RB_ZONE_REDIRECT || type == RB_ZONE_INFORM_REDIRECT;
}

/* Whether a transparent zone of a view has nothing for the question, so that others are looked at.
 */
static bool does_not_cover(const struct decision *decision)
{
	if (!is_transparent(decision->type))
		return false;
	if (decision->type == RB_ZONE_ALWAYS_TRANSPARENT || decision->type == RB_ZONE_BLOCK_A ||
	    decision->type == RB_ZONE_BLOCK_AAAA || !decision->node)
		return true;
	return decision->type == RB_ZONE_TYPETRANSPARENT &&
	       !set_find(decision->policy, decision->node, decision->question->qtype);
}

static bool prefix_fits(const struct rb_policy_override *override, const uint8_t *addr)
{
	unsigned int bytes = override->prefix / 8, bits = override->prefix % 8;

	if (override->prefix > 128 || memcmp(override->addr, addr, bytes) != 0)
		return false;
	return !bits || (override->addr[bytes] ^ addr[bytes]) >> (8 - bits) == 0;
}

/* The longest netblock that the client is in; NULL: none. */
static const struct rb_policy_override *override_find(const struct decision *decision)
{
	const struct rb_policy *policy = decision->policy;
	const struct rb_policy_detail *detail = rb_policy_detail_of(policy, decision->zone);
	const struct rb_policy_override *best = NULL;

	if (!detail || !decision->client->addr)
		return NULL;
	for (uint32_t i = 0; i < detail->override_count; i++) {
		const struct rb_policy_override *one =
			rb_policy_member(policy, policy->header->overrides,
					 (size_t)detail->override_first + i, sizeof(*one));

		if (!one)
			break;
		if (prefix_fits(one, decision->client->addr) &&
		    (!best || one->prefix > best->prefix))
			best = one;
	}
	return best;
}

/* What the zone is for this client: local-zone-override, else the action of a shared tag. */
static void type_find(struct decision *decision)
{
	const struct rb_policy_detail *detail =
		rb_policy_detail_of(decision->policy, decision->zone);
	const struct rb_policy_override *override = override_find(decision);

	decision->type = override ? override->type
				  : rb_policy_tag_type(decision->of_client,
						       detail ? detail->tags : 0,
						       decision->zone->type, &decision->tag);
}

/* Whether the zone has the data that is asked for. */
static bool data_answer(const struct decision *decision, struct rb_policy_verdict *verdict)
{
	const struct rb_policy_rrset *set = NULL;
	const struct rb_policy_node *node = decision->node;

	if (is_redirect(decision->type)) {
		unsigned int depth = 0;

		set = rb_policy_tag_data(decision->policy, decision->client->client_class,
					 decision->tag, decision->question->qtype);
		while (depth < decision->labels->count &&
		       decision->labels->len - decision->labels->at[depth] !=
			       decision->zone->name_len)
			depth++;
		node = node_find(decision, depth);
	}
	if (!set && node)
		set = set_find(decision->policy, node, decision->question->qtype);
	if (!set)
		return false;
	verdict->action = RB_POLICY_ANSWER;
	if (is_redirect(decision->type) && set->type == RB_TYPE_CNAME &&
	    decision->question->qtype != RB_TYPE_CNAME)
		verdict->action = RB_POLICY_ALIAS;
	rb_policy_take(decision->policy, set, &verdict->answer);
	return true;
}

static bool negative(const struct decision *decision, uint16_t rcode, bool with_soa,
		     struct rb_policy_verdict *verdict)
{
	const struct rb_policy_detail *detail =
		rb_policy_detail_of(decision->policy, decision->zone);
	const struct rb_policy_rrset *soa =
		detail && detail->soa ? rb_policy_rrset_at(decision->policy, detail->soa - 1)
				      : NULL;

	verdict->action = RB_POLICY_ANSWER;
	verdict->rcode = rcode;
	if (soa && with_soa)
		rb_policy_take(decision->policy, soa, &verdict->soa);
	return true;
}

/* always_null: addresses of zeros, and nothing else. */
static bool null_answer(const struct decision *decision, struct rb_policy_verdict *verdict)
{
	if (decision->question->qtype == RB_TYPE_A)
		verdict->null_address = 4;
	else if (decision->question->qtype == RB_TYPE_AAAA)
		verdict->null_address = 16;
	return negative(decision, RB_RCODE_NOERROR, false, verdict);
}

/* What a zone says of a name whose data it does not have; whether it says anything. */
static bool type_answer(const struct decision *decision, struct rb_policy_verdict *verdict)
{
	bool has_data = decision->node && decision->node->rrset;
	uint16_t qtype = decision->question->qtype;

	verdict->blocked = true;
	switch (decision->type) {
	case RB_ZONE_DENY:
	case RB_ZONE_ALWAYS_DENY:
	case RB_ZONE_INFORM_DENY:
		verdict->action = RB_POLICY_DROP;
		return true;
	case RB_ZONE_REFUSE:
	case RB_ZONE_ALWAYS_REFUSE:
		return negative(decision, RB_RCODE_REFUSED, false, verdict);
	case RB_ZONE_STATIC:
		verdict->blocked = false;
		return negative(decision, decision->node ? RB_RCODE_NOERROR : RB_RCODE_NXDOMAIN,
				true, verdict);
	case RB_ZONE_ALWAYS_NXDOMAIN:
		return negative(decision, RB_RCODE_NXDOMAIN, true, verdict);
	case RB_ZONE_REDIRECT:
	case RB_ZONE_INFORM_REDIRECT:
		verdict->blocked = false;
		return negative(decision, RB_RCODE_NOERROR, true, verdict);
	case RB_ZONE_ALWAYS_NODATA:
		return negative(decision, RB_RCODE_NOERROR, true, verdict);
	case RB_ZONE_BLOCK_A:
	case RB_ZONE_BLOCK_A_WDATA:
		return qtype == RB_TYPE_A && negative(decision, RB_RCODE_NOERROR, false, verdict);
	case RB_ZONE_BLOCK_AAAA:
	case RB_ZONE_BLOCK_AAAA_WDATA:
		return qtype == RB_TYPE_AAAA &&
		       negative(decision, RB_RCODE_NOERROR, false, verdict);
	case RB_ZONE_ALWAYS_NULL:
		return null_answer(decision, verdict);
	case RB_ZONE_TYPETRANSPARENT:
	case RB_ZONE_ALWAYS_TRANSPARENT:
		return false;
	case RB_ZONE_TRANSPARENT:
	case RB_ZONE_INFORM:
	case RB_ZONE_NOVIEW:
	case RB_ZONE_NONE:
	case RB_ZONE_TYPES:
		break;
	}
	/* The name is there, the type is not. */
	verdict->blocked = false;
	return has_data && negative(decision, RB_RCODE_NOERROR, true, verdict);
}

static bool uses_data(enum rb_zone_type type)
{
	return type != RB_ZONE_ALWAYS_REFUSE && type != RB_ZONE_ALWAYS_TRANSPARENT &&
	       type != RB_ZONE_BLOCK_A && type != RB_ZONE_BLOCK_AAAA &&
	       type != RB_ZONE_ALWAYS_NXDOMAIN && type != RB_ZONE_ALWAYS_NODATA &&
	       type != RB_ZONE_ALWAYS_DENY;
}

/* The zone of the client's view; *ret_ends: the view says that nobody else is asked. */
static bool view_zone(struct decision *decision, bool *ret_ends)
{
	const struct rb_policy *policy = decision->policy;
	uint8_t number = decision->of_client ? decision->of_client->view : 0;
	const struct rb_policy_view *view =
		number ? rb_policy_member(policy, policy->header->views, number - 1u, sizeof(*view))
		       : NULL;

	*ret_ends = false;
	if (!view || !view->has_zones)
		return false;
	if (zone_find(decision, number) && decision->zone->type != RB_ZONE_NOVIEW) {
		decision->type = decision->zone->type;
		decision->node = node_find(decision, decision->labels->count);
		if (!does_not_cover(decision))
			return true;
	}
	*ret_ends = !view->first;
	return false;
}

static bool has_overrides(const struct decision *decision)
{
	const struct rb_policy_detail *detail =
		rb_policy_detail_of(decision->policy, decision->zone);

	return detail && detail->override_count;
}

static bool is_tagged(const struct decision *decision)
{
	const struct rb_policy_detail *detail =
		rb_policy_detail_of(decision->policy, decision->zone);

	return !decision->zone->view && detail && detail->tags;
}

bool rb_policy_zones_decide(const struct rb_policy *policy,
			    const struct rb_policy_question *question,
			    const struct rb_policy_labels *labels,
			    const struct rb_policy_client *client,
			    struct rb_policy_verdict *ret_verdict)
{
	struct decision decision = {
		.policy = policy,
		.question = question,
		.labels = labels,
		.client = client,
		.of_client = rb_policy_class_at(policy, client->client_class),
		.tag = -1,
	};
	bool ends;

	if (!view_zone(&decision, &ends)) {
		if (ends || !zone_find(&decision, 0))
			return false;
		type_find(&decision);
		decision.node = node_find(&decision, decision.labels->count);
	}
	ret_verdict->zone = decision.zone;
	ret_verdict->zone_name =
		rb_policy_bytes(policy, decision.zone->name, decision.zone->name_len);
	ret_verdict->inform = decision.type == RB_ZONE_INFORM ||
			      decision.type == RB_ZONE_INFORM_DENY ||
			      decision.type == RB_ZONE_INFORM_REDIRECT;
	ret_verdict->by_address = has_overrides(&decision);
	ret_verdict->by_tag = is_tagged(&decision);
	if (uses_data(decision.type) && data_answer(&decision, ret_verdict))
		return true;
	if (!uses_data(decision.type))
		decision.node = NULL;
	if (type_answer(&decision, ret_verdict))
		return true;
	ret_verdict->blocked = false;
	ret_verdict->action = RB_POLICY_PASS;
	return false;
}

/* Whether the longest zone of a view, or any that is for some tags, is above the name. */
static bool zone_is_above(const struct decision *decision, uint8_t view, bool tagged)
{
	const struct rb_policy *policy = decision->policy;
	uint32_t scope = rb_policy_zone_scope(view, decision->question->qclass);

	for (unsigned int depth = 0; depth <= decision->labels->count; depth++) {
		uint32_t found = rb_policy_find_zone(policy, scope, decision->labels, depth);
		const struct rb_policy_zone *zone = found ? rb_policy_zone_at(policy, found - 1)
							  : NULL;
		const struct rb_policy_detail *detail = zone ? rb_policy_detail_of(policy, zone)
							     : NULL;

		if (zone && (!tagged || (detail && detail->tags)))
			return true;
	}
	return false;
}

bool rb_policy_zones_are_alike(const struct rb_policy *policy,
			       const struct rb_policy_question *question)
{
	struct rb_policy_labels labels;
	const struct decision decision = {
		.policy = policy, .question = question, .labels = &labels, .tag = -1};
	bool ends = false;

	rb_policy_labels_init(policy, question->qname, question->qname_len, &labels);
	for (uint32_t i = 0; i < policy->header->views.count && i < UINT8_MAX; i++) {
		const struct rb_policy_view *view =
			rb_policy_member(policy, policy->header->views, i, sizeof(*view));

		if (!view || !view->has_zones)
			continue;
		if (zone_is_above(&decision, (uint8_t)(i + 1), false))
			return false;
		/* Its clients are not told what the zones outside of it say. */
		ends |= !view->first;
	}
	return !zone_is_above(&decision, 0, !ends);
}
