/* SPDX-License-Identifier: BSD-2-Clause */
/* Triggers and actions of response policy zones. */
#include "policy/rpz.h"

#include "policy/tags.h"

const struct rb_policy_rpz *rb_policy_rpz_at(const struct rb_policy *policy, uint32_t number)
{
	return rb_policy_member(policy, policy->header->rpzs, number, sizeof(struct rb_policy_rpz));
}

static bool is_off(const struct rb_policy *policy, uint32_t number)
{
	return number < RB_RPZS_MAX && policy->rpzs_off[number / 64] >> number % 64 & 1;
}

bool rb_policy_rpz_is_for(const struct rb_policy *policy, uint32_t number,
			  const struct rb_policy_client *client)
{
	const struct rb_policy_rpz *rpz = rb_policy_rpz_at(policy, number);
	const struct rb_policy_class *of_client =
		rpz && rpz->tags ? rb_policy_class_at(policy, client->client_class) : NULL;

	if (!rpz || is_off(policy, number))
		return false;
	return !rpz->tags || (of_client && rpz->tags & of_client->tags);
}

/*
 * The trigger that a name fits: itself, or the wildcard under its closest encloser. Which that is,
 * Unbound sees in the name that sorts just before: one that has only triggers below it that sort
 * behind is none.
 */
static const struct rb_policy_node *trigger_find(const struct rb_policy *policy, uint32_t scope,
						 const struct rb_policy_labels *labels)
{
	unsigned int depth = labels->count;
	const struct rb_policy_node *node = rb_policy_node_find(policy, scope, labels, depth);

	if (node && node->action)
		return node;
	while (depth-- > 0) {
		const uint8_t *next = labels->name + labels->at[depth + 1], *least;

		node = rb_policy_node_find(policy, scope, labels, depth);
		if (!node)
			continue;
		least = node->least ? rb_policy_label(policy, node->least - 1) : NULL;
		if (!node->action && (!least || rb_policy_compare_labels(least, next) >= 0))
			continue;
		node = rb_policy_wildcard_find(policy, scope, labels, depth);
		return node && node->action ? node : NULL;
	}
	return NULL;
}

/* The data that is there for the question: an answer, an alias, or the name without that type. */
static void take_data(const struct rb_policy *policy, uint32_t first,
		      const struct rb_policy_question *question, struct rb_policy_verdict *verdict)
{
	const struct rb_policy_rrset *set = rb_policy_set_find(policy, first, question->qtype);

	verdict->action = RB_POLICY_ANSWER;
	if (!set)
		return;
	if (set->type == RB_TYPE_CNAME && question->qtype != RB_TYPE_CNAME)
		verdict->action = RB_POLICY_ALIAS;
	rb_policy_take(policy, set, &verdict->answer);
}

/* first: the trigger's data. */
static void act(const struct rb_policy *policy, const struct rb_policy_rpz *rpz, uint32_t first,
		const struct rb_policy_question *question, const struct rb_policy_client *client,
		struct rb_policy_verdict *verdict)
{
	verdict->blocked = true;
	verdict->by_tag = rpz->tags != 0;
	switch ((enum rb_rpz_action)verdict->rpz_action) {
	case RB_RPZ_NXDOMAIN:
		verdict->action = RB_POLICY_ANSWER;
		verdict->rcode = RB_RCODE_NXDOMAIN;
		verdict->without_ra = rpz->signal_ra;
		return;
	case RB_RPZ_NODATA:
		verdict->action = RB_POLICY_ANSWER;
		return;
	case RB_RPZ_DROP:
		verdict->action = RB_POLICY_DROP;
		return;
	case RB_RPZ_TCP_ONLY:
		verdict->by_address = true;
		verdict->truncate = !client->tcp;
		verdict->action = client->tcp ? RB_POLICY_PASS : RB_POLICY_ANSWER;
		break;
	case RB_RPZ_CNAME:
		take_data(policy, rpz->cname, question, verdict);
		break;
	case RB_RPZ_DATA:
		take_data(policy, first, question, verdict);
		break;
	case RB_RPZ_PASSTHRU:
	case RB_RPZ_NONE:
	case RB_RPZ_DISABLED:
	case RB_RPZ_ACTIONS:
		verdict->passthru = true;
		break;
	}
	verdict->blocked = false;
}

/* One zone has a trigger: whether that ends the search. A client's address comes first. */
static bool apply(const struct rb_policy *policy, const struct rb_policy_rpz *rpz,
		  const struct rb_policy_node *trigger, const struct rb_policy_net *net,
		  const struct rb_policy_question *question, const struct rb_policy_client *client,
		  struct rb_policy_verdict *verdict)
{
	uint32_t first = 0;

	if (net) {
		verdict->rpz_action = net->action;
		first = net->rrset;
	} else if (trigger) {
		verdict->rpz_action = trigger->action;
		verdict->trigger_name = rb_policy_bytes(policy, trigger->name, trigger->name_len);
		first = trigger->rrset;
	}
	verdict->rpz = rpz;
	verdict->rpz_log |= rpz->log;
	verdict->net = net;
	verdict->trigger = net ? NULL : trigger;
	if (rpz->override)
		verdict->rpz_action = rpz->override;
	verdict->rpz_name = rb_policy_bytes(policy, rpz->log_name, rpz->log_name_len);
	if (rpz->override == RB_RPZ_DISABLED)
		return false;
	act(policy, rpz, first, question, client, verdict);
	return true;
}

bool rb_policy_rpz_decide(const struct rb_policy *policy, const struct rb_policy_question *question,
			  const struct rb_policy_client *client, struct rb_policy_verdict *verdict)
{
	uint32_t views = policy->header->views.count;
	const struct rb_policy_rpz *rpz;
	struct rb_policy_labels labels;

	if (!policy->header->rpzs.count)
		return false;
	rb_policy_labels_init(policy, question->qname, question->qname_len, &labels);
	for (uint32_t i = 0; (rpz = rb_policy_rpz_at(policy, i)); i++) {
		const struct rb_policy_node *trigger = NULL;
		const struct rb_policy_net *net = NULL;

		if (!rb_policy_rpz_is_for(policy, i, client))
			continue;
		if (client->addr)
			net = rb_policy_net_find(policy, rb_policy_client_set(views, i),
						 client->addr);
		/* The zone's names are of class IN; a client's address is of none. */
		if (question->qclass == RB_CLASS_IN)
			trigger = trigger_find(policy, RB_POLICY_RPZ_SCOPE | i, &labels);
		if (!net && !trigger)
			continue;
		verdict->by_address |= net != NULL;
		if (apply(policy, rpz, trigger, net, question, client, verdict))
			return verdict->action != RB_POLICY_PASS;
	}
	return false;
}

bool rb_policy_rpz_name(const struct rb_policy *policy, const struct rb_policy_question *question,
			const struct rb_policy_client *client, struct rb_policy_verdict *verdict)
{
	const struct rb_policy_rpz *rpz;
	struct rb_policy_labels labels;

	if (!policy->header->rpzs.count || question->qclass != RB_CLASS_IN)
		return false;
	rb_policy_labels_init(policy, question->qname, question->qname_len, &labels);
	for (uint32_t i = 0; (rpz = rb_policy_rpz_at(policy, i)); i++) {
		const struct rb_policy_node *trigger;

		if (!rb_policy_rpz_is_for(policy, i, client))
			continue;
		trigger = trigger_find(policy, RB_POLICY_RPZ_SCOPE | i, &labels);
		if (trigger && apply(policy, rpz, trigger, NULL, question, client, verdict))
			return true;
	}
	return false;
}

bool rb_policy_rpz_address(const struct rb_policy *policy, uint32_t number,
			   const struct rb_policy_net *net,
			   const struct rb_policy_question *question,
			   const struct rb_policy_client *client, struct rb_policy_verdict *verdict)
{
	const struct rb_policy_rpz *rpz = rb_policy_rpz_at(policy, number);

	if (!rpz)
		return false;
	verdict->by_server = net->set == rb_policy_server_set(policy->header->views.count, number);
	return apply(policy, rpz, NULL, net, question, client, verdict);
}

bool rb_policy_rpz_server(const struct rb_policy *policy, uint32_t number, const uint8_t *name,
			  size_t name_len, const struct rb_policy_question *question,
			  const struct rb_policy_client *client, struct rb_policy_verdict *verdict)
{
	const struct rb_policy_rpz *rpz = rb_policy_rpz_at(policy, number);
	const struct rb_policy_node *trigger;
	struct rb_policy_labels labels;

	if (!rpz || !rpz->servers)
		return false;
	rb_policy_labels_init(policy, name, name_len, &labels);
	trigger = trigger_find(policy, RB_POLICY_SERVER_SCOPE | number, &labels);
	if (!trigger)
		return false;
	verdict->by_server = true;
	return apply(policy, rpz, trigger, NULL, question, client, verdict);
}

bool rb_policy_rpz_is_alike(const struct rb_policy *policy,
			    const struct rb_policy_question *question)
{
	const struct rb_policy_rpz *rpz;
	struct rb_policy_labels labels;

	if (!policy->header->rpzs.count || question->qclass != RB_CLASS_IN)
		return true;
	rb_policy_labels_init(policy, question->qname, question->qname_len, &labels);
	for (uint32_t i = 0; (rpz = rb_policy_rpz_at(policy, i)); i++)
		if (rpz->tags && trigger_find(policy, RB_POLICY_RPZ_SCOPE | i, &labels))
			return false;
	return true;
}
