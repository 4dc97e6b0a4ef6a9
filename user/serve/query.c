/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of decisions: access control, parsing, the hot table, local policy, the resolvers. */
#include "serve/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "serve/asked.h"
#include "serve/chaos.h"
#include "serve/local.h"
#include "serve/notify.h"
#include "serve/pending.h"
#include "serve/query_key.h"
#include "serve/query_log.h"
#include "serve/quota.h"
#include "serve/replies.h"
#include "serve/scope.h"
#include "serve/stored.h"
#include "serve/tap.h"
#include "util/cleanup.h"
#include "util/clock.h"

bool rb_serve_asks_where(const struct rb_serve *serve)
{
	return serve->config->log_destaddr || rb_acl_asks_where(serve->acl);
}

int rb_serve_init(struct rb_serve *serve)
{
	LIST_INIT(&serve->pendings);
	serve->scratch = malloc(RB_TCP_PREFIX + RB_MESSAGE_MAX);
	return serve->scratch ? 0 : -ENOMEM;
}

void rb_serve_release(struct rb_serve *serve)
{
	struct rb_pending *pending;

	while ((pending = LIST_FIRST(&serve->pendings)))
		rb_pending_end(pending);
	free(serve->scratch);
	serve->scratch = NULL;
}

void rb_serve_batch_begin(struct rb_serve *serve)
{
	serve->now_ns = rb_clock_ns();
	serve->batch_hits = 0;
}

void rb_serve_batch_end(struct rb_serve *serve, enum rb_transport transport)
{
	if (serve->batch_hits)
		rb_histogram_add(&serve->counters.took[transport][RB_SOURCE_TABLE],
				 rb_clock_ns() - serve->now_ns, serve->batch_hits);
	serve->batch_hits = 0;
}

/* An auth-zone's answer, for which libunbound does not ask other servers. */
static bool is_auth(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key)
{
	return serve->guard && query->qclass == RB_CLASS_IN &&
	       rb_guard_is_auth(serve->guard, key->qname, query->qname_len, query->qtype);
}

/* forward-no-cache, stub-no-cache. */
static bool is_uncached(const struct rb_serve *serve, const struct rb_query *query,
			const struct rb_table_key *key)
{
	return serve->guard && rb_guard_is_uncached(serve->guard, key->qname, query->qname_len);
}

/* What local policy answers; RB_SERVE_PASS: it does not. */
static bool local_reply(struct rb_serve *serve, const struct rb_received *received,
			const struct rb_local_query *asked, const struct rb_local_said *said,
			bool publishable, enum rb_serve_next *ret_next, size_t *ret_len)
{
	enum rb_transport transport = received->path->transport;
	size_t limit = rb_replies_ready_limit(serve, received, asked->query), len = 0;
	struct rb_answer *answer;

	if (said->action != RB_POLICY_ANSWER && said->action != RB_POLICY_DROP)
		return false;
	if (said->action == RB_POLICY_ANSWER) {
		answer = rb_local_answer(serve, asked, said, publishable);
		if (answer)
			answer->ede =
				rb_ede_allowed(answer->ede, rb_config_ede_said(serve->config));
		len = answer ? rb_reply_build(asked->query, answer, serve->now_ns,
					      (uint16_t)serve->config->edns_buffer_size, limit,
					      received->out)
			     : rb_replies_error(serve, asked->query, RB_RCODE_SERVFAIL, 0, limit,
						received->out);
		rb_answer_free(answer);
	}
	*ret_next = rb_replies_or_drop(serve, transport, len, ret_len);
	return true;
}

static enum rb_serve_next denial_reply(struct rb_serve *serve, const struct rb_received *received,
				       const struct rb_query *query, enum rb_scope scope,
				       size_t *ret_len)
{
	*ret_len = rb_replies_denial(serve, received->path->transport, query, scope,
				     rb_replies_ready_limit(serve, received, query), received->out);
	return *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
}

/* Whether the table answers. */
static bool table_reply(struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query, const struct rb_table_key *key,
			enum rb_scope scope, enum rb_serve_next *ret_next, size_t *ret_len)
{
	enum rb_transport transport = received->path->transport;
	_cleanup_(rb_answer_freep) struct rb_answer *snooped = NULL;
	struct rb_table_found found;
	size_t limit = rb_replies_ready_limit(serve, received, query);
	bool is_found = rb_stored_find(serve, query, key, scope, limit, &found);

	if (!is_found &&
	    (scope != RB_SCOPE_CACHE_ELSE_REFUSE || rb_stored_snoop(serve, query, key, &snooped)))
		return false;
	rb_serve_count(&serve->counters.table_hits[transport]);
	if (is_found && rb_answer_is_stale(&found.answer))
		rb_tally_add(&serve->counters.tally, RB_TALLY_EXPIRED, 1);
	if (is_found && rb_ede_is_blocked(found.answer.ede))
		rb_tally_add(&serve->counters.tally, RB_TALLY_BLOCKED, 1);
	serve->batch_hits++;
	*ret_len = rb_replies_answer(serve, transport, query, is_found ? &found.answer : snooped,
				     scope, limit, received->out);
	*ret_next = *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
	return true;
}

/* The reply from an answer of our own, which is freed here; NULL: there is none, and false. */
static bool own_reply(struct rb_serve *serve, const struct rb_received *received,
		      const struct rb_query *query, struct rb_answer *answer,
		      enum rb_serve_next *ret_next, size_t *ret_len)
{
	size_t len;

	if (!answer)
		return false;
	len = rb_reply_build(query, answer, serve->now_ns,
			     (uint16_t)serve->config->edns_buffer_size,
			     rb_replies_ready_limit(serve, received, query), received->out);
	rb_answer_free(answer);
	*ret_next = rb_replies_or_drop(serve, received->path->transport, len, ret_len);
	return true;
}

static bool is_denied(const struct rb_serve *serve, const struct rb_query *query)
{
	return serve->config->deny_any && query->qtype == RB_TYPE_ANY &&
	       rb_class_is_resolved(query->qclass);
}

/* deny-any, with Unbound's answer. NULL: no memory. */
static struct rb_answer *denied_answer(const struct rb_serve *serve)
{
	struct rb_answer *answer = NULL;

	if (!rb_answer_error(RB_RCODE_NOTIMP, 0, 0, serve->now_ns, &answer))
		answer->flags |= RB_FLAG_RA;
	return answer;
}

/*
 * A well-formed question. The order of decisions: the server itself; the table, for clients whose
 * answers it holds; local policy; deny-any; what the client may get of the rest; the table, for all
 * other clients; the resolvers.
 */
static enum rb_serve_next question(struct rb_serve *serve, const struct rb_received *received,
				   struct rb_query *query, struct rb_client client, size_t *ret_len,
				   struct rb_pending **ret_pending)
{
	enum rb_scope scope = rb_scope_in_class(rb_scope_of(client.action, query), query->qclass);
	struct rb_table_key room, *key;
	bool keyed = rb_query_key_init(serve, received, query, client.class_id, &room, &key);
	bool publishable = keyed && query->qclass == RB_CLASS_IN && !is_uncached(serve, query, key);
	bool is_common = client.class_id == rb_local_class(client.class_id) && !client.apart &&
			 scope == RB_SCOPE_ALL;
	const struct rb_local_query asked = {
		.query = query,
		.key = key,
		.client = received->client,
		.client_port = received->client_port,
		.client_class = client.class_id,
		.tcp = rb_transport_is_stream(received->path->transport),
		.labels = rb_query_key_labels(received, key),
	};
	struct rb_local_said said;
	enum rb_serve_next next;
	bool resolves;

	if (own_reply(serve, received, query, rb_chaos_answer(serve->config, query, serve->now_ns),
		      &next, ret_len))
		return next;
	if (keyed && is_common && !is_denied(serve, query) &&
	    table_reply(serve, received, query, key, scope, &next, ret_len))
		return next;
	rb_local_ask(serve, &asked, &said);
	if (local_reply(serve, received, &asked, &said, publishable, &next, ret_len))
		return next;
	if (is_denied(serve, query) &&
	    own_reply(serve, received, query, denied_answer(serve), &next, ret_len))
		return next;
	query->without_ra = scope != RB_SCOPE_ALL && said.action == RB_POLICY_PASS &&
			    is_auth(serve, query, key);
	resolves = scope == RB_SCOPE_ALL || query->without_ra;
	if (!resolves && scope != RB_SCOPE_CACHE_ELSE_REFUSE)
		return denial_reply(serve, received, query, scope, ret_len);
	if (keyed && !is_common && said.shared &&
	    table_reply(serve, received, query, key, scope, &next, ret_len))
		return next;
	if (!resolves)
		return denial_reply(serve, received, query, scope, ret_len);
	return rb_pending_begin(serve, received, &asked, &said, publishable, ret_len, ret_pending);
}

/* edns-tcp-keepalive: how long the connection may be idle. False: the query is malformed. */
static bool keepalive_tell(const struct rb_serve *serve, const struct rb_received *received,
			   struct rb_query *query)
{
	if (!serve->config->edns_tcp_keepalive || !received->idle_timeout_ms)
		return true;
	if (query->keepalive == RB_KEEPALIVE_MALFORMED) {
		query->rcode = RB_RCODE_FORMERR;
		return false;
	}
	if (query->keepalive == RB_KEEPALIVE_ASKED)
		query->keepalive_100ms = (uint16_t)(received->idle_timeout_ms / 100);
	return true;
}

static void asked_count(struct rb_serve *serve, const uint8_t *client, const struct rb_query *query)
{
	unsigned int sample = serve->config->top_sample;

	if (!serve->asked || ++serve->unasked < sample)
		return;
	serve->unasked = 0;
	rb_asked_add(serve->asked, serve->config, client, query, sample);
}

/* ip-ratelimit. Each client is logged at most once a second. */
static bool exceeds_rate(struct rb_serve *serve, const uint8_t *client)
{
	enum rb_quota_verdict verdict = rb_quotas_take(serve->quotas, client, serve->now_ns);

	if (verdict == RB_QUOTA_ADMITS)
		return false;
	rb_tally_add(&serve->counters.tally, RB_TALLY_RATE_LIMITED, 1);
	if (verdict == RB_QUOTA_EXCEEDED)
		rb_query_log_rate(serve->config, client);
	return true;
}

static enum rb_serve_next query_take(struct rb_serve *serve, const struct rb_received *received,
				     size_t *ret_len, struct rb_pending **ret_pending)
{
	enum rb_transport transport = received->path->transport;
	struct rb_client client =
		rb_acl_find_at(serve->acl, received->client, &received->destination);
	enum rb_acl_action action = client.action;
	uint16_t set_rd = action == RB_ACL_ALLOW_SETRD ? RB_FLAG_RD : 0;
	enum rb_query_verdict verdict;
	struct rb_query query;
	uint16_t rcode;
	uint8_t ede = 0;

	rb_serve_count(&serve->counters.queries[transport]);
	if (action == RB_ACL_DENY ||
	    (action != RB_ACL_REFUSE && exceeds_rate(serve, received->client)))
		goto drop;
	verdict = rb_query_parse(received->message, received->len, &query);
	if (verdict == RB_QUERY_DROP)
		goto drop;
	rb_replies_tell(serve, &query);
	if (!keepalive_tell(serve, received, &query))
		verdict = RB_QUERY_ERROR;
	if (query.padded && serve->config->secure.pad_responses &&
	    rb_transport_is_secure(transport))
		query.pad_block_bytes = serve->config->secure.pad_block_bytes;
	if (action != RB_ACL_REFUSE)
		rb_tally_query(&serve->counters.tally, received->client, &query);
	rb_query_log_query(serve->config, received->client, &query);
	asked_count(serve, received->client, &query);
	rb_tap(serve, RB_TAPPED_CLIENT_QUERY, received->path, received->client,
	       received->client_port, received->message, received->len);
	if (action == RB_ACL_REFUSE) {
		rb_serve_count(&serve->counters.refused[transport]);
		rcode = RB_RCODE_REFUSED;
		ede = RB_EDE_PROHIBITED + 1;
	} else if (verdict == RB_QUERY_ERROR) {
		rcode = query.is_notify ? rb_notify_take(serve, received, &query) : query.rcode;
	} else {
		query.flags |= set_rd;
		return question(serve, received, &query, client, ret_len, ret_pending);
	}
	*ret_len = rb_replies_error(serve, &query, rcode, ede,
				    rb_replies_ready_limit(serve, received, &query), received->out);
	if (*ret_len)
		return RB_SERVE_REPLY;
drop:
	rb_serve_count(&serve->counters.dropped[transport]);
	return RB_SERVE_DROP;
}

/* Uses the question that the reply echoes: the reply may have been built over the query. */
static void reply_log(const struct rb_serve *serve, const struct rb_received *received, size_t len)
{
	const struct rb_query_log_client client = {received->client, &received->destination,
						   received->path->transport};
	struct rb_query query = {0};
	const uint8_t *question = received->out + sizeof(struct rb_dns_header);
	size_t room = len - sizeof(struct rb_dns_header);
	int name_len = rb_bytes_get16(received->out + 4) ? rb_name_len(question, room) : -1;

	if (name_len <= 0 || room < (size_t)name_len + RB_QUESTION_TAIL)
		return;
	query.qname = question;
	query.qname_len = (uint16_t)name_len;
	query.qtype = rb_bytes_get16(question + name_len);
	query.qclass = rb_bytes_get16(question + name_len + 2);
	rb_query_log_reply(serve->config, &client, &query, received->out, len, RB_QUERY_LOG_CACHED,
			   0);
}

enum rb_serve_next rb_serve_query(struct rb_serve *serve, const struct rb_received *received,
				  size_t *ret_len, struct rb_pending **ret_pending)
{
	enum rb_serve_next next = query_take(serve, received, ret_len, ret_pending);

	if (next == RB_SERVE_REPLY)
		rb_tally_reply(&serve->counters.tally, received->out, *ret_len);
	if (next == RB_SERVE_REPLY)
		rb_tap(serve, RB_TAPPED_CLIENT_RESPONSE, received->path, received->client,
		       received->client_port, received->out, *ret_len);
	if (next == RB_SERVE_REPLY && serve->config->log_replies)
		reply_log(serve, received, *ret_len);
	return next;
}
