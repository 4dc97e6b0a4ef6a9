/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks local policy, and makes answers from its verdicts. */
#include "serve/local.h"

#include "policy/answer.h"
#include "policy/audience.h"
#include "policy/respond.h"
#include "serve/local_log.h"

static struct rb_policy_question question_of(const struct rb_local_query *asked)
{
	return (struct rb_policy_question){
		.qname = asked->key->qname,
		.qname_len = asked->query->qname_len,
		.qtype = asked->query->qtype,
		.qclass = asked->query->qclass,
	};
}

void rb_local_ask(struct rb_serve *serve, const struct rb_local_query *asked,
		  struct rb_local_said *ret_said)
{
	const struct rb_policy *policy = serve->guard ? rb_guard_policy(serve->guard) : NULL;
	const struct rb_policy_question question = question_of(asked);
	const struct rb_policy_client client = {
		.client_class = asked->client_class,
		.addr = asked->client,
		.tcp = asked->tcp,
	};
	const struct rb_policy_client anybody = {.tcp = asked->tcp};
	const struct rb_policy_verdict *verdict = &ret_said->verdict;
	struct rb_policy_verdict everybody;

	*ret_said = (struct rb_local_said){.action = RB_POLICY_PASS, .shared = true};
	if (!policy)
		return;
	if (asked->labels)
		rb_policy_decide_foreseen(policy, &question, asked->labels, &client,
					  &ret_said->verdict);
	else
		rb_policy_decide(policy, &question, &client, &ret_said->verdict);
	/* As if the type of every zone asked for a line in the log. */
	if (serve->config->log_local_actions && verdict->zone_name)
		ret_said->verdict.inform = true;
	ret_said->action = verdict->action;
	ret_said->shared = rb_policy_is_shared(verdict);
	rb_tally_verdict(&serve->counters.tally, verdict);
	rb_local_log(verdict, &question, asked->client, asked->client_port);
	if (asked->client_class == rb_local_class(asked->client_class))
		return;
	/* Nobody else gets what it is answered; what is resolved for it may be another's. */
	rb_policy_decide(policy, &question, &anybody, &everybody);
	ret_said->shared = ret_said->action == RB_POLICY_PASS &&
			   everybody.action == RB_POLICY_PASS && rb_policy_is_shared(&everybody) &&
			   !rb_policy_has_responses(policy);
}

struct rb_answer *rb_local_answer(const struct rb_serve *serve, const struct rb_local_query *asked,
				  const struct rb_local_said *said, bool publishable)
{
	const struct rb_policy *policy = serve->guard ? rb_guard_policy(serve->guard) : NULL;
	const struct rb_policy_question question = question_of(asked);
	struct rb_table_key key;
	struct rb_answer *answer;

	if (rb_policy_answer(&said->verdict, &question, asked->query->edns.dnssec_ok, serve->now_ns,
			     &answer))
		return NULL;
	if (!publishable || !said->shared || !answer->ttl_s)
		return answer;
	key = *asked->key;
	if (rb_audience_answered(policy, serve->table, &question, asked->client_class,
				 &said->verdict, &key))
		rb_table_publish(serve->table, &key, answer);
	return answer;
}
