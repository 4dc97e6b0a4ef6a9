/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of decisions. */
#include "policy/decide.h"

#include "policy/foresee.h"
#include "policy/lists.h"
#include "policy/rpz.h"
#include "policy/zones.h"

/* As in Unbound a local alias yields to what a response policy zone answers to the question. */
static void alias_check(const struct rb_policy *policy, const struct rb_policy_question *question,
			const struct rb_policy_client *client, struct rb_policy_verdict *verdict)
{
	struct rb_policy_verdict other = *verdict;

	other.action = RB_POLICY_PASS;
	other.answer = (struct rb_policy_records){0};
	if (!rb_policy_rpz_decide(policy, question, client, &other)) {
		other.action = verdict->action;
		other.answer = verdict->answer;
	}
	*verdict = other;
}

bool rb_policy_decide_foreseen(const struct rb_policy *policy,
			       const struct rb_policy_question *question,
			       const struct rb_policy_labels *labels,
			       const struct rb_policy_client *client,
			       struct rb_policy_verdict *ret_verdict)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);
	struct rb_policy_labels of_feeds;

	*ret_verdict = (struct rb_policy_verdict){.action = RB_POLICY_PASS};
	if (rb_policy_zones_decide(policy, question, labels, client, ret_verdict)) {
		if (ret_verdict->action == RB_POLICY_ALIAS)
			alias_check(&feeds, question, client, ret_verdict);
		return true;
	}
	if (rb_policy_rpz_decide(&feeds, question, client, ret_verdict))
		return true;
	if (ret_verdict->passthru)
		return false;
	if (feeds.header->seed != policy->header->seed) {
		rb_policy_labels_init(&feeds, question->qname, question->qname_len, &of_feeds);
		labels = &of_feeds;
	}
	return rb_policy_lists_decide(&feeds, question, labels, client, ret_verdict);
}

bool rb_policy_decide(const struct rb_policy *policy, const struct rb_policy_question *question,
		      const struct rb_policy_client *client, struct rb_policy_verdict *ret_verdict)
{
	struct rb_policy_labels labels;

	rb_policy_foresee(policy, question->qname, question->qname_len, &labels);
	return rb_policy_decide_foreseen(policy, question, &labels, client, ret_verdict);
}

bool rb_policy_is_alike(const struct rb_policy *policy, const struct rb_policy_question *question)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);

	return policy->header->classes.count <= 1 || (rb_policy_zones_are_alike(policy, question) &&
						      rb_policy_rpz_is_alike(&feeds, question) &&
						      rb_policy_lists_are_alike(&feeds, question));
}

bool rb_policy_concerns(const struct rb_policy *policy, const struct rb_policy_question *question)
{
	struct rb_policy_verdict verdict;

	for (unsigned int i = 0; i < policy->header->classes.count && i <= UINT8_MAX; i++) {
		const struct rb_policy_client client = {.client_class = (uint8_t)i};

		if (rb_policy_decide(policy, question, &client, &verdict) || verdict.by_address ||
		    verdict.inform || verdict.rpz)
			return true;
	}
	return false;
}
