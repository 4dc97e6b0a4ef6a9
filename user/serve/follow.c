/* SPDX-License-Identifier: BSD-2-Clause */
/* Aliases and responses, one step after the other. */
#include "serve/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "policy/answer.h"
#include "policy/audience.h"
#include "policy/chain.h"
#include "policy/decide.h"
#include "policy/respond.h"
#include "policy/rpz.h"
#include "serve/local_log.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define ALIASES_MAX 11 /* of one question, as Unbound follows CNAMEs */
#define ROUNDS_MAX  4  /* through the resolvers, for one client */

static const struct rb_policy *policy_of(const struct rb_serve *serve)
{
	return serve->guard ? rb_guard_policy(serve->guard) : NULL;
}

static struct rb_policy_client client_of(const struct rb_serve *serve,
					 const struct rb_pending *pending)
{
	return (struct rb_policy_client){
		.client_class =
			rb_acl_find_at(serve->acl, pending->client, &pending->destination).class_id,
		.addr = pending->client,
		.tcp = rb_transport_is_stream(pending->path->transport),
		.passthru = pending->passthru,
	};
}

/* The question for another name. */
static struct rb_policy_question question_of(const struct rb_pending *pending, const uint8_t *name,
					     size_t len)
{
	return (struct rb_policy_question){
		.qname = name,
		.qname_len = (uint16_t)len,
		.qtype = pending->query.qtype,
		.qclass = pending->query.qclass,
	};
}

static void said(struct rb_serve *serve, struct rb_pending *pending,
		 const struct rb_policy_verdict *verdict)
{
	const struct rb_policy_question asked =
		question_of(pending, pending->query.qname, pending->query.qname_len);

	rb_tally_verdict(&serve->counters.tally, verdict);
	rb_local_log(verdict, &asked, pending->client, pending->client_port);
	pending->shared &= rb_policy_is_shared(verdict);
	pending->passthru |= verdict->passthru;
}

static void answer_replace(struct rb_pending *pending, struct rb_answer *answer)
{
	rb_answer_free(pending->job.answer);
	pending->job.answer = answer;
}

/* --- the end --- */

/*
 * An answer that policy has made from a response expires no later than the response, and is for no
 * other queries: what the response lacks without DO cannot be told from what there is.
 */
static void response_limit(struct rb_answer *answer, const struct rb_answer *response)
{
	answer->traits |= RB_NO_STALE;
	if (!response)
		return;
	answer->traits &= (uint8_t)(response->traits | ~RB_SERVES_MASK);
	if (answer->ttl_count && answer->ttl_s <= response->ttl_s)
		return;
	answer->ttl_s = response->ttl_s;
	answer->expires_ns = response->expires_ns;
}

/* Set the audience in the key, which has the question's name in lower case. */
static bool is_storable(const struct rb_serve *serve, const struct rb_pending *pending,
			struct rb_table_key *key)
{
	const struct rb_policy_question question = question_of(pending, key->qname, key->qname_len);

	return rb_audience_rewritten(policy_of(serve), serve->table, &question,
				     client_of(serve, pending).client_class, key);
}

/* Make the client's answer from the chain and a message. verdict NULL: it was resolved. */
static int compose(const struct rb_serve *serve, struct rb_pending *pending,
		   const struct rb_policy_verdict *verdict, bool authoritative,
		   const uint8_t *message, size_t len)
{
	const struct rb_config *config = serve->config;
	const struct rb_answer_opts opts = {
		.qname = pending->query.qname,
		.qname_len = pending->query.qname_len,
		.qtype = pending->query.qtype,
		.dnssec_ok = pending->query.edns.dnssec_ok,
		.ede = verdict ? rb_policy_ede(verdict) : 0,
		.roundrobin = config->rrset_roundrobin,
		.max_ttl_s = config->cache_max_ttl_s,
		.max_negative_ttl_s = config->cache_max_negative_ttl_s,
		.now_ns = serve->now_ns,
	};
	const struct rb_policy_question asked =
		question_of(pending, pending->query.qname, pending->query.qname_len);
	struct rb_table_key key;
	struct rb_answer *whole;
	int err = rb_chain_answer(pending->chain, &asked, message, len, &opts, &whole);

	if (err)
		return err;
	whole->flags = (uint16_t)(whole->flags & ~(RB_FLAG_TC | RB_FLAG_RA)) |
		       (verdict && verdict->without_ra ? 0 : RB_FLAG_RA) |
		       (verdict && verdict->truncate ? RB_FLAG_TC : 0) |
		       (authoritative ? RB_FLAG_AA : 0);
	response_limit(whole, pending->job.answer);
	answer_replace(pending, whole);
	if (pending->shared && pending->policies == serve->policies && whole->ttl_s &&
	    !rb_table_key_init(serve->table, pending->query.qname, pending->query.qname_len,
			       pending->query.qtype, &key) &&
	    is_storable(serve, pending, &key))
		rb_table_publish_of(serve->table, &key, whole, pending->policy_epoch);
	return 0;
}

/* A verdict on a name of the chain ends the chain. */
static int compose_verdict(const struct rb_serve *serve, struct rb_pending *pending,
			   const struct rb_policy_verdict *verdict, const uint8_t *owner,
			   size_t owner_len, bool authoritative)
{
	const struct rb_policy_question question = question_of(pending, owner, owner_len);
	_cleanup_free_ uint8_t *message = NULL;
	size_t len;
	int err = rb_policy_message(verdict, &question, &message, &len);

	return err ?: compose(serve, pending, verdict, authoritative, message, len);
}

/* --- aliases --- */

static void target_set(const struct rb_serve *serve, struct rb_pending *pending,
		       const uint8_t *target, size_t len)
{
	const struct rb_policy_question question = question_of(pending, target, len);
	const struct rb_policy *policy = policy_of(serve);
	struct rb_job *job = &pending->job;

	answer_replace(pending, NULL);
	if (!rb_table_key_init(serve->table, target, len, question.qtype, &job->key)) {
		rb_audience_ask(policy, client_of(serve, pending).client_class, &job->key);
		/* A client that asks for the target itself may get something else. */
		job->publishable = question.qclass == RB_CLASS_IN && !job->unsynthesized &&
				   !(policy && rb_policy_concerns(policy, &question));
		return;
	}
	job->publishable = false;
	memset(&job->key, 0, sizeof(job->key));
	memcpy(job->key.qname, target, len);
	job->key.qname_len = (uint16_t)len;
	job->key.qtype = question.qtype;
}

/* Follow aliases from an owner as far as policy itself knows the targets. */
static int alias_follow(struct rb_serve *serve, struct rb_pending *pending,
			const struct rb_policy_verdict *first, const uint8_t *owner,
			size_t owner_len, enum rb_follow *ret_next)
{
	const struct rb_policy_client client = client_of(serve, pending);
	struct rb_policy_verdict verdict = *first;
	uint8_t names[2][RB_NAME_MAX];
	size_t len = owner_len;

	memcpy(names[0], owner, owner_len);
	for (unsigned int i = 0; i < ALIASES_MAX; i++) {
		struct rb_policy_question question = question_of(pending, names[i % 2], len);
		uint8_t *target = names[(i + 1) % 2];
		bool from_rpz = verdict.rpz && (verdict.rpz_action == RB_RPZ_DATA ||
						verdict.rpz_action == RB_RPZ_CNAME);
		int err = rb_chain_add(&pending->chain, &verdict, &question, target, &len);

		if (err)
			return err;
		question = question_of(pending, target, len);
		verdict = (struct rb_policy_verdict){.action = RB_POLICY_PASS};
		if (from_rpz && policy_of(serve)) {
			const struct rb_policy feeds = rb_policy_feeds(policy_of(serve));

			rb_policy_rpz_name(&feeds, &question, &client, &verdict);
			said(serve, pending, &verdict);
		}
		if (verdict.action == RB_POLICY_ALIAS)
			continue;
		*ret_next = verdict.action == RB_POLICY_PASS ? RB_FOLLOW_SUBMIT : RB_FOLLOW_READY;
		if (verdict.action == RB_POLICY_PASS)
			target_set(serve, pending, target, len);
		else if (verdict.action == RB_POLICY_DROP)
			answer_replace(pending, NULL);
		else
			return compose_verdict(serve, pending, &verdict, target, len, true);
		return 0;
	}
	return -ELOOP;
}

int rb_follow_begin(struct rb_serve *serve, const struct rb_local_said *local,
		    struct rb_pending *pending, enum rb_follow *ret_next)
{
	uint8_t owner[RB_NAME_MAX];
	size_t len = pending->query.qname_len;

	pending->local_first = true;
	rb_name_lower(pending->query.qname, len, owner);
	return alias_follow(serve, pending, &local->verdict, owner, len, ret_next);
}

/* --- responses --- */

/* The job's answer as a message of its own, in the worker's scratch. */
static size_t job_message(const struct rb_serve *serve, const struct rb_pending *pending)
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

/* Policy changes the response. */
static int response_change(struct rb_serve *serve, struct rb_pending *pending,
			   const struct rb_policy_response *response, size_t len,
			   enum rb_follow *ret_next)
{
	const struct rb_policy_verdict *verdict = &response->verdict;
	int err;

	if (verdict->action == RB_POLICY_DROP) {
		answer_replace(pending, NULL);
		return 0;
	}
	err = rb_chain_take(&pending->chain, serve->scratch, len, response->kept);
	if (err)
		return err;
	if (verdict->action == RB_POLICY_ALIAS) {
		pending->rewritten |= !response->by_name;
		return alias_follow(serve, pending, verdict, response->owner, response->owner_len,
				    ret_next);
	}
	return compose_verdict(serve, pending, verdict, response->owner, response->owner_len,
			       response->by_name || pending->local_first);
}

static int response_judge(struct rb_serve *serve, struct rb_pending *pending,
			  enum rb_follow *ret_next)
{
	const struct rb_policy *policy = policy_of(serve);
	const struct rb_policy_client client = client_of(serve, pending);
	const struct rb_policy_question question =
		question_of(pending, pending->job.key.qname, pending->job.key.qname_len);
	struct rb_policy_response response;
	size_t len = job_message(serve, pending);

	if (!len)
		return -EMSGSIZE;
	if (policy && !pending->rewritten) {
		bool changes = rb_policy_respond(policy, &question, &client, serve->scratch, len,
						 &response);

		said(serve, pending, &response.verdict);
		if (changes)
			return response_change(serve, pending, &response, len, ret_next);
	}
	return pending->chain
		       ? compose(serve, pending, NULL, pending->local_first, serve->scratch, len)
		       : 0;
}

enum rb_follow rb_follow_end(struct rb_serve *serve, struct rb_pending *pending)
{
	const struct rb_answer *answer = pending->job.answer;
	const struct rb_policy *policy = policy_of(serve);
	uint16_t rcode = answer ? answer->flags & RB_FLAG_RCODE : RB_RCODE_SERVFAIL;
	bool judges = policy && !pending->rewritten && rb_policy_has_responses(policy);
	enum rb_follow next = RB_FOLLOW_READY;

	if (rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN)
		return RB_FOLLOW_READY;
	/* Nothing made of an expired answer is stored as if it were fresh. */
	pending->shared &= !rb_answer_is_stale(answer);
	if (!pending->chain && !judges)
		return RB_FOLLOW_READY;
	if (response_judge(serve, pending, &next) || pending->rounds++ == ROUNDS_MAX) {
		struct rb_answer *failed = NULL;

		rb_answer_error(RB_RCODE_SERVFAIL, 0, 0, serve->now_ns, &failed);
		answer_replace(pending, failed);
		return RB_FOLLOW_READY;
	}
	return next;
}
