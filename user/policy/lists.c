/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks a question's name up in the blocklists. */
#include "policy/lists.h"

#include "policy/tags.h"

static const struct rb_policy_list *list_at(const struct rb_policy *policy, uint32_t number)
{
	return rb_policy_member(policy, policy->header->lists, number,
				sizeof(struct rb_policy_list));
}

static bool is_for(const struct rb_policy *policy, const struct rb_policy_list *list,
		   const struct rb_policy_client *client)
{
	const struct rb_policy_class *of_client =
		list->tags ? rb_policy_class_at(policy, client->client_class) : NULL;

	return !list->tags || (of_client && list->tags & of_client->tags);
}

/* Where there is none of the family that is asked for, the name has no such record. */
static void give_address(const struct rb_policy_list *list,
			 const struct rb_policy_question *question,
			 struct rb_policy_verdict *verdict)
{
	if (question->qtype == RB_TYPE_A && list->has4) {
		verdict->null_address = sizeof(list->addr4);
		verdict->list_address = list->addr4;
	} else if (question->qtype == RB_TYPE_AAAA && list->has16) {
		verdict->null_address = sizeof(list->addr16);
		verdict->list_address = list->addr16;
	}
}

static void block(const struct rb_policy_list *list, const struct rb_policy_question *question,
		  struct rb_policy_verdict *verdict)
{
	verdict->action = RB_POLICY_ANSWER;
	verdict->blocked = true;
	verdict->by_tag = list->tags != 0;
	switch ((enum rb_list_action)list->action) {
	case RB_LIST_NXDOMAIN:
		verdict->rcode = RB_RCODE_NXDOMAIN;
		break;
	case RB_LIST_REFUSE:
		verdict->rcode = RB_RCODE_REFUSED;
		break;
	case RB_LIST_NULL:
		if (question->qtype == RB_TYPE_A)
			verdict->null_address = 4;
		else if (question->qtype == RB_TYPE_AAAA)
			verdict->null_address = 16;
		break;
	case RB_LIST_ADDRESS:
		give_address(list, question, verdict);
		break;
	case RB_LIST_NODATA:
	case RB_LIST_ALLOW:
	case RB_LIST_ACTIONS:
		break;
	}
}

/* What the lists from a number on say of a name. */
struct finding {
	const struct rb_policy_list *list; /* the first one that blocks it; NULL: none */
	struct rb_policy_listed listed;    /* there: of its names the longest */
	bool is_allowed;                   /* by a list of what is allowed ... */
	struct rb_policy_listed allowed;   /* ... there: of its names the longest */
	bool has_exceptions;               /* some list lets it pass */
};

static void find(const struct rb_policy *policy, const struct rb_policy_labels *labels,
		 const struct rb_policy_client *client, uint32_t from, struct finding *ret_finding)
{
	*ret_finding = (struct finding){0};
	/* The root is never listed. */
	for (unsigned int depth = labels->count; depth; depth--) {
		struct rb_policy_listed listed;
		struct rb_policy_run run;

		if (!rb_policy_listed_find(policy, labels, depth, &run))
			continue;
		while (rb_policy_listed_next(policy, labels, depth, &run, &listed)) {
			const struct rb_policy_list *list = list_at(policy, listed.list);

			if (!list || listed.list < from || !is_for(policy, list, client))
				continue;
			if (list->action == RB_LIST_ALLOW && !ret_finding->is_allowed) {
				ret_finding->is_allowed = true;
				ret_finding->allowed = listed;
			}
			ret_finding->has_exceptions |= listed.lets_pass;
			if (listed.lets_pass || list->action == RB_LIST_ALLOW ||
			    (ret_finding->list && listed.list >= ret_finding->listed.list))
				continue;
			ret_finding->list = list;
			ret_finding->listed = listed;
		}
	}
}

/* Whether the list has the name, or one above it, among those that it lets pass. */
static bool lets_pass(const struct rb_policy *policy, const struct rb_policy_labels *labels,
		      uint32_t list, struct rb_policy_listed *ret_listed)
{
	for (unsigned int depth = labels->count; depth; depth--) {
		struct rb_policy_run run;

		if (!rb_policy_listed_find(policy, labels, depth, &run))
			continue;
		while (rb_policy_listed_next(policy, labels, depth, &run, ret_listed))
			if (ret_listed->list == list && ret_listed->lets_pass)
				return true;
	}
	return false;
}

bool rb_policy_lists_decide(const struct rb_policy *policy,
			    const struct rb_policy_question *question,
			    const struct rb_policy_labels *labels,
			    const struct rb_policy_client *client,
			    struct rb_policy_verdict *verdict)
{
	struct rb_policy_listed exception;
	struct finding finding;
	uint32_t from = 0;

	if (!policy->header->lists.count || question->qclass != RB_CLASS_IN)
		return false;
	do {
		find(policy, labels, client, from, &finding);
		/* A list of what is allowed wins, wherever it stands. */
		if (!finding.list || finding.is_allowed)
			return false;
		from = finding.listed.list + 1;
	} while (finding.has_exceptions &&
		 lets_pass(policy, labels, finding.listed.list, &exception));
	verdict->list = finding.list;
	verdict->listed = finding.listed;
	block(finding.list, question, verdict);
	return true;
}

bool rb_policy_lists_spare(const struct rb_policy *policy,
			   const struct rb_policy_question *question,
			   const struct rb_policy_labels *labels,
			   const struct rb_policy_client *client,
			   struct rb_policy_spared *ret_spared)
{
	struct rb_policy_spared spared;
	struct finding finding;

	if (!policy->header->lists.count || question->qclass != RB_CLASS_IN)
		return false;
	find(policy, labels, client, 0, &finding);
	if (!finding.list)
		return false;
	spared.from = finding.listed;
	if (finding.is_allowed)
		spared.by = finding.allowed;
	else if (!lets_pass(policy, labels, finding.listed.list, &spared.by))
		return false;
	*ret_spared = spared;
	return true;
}

bool rb_policy_lists_are_alike(const struct rb_policy *policy,
			       const struct rb_policy_question *question)
{
	struct rb_policy_labels labels;

	if (!policy->header->lists.count || question->qclass != RB_CLASS_IN)
		return true;
	rb_policy_labels_init(policy, question->qname, question->qname_len, &labels);
	for (unsigned int depth = labels.count; depth; depth--) {
		struct rb_policy_listed listed;
		struct rb_policy_run run;

		if (!rb_policy_listed_find(policy, &labels, depth, &run))
			continue;
		while (rb_policy_listed_next(policy, &labels, depth, &run, &listed)) {
			const struct rb_policy_list *list = list_at(policy, listed.list);

			if (list && list->tags)
				return false;
		}
	}
	return true;
}
