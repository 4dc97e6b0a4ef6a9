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

bool rb_policy_lists_decide(const struct rb_policy *policy,
			    const struct rb_policy_question *question,
			    const struct rb_policy_labels *labels,
			    const struct rb_policy_client *client,
			    struct rb_policy_verdict *verdict)
{
	const struct rb_policy_list *first = NULL;

	if (!policy->header->lists.count || question->qclass != RB_CLASS_IN)
		return false;
	/* The root is never listed. */
	for (unsigned int depth = labels->count; depth; depth--) {
		struct rb_policy_listed listed;
		struct rb_policy_run run;

		if (!rb_policy_listed_find(policy, labels, depth, &run))
			continue;
		while (rb_policy_listed_next(policy, labels, depth, &run, &listed)) {
			const struct rb_policy_list *list = list_at(policy, listed.list);

			if (!list || !is_for(policy, list, client))
				continue;
			/* A list of what is allowed wins, wherever it stands. */
			if (list->action == RB_LIST_ALLOW)
				return false;
			/* The first list, and of its names the longest. */
			if (first && listed.list >= verdict->listed.list)
				continue;
			first = list;
			verdict->listed = listed;
		}
	}
	if (!first)
		return false;
	verdict->list = first;
	block(first, question, verdict);
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
