/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks local policy, and makes answers of what it says. */
#include "serve/local.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "dns/name.h"
#include "policy/answer.h"
#include "util/log.h"

static struct rb_policy_question question_of(const struct rb_local_query *asked)
{
	return (struct rb_policy_question){
		.qname = asked->key->qname,
		.qname_len = asked->query->qname_len,
		.qtype = asked->query->qtype,
		.qclass = asked->query->qclass,
	};
}

/* Types inform*: who asked for what. */
static void inform(const struct rb_local_query *asked, const struct rb_policy_verdict *verdict)
{
	static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
	char zone[RB_NAME_TEXT_MAX], name[RB_NAME_TEXT_MAX], addr[INET6_ADDRSTRLEN];
	bool is_v4 = !memcmp(asked->client, mapped, sizeof(mapped));

	if (!verdict->zone_name)
		return;
	rb_name_to_text(verdict->zone_name, verdict->zone->name_len, zone);
	rb_name_to_text(asked->query->qname, asked->query->qname_len, name);
	inet_ntop(is_v4 ? AF_INET : AF_INET6, asked->client + (is_v4 ? sizeof(mapped) : 0), addr,
		  sizeof(addr));
	rb_log_notice("%s %s %s %s type %u", zone,
		      rb_zone_type_name((enum rb_zone_type)verdict->zone->type), addr, name,
		      asked->query->qtype);
}

void rb_local_ask(const struct rb_serve *serve, const struct rb_local_query *asked,
		  struct rb_local_said *ret_said)
{
	const struct rb_policy *policy = serve->guard ? rb_guard_policy(serve->guard) : NULL;
	const struct rb_policy_question question = question_of(asked);
	const struct rb_policy_client client = {asked->client_class, asked->client};
	struct rb_policy_verdict everybody;

	*ret_said = (struct rb_local_said){.action = RB_POLICY_PASS, .shared = true};
	if (!policy)
		return;
	rb_policy_decide(policy, &question, &client, &ret_said->verdict);
	ret_said->action = ret_said->verdict.action;
	ret_said->shared = !ret_said->verdict.inform && !ret_said->verdict.by_address;
	if (ret_said->verdict.inform)
		inform(asked, &ret_said->verdict);
	if (!asked->client_class)
		return;
	/* What a class of its own is answered goes to nobody else; what is resolved for it, may. */
	rb_policy_decide(policy, &question, &(struct rb_policy_client){0}, &everybody);
	ret_said->shared = ret_said->action == RB_POLICY_PASS &&
			   everybody.action == RB_POLICY_PASS && !everybody.inform &&
			   !everybody.by_address;
}

struct rb_answer *rb_local_answer(const struct rb_serve *serve, const struct rb_local_query *asked,
				  const struct rb_local_said *said, bool publishable)
{
	const struct rb_policy_question question = question_of(asked);
	struct rb_answer *answer;

	if (rb_policy_answer(&said->verdict, &question, asked->query->edns.dnssec_ok, serve->now_ns,
			     &answer))
		return NULL;
	if (publishable && said->shared && answer->ttl_s)
		rb_table_publish(serve->table, asked->key, answer);
	return answer;
}

int rb_local_alias_begin(const struct rb_serve *serve, const struct rb_local_query *asked,
			 const struct rb_local_said *said, struct rb_pending *pending)
{
	const struct rb_policy_question question = question_of(asked);
	struct rb_job *job = &pending->job;
	struct rb_policy_record record;
	uint8_t target[RB_NAME_MAX];
	size_t at = 0, len;
	int err = rb_policy_alias_target(&said->verdict, &question, target, &len);

	if (err)
		return err;
	rb_policy_next(&said->verdict.answer, &at, &record);
	pending->alias_ttl_s = record.ttl_s;
	pending->is_alias = true;
	pending->alias_epoch = rb_table_epoch(serve->table);
	/* With CD=1 the target's data may have failed validation. */
	pending->alias_shared = job->publishable && said->shared && !job->checking_disabled;
	if (!rb_table_key_init(serve->table, target, len, job->key.qtype, 0, &job->key)) {
		job->publishable = question.qclass == RB_CLASS_IN && !job->unsynthesized;
		return 0;
	}
	job->publishable = false;
	memset(&job->key, 0, sizeof(job->key));
	memcpy(job->key.qname, target, len);
	job->key.qname_len = (uint16_t)len;
	job->key.qtype = question.qtype;
	return 0;
}

/* The target's answer as a message of its own. */
static size_t target_message(const struct rb_serve *serve, const struct rb_pending *pending)
{
	const struct rb_table_key *key = &pending->job.key;
	uint8_t asked[RB_NAME_MAX + RB_QUESTION_TAIL];
	struct rb_query query = pending->query;

	memcpy(asked, key->qname, key->qname_len);
	memcpy(asked + key->qname_len, pending->query.qname + pending->query.qname_len,
	       RB_QUESTION_TAIL);
	query.qname = asked;
	query.qname_len = key->qname_len;
	query.question_len = (uint16_t)(key->qname_len + RB_QUESTION_TAIL);
	query.edns.present = false;
	return rb_reply_build(&query, pending->job.answer, serve->now_ns, 0, RB_MESSAGE_MAX,
			      serve->scratch);
}

void rb_local_alias_end(const struct rb_serve *serve, struct rb_pending *pending)
{
	const struct rb_config *config = serve->config;
	struct rb_answer *answer = pending->job.answer, *whole = NULL;
	struct rb_table_key key;
	bool publishable = !rb_table_key_init(serve->table, pending->query.qname,
					      pending->query.qname_len, pending->query.qtype, 0,
					      &key);
	const struct rb_policy_question question = {
		.qname = pending->query.qname,
		.qname_len = pending->query.qname_len,
		.qtype = pending->query.qtype,
		.qclass = pending->query.qclass,
	};
	const struct rb_answer_opts opts = {
		.qname = pending->query.qname,
		.qname_len = pending->query.qname_len,
		.qtype = pending->query.qtype,
		.dnssec_ok = pending->query.edns.dnssec_ok,
		.roundrobin = config->rrset_roundrobin,
		.max_ttl_s = config->cache_max_ttl_s,
		.max_negative_ttl_s = config->cache_max_negative_ttl_s,
		.now_ns = serve->now_ns,
	};
	uint16_t rcode = answer ? answer->flags & RB_FLAG_RCODE : RB_RCODE_SERVFAIL;
	size_t len;

	if (!answer || (rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN))
		return;
	len = target_message(serve, pending);
	if (!len ||
	    rb_policy_alias_answer(&question, pending->job.key.qname, pending->job.key.qname_len,
				   pending->alias_ttl_s, serve->scratch, len, &opts, &whole)) {
		rb_answer_free(answer);
		pending->job.answer = NULL;
		return;
	}
	whole->flags |= RB_FLAG_RA;
	rb_answer_free(answer);
	pending->job.answer = whole;
	if (pending->alias_shared && publishable && whole->ttl_s)
		rb_table_publish_of(serve->table, &key, whole, pending->alias_epoch);
}
