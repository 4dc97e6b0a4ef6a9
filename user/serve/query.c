/* SPDX-License-Identifier: BSD-2-Clause */
/* One query's life: access control, parsing, the hot table, the resolver, the reply. */
#include "serve/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/name.h"
#include "util/clock.h"

int rb_serve_init(struct rb_serve *serve)
{
	LIST_INIT(&serve->pendings);
	serve->scratch = malloc(RB_TCP_PREFIX + RB_MESSAGE_MAX);
	return serve->scratch ? 0 : -ENOMEM;
}

static void pending_free(struct rb_pending *pending)
{
	LIST_REMOVE(pending, entry);
	rb_answer_free(pending->job.answer);
	free(pending);
}

void rb_serve_release(struct rb_serve *serve)
{
	struct rb_pending *pending;

	while ((pending = LIST_FIRST(&serve->pendings)))
		pending_free(pending);
	free(serve->scratch);
	serve->scratch = NULL;
}

/*
 * What this client may be told, as Unbound decides it. Without RD it could find out what others
 * asked for, so it gets local data alone unless it may snoop.
 */
static enum rb_scope scope_of(enum rb_acl_action action, const struct rb_query *query)
{
	switch (action) {
	case RB_ACL_DENY:
	case RB_ACL_DENY_NON_LOCAL:
		return RB_SCOPE_LOCAL_ELSE_DROP;
	case RB_ACL_REFUSE:
	case RB_ACL_REFUSE_NON_LOCAL:
		return RB_SCOPE_LOCAL_ELSE_REFUSE;
	case RB_ACL_ALLOW_SETRD:
	case RB_ACL_ALLOW_SNOOP:
	case RB_ACL_ALLOW:
		break;
	}
	if (query->flags & RB_FLAG_RD)
		return RB_SCOPE_ALL;
	return action == RB_ACL_ALLOW_SNOOP ? RB_SCOPE_CACHE_ELSE_REFUSE
					    : RB_SCOPE_LOCAL_ELSE_REFUSE;
}

/* A reply without records. */
static size_t error_reply(const struct rb_serve *serve, const struct rb_query *query,
			  uint16_t rcode, size_t limit, uint8_t *out)
{
	struct rb_query failed = *query;

	failed.rcode = rcode;
	return rb_reply_build(&failed, NULL, serve->now_ns,
			      (uint16_t)serve->config->edns_buffer_size, limit, out);
}

/* The reply to what the scope excludes; 0: none. */
static size_t denial(struct rb_serve *serve, enum rb_transport transport,
		     const struct rb_query *query, enum rb_scope scope, size_t limit, uint8_t *out)
{
	size_t len = 0;

	if (scope != RB_SCOPE_LOCAL_ELSE_DROP) {
		rb_serve_count(&serve->counters.refused[transport]);
		len = error_reply(serve, query, RB_RCODE_REFUSED, limit, out);
	}
	if (!len)
		rb_serve_count(&serve->counters.dropped[transport]);
	return len;
}

/* The reply that the scope leaves of an answer; 0: none. */
static size_t answer_reply(struct rb_serve *serve, enum rb_transport transport,
			   const struct rb_query *query, const struct rb_answer *answer,
			   enum rb_scope scope, size_t limit, uint8_t *out)
{
	bool local_alone = scope != RB_SCOPE_ALL && scope != RB_SCOPE_CACHE_ELSE_REFUSE;
	size_t len;

	if (local_alone && !(answer->traits & RB_FIXED_TTL))
		return denial(serve, transport, query, scope, limit, out);
	len = rb_reply_build(query, answer, serve->now_ns,
			     (uint16_t)serve->config->edns_buffer_size, limit, out);
	if (!len)
		rb_serve_count(&serve->counters.dropped[transport]);
	return len;
}

/* Bytes of the largest reply: as the client, the configuration and the transport take it. */
static size_t reply_limit(const struct rb_serve *serve, const struct rb_received *received,
			  const struct rb_query *query)
{
	size_t limit = received->largest;

	if (received->path->transport != RB_TRANSPORT_TCP) {
		size_t udp = rb_reply_limit(&query->edns, serve->config->max_udp_size);

		limit = udp < limit ? udp : limit;
	}
	return limit;
}

/* The same for one that is built at once. */
static size_t ready_limit(const struct rb_serve *serve, const struct rb_received *received,
			  const struct rb_query *query)
{
	size_t limit = reply_limit(serve, received, query);

	return limit < received->room ? limit : received->room;
}

/* The question as the table and the resolver want it; whether the table can hold it. */
static bool key_init(const struct rb_serve *serve, const struct rb_query *query,
		     struct rb_table_key *ret_key)
{
	if (!rb_table_key_init(serve->table, query->qname, query->qname_len, query->qtype, 0,
			       ret_key))
		return true;
	memset(ret_key, 0, sizeof(*ret_key));
	rb_name_lower(query->qname, query->qname_len, ret_key->qname);
	ret_key->qname_len = query->qname_len;
	ret_key->qtype = query->qtype;
	/* It only chooses a resolver thread: any of them will do. */
	ret_key->hash = (uint64_t)query->id << 48;
	return false;
}

/* CD=1, unless everybody is to get validated data whatever they ask for. */
static bool is_unchecked(const struct rb_serve *serve, const struct rb_query *query)
{
	return query->flags & RB_FLAG_CD && !serve->config->ignore_cd_flag;
}

/* Hand the question to the resolvers; NULL: it is the caller's to say SERVFAIL. */
static struct rb_pending *submit(struct rb_serve *serve, const struct rb_received *received,
				 const struct rb_query *query, const struct rb_table_key *key,
				 bool publishable)
{
	struct rb_pending *pending = calloc(1, received->path->pending_bytes);

	if (!pending)
		return NULL;
	pending->job.key = *key;
	pending->job.qclass = query->qclass;
	pending->job.publishable = publishable;
	pending->job.dnssec_ok = query->edns.dnssec_ok;
	pending->job.checking_disabled = is_unchecked(serve, query);
	pending->job.worker = serve->worker;
	pending->path = received->path;
	pending->query = *query;
	memcpy(pending->question, query->qname, query->question_len);
	pending->query.qname = pending->question;
	pending->limit = reply_limit(serve, received, query);
	memcpy(pending->client, received->client, sizeof(pending->client));
	pending->taken_ns = serve->now_ns;
	if (rb_resolvers_submit(serve->resolvers, &pending->job)) {
		free(pending);
		return NULL;
	}
	LIST_INSERT_HEAD(&serve->pendings, pending, entry);
	return pending;
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

/* Ask for the record's refresh, unless somebody has, or the client may not have us ask. */
static void refresh(const struct rb_serve *serve, struct rb_table_place place, enum rb_scope scope)
{
	if (scope == RB_SCOPE_ALL && rb_table_claim_refresh(serve->table, place))
		rb_resolvers_refresh(serve->resolvers, serve->worker, place);
}

/*
 * The table's answer, fresh or, where serve-expired gives old ones without waiting, stale. What is
 * due for a refresh is refreshed meanwhile. Whether there is one.
 */
static bool table_answer(const struct rb_serve *serve, const struct rb_query *query,
			 const struct rb_table_key *key, enum rb_scope scope,
			 struct rb_table_found *ret_found)
{
	const struct rb_config *config = serve->config;
	struct rb_answer *answer = &ret_found->answer;
	uint8_t serves = query->edns.dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
	uint64_t now_ns = serve->now_ns;

	if (!rb_table_find(serve->table, key, serves, now_ns, ret_found)) {
		if (config->prefetch && !(answer->traits & RB_FIXED_TTL) &&
		    rb_is_due(answer->expires_ns - now_ns, answer->ttl_s))
			refresh(serve, ret_found->place, scope);
		return true;
	}
	if (!config->serve_expired_client_timeout_ms &&
	    !rb_table_find_stale(serve->table, key, serves, now_ns, ret_found)) {
		refresh(serve, ret_found->place, scope);
		rb_answer_make_stale(answer, config->serve_expired_reply_ttl_s, now_ns);
		return true;
	}
	return false;
}

/* Whether the resolvers have an answer of their own, and need not ask anybody. */
static bool is_local(const struct rb_serve *serve, const struct rb_query *query,
		     const struct rb_table_key *key)
{
	return serve->guard &&
	       rb_guard_answers(serve->guard, key->qname, query->qname_len, query->qtype);
}

/* A well-formed question: from the table, or on to the resolvers. */
static enum rb_serve_next question(struct rb_serve *serve, const struct rb_received *received,
				   const struct rb_query *query, enum rb_scope scope,
				   size_t *ret_len, struct rb_pending **ret_pending)
{
	enum rb_transport transport = received->path->transport;
	size_t limit = ready_limit(serve, received, query);
	struct rb_table_found found;
	struct rb_pending *pending;
	struct rb_table_key key;
	bool publishable = key_init(serve, query, &key);
	bool resolves = scope == RB_SCOPE_ALL || is_local(serve, query, &key);

	if (!resolves && scope != RB_SCOPE_CACHE_ELSE_REFUSE)
		goto deny;
	/* What CD=1 asks for is unvalidated data, and that is never in the table. */
	if (publishable && !is_unchecked(serve, query) &&
	    table_answer(serve, query, &key, scope, &found)) {
		rb_serve_count(&serve->counters.table_hits[transport]);
		serve->batch_hits++;
		*ret_len = answer_reply(serve, transport, query, &found.answer, scope, limit,
					received->out);
		return *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
	}
	if (!resolves)
		goto deny;
	pending = submit(serve, received, query, &key, publishable);
	if (pending) {
		/* Should what comes back not be local after all, nobody learns of it. */
		pending->scope = scope == RB_SCOPE_CACHE_ELSE_REFUSE ? RB_SCOPE_LOCAL_ELSE_REFUSE
								     : scope;
		*ret_pending = pending;
		return RB_SERVE_WAIT;
	}
	*ret_len = error_reply(serve, query, RB_RCODE_SERVFAIL, limit, received->out);
	if (*ret_len)
		return RB_SERVE_REPLY;
	rb_serve_count(&serve->counters.dropped[transport]);
	return RB_SERVE_DROP;
deny:
	*ret_len = denial(serve, transport, query, scope, limit, received->out);
	return *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
}

enum rb_serve_next rb_serve_query(struct rb_serve *serve, const struct rb_received *received,
				  size_t *ret_len, struct rb_pending **ret_pending)
{
	enum rb_transport transport = received->path->transport;
	enum rb_acl_action action = rb_acl_check(serve->acl, received->client);
	uint16_t set_rd = action == RB_ACL_ALLOW_SETRD ? RB_FLAG_RD : 0;
	enum rb_query_verdict verdict;
	struct rb_query query;
	uint16_t rcode;

	rb_serve_count(&serve->counters.queries[transport]);
	if (action == RB_ACL_DENY)
		goto drop;
	verdict = rb_query_parse(received->message, received->len, &query);
	if (verdict == RB_QUERY_DROP)
		goto drop;
	if (action == RB_ACL_REFUSE) {
		rb_serve_count(&serve->counters.refused[transport]);
		rcode = RB_RCODE_REFUSED;
	} else if (verdict == RB_QUERY_ERROR) {
		rcode = query.rcode;
	} else if (query.qclass != RB_CLASS_IN) {
		query.flags |= set_rd;
		if (action == RB_ACL_DENY_NON_LOCAL)
			goto drop;
		rcode = RB_RCODE_REFUSED; /* as Unbound for classes that it has no root hints for */
	} else {
		query.flags |= set_rd;
		return question(serve, received, &query, scope_of(action, &query), ret_len,
				ret_pending);
	}
	*ret_len = error_reply(serve, &query, rcode, ready_limit(serve, received, &query),
			       received->out);
	if (*ret_len)
		return RB_SERVE_REPLY;
drop:
	rb_serve_count(&serve->counters.dropped[transport]);
	return RB_SERVE_DROP;
}

/*
 * The reply to a query whose answer has come, by the rules that are in force now: a reload since
 * may have shut its client out. It never tells more than the rules of then. 0: none.
 */
static size_t pending_reply(struct rb_serve *serve, const struct rb_pending *pending,
			    uint8_t *reply)
{
	enum rb_acl_action action = rb_acl_check(serve->acl, pending->client);
	enum rb_scope scope = scope_of(action, &pending->query);
	enum rb_transport transport = pending->path->transport;

	if (scope < pending->scope)
		scope = pending->scope;
	if (action == RB_ACL_DENY || !pending->job.answer) {
		rb_serve_count(&serve->counters.dropped[transport]);
		return 0;
	}
	if (action == RB_ACL_REFUSE)
		return denial(serve, transport, &pending->query, scope, pending->limit, reply);
	return answer_reply(serve, transport, &pending->query, pending->job.answer, scope,
			    pending->limit, reply);
}

static void finish(struct rb_serve *serve, struct rb_pending *pending)
{
	enum rb_transport transport = pending->path->transport;
	uint8_t *reply = serve->scratch + RB_TCP_PREFIX;
	size_t len;

	serve->now_ns = rb_clock_ns();
	len = pending_reply(serve, pending, reply);
	pending->path->finish(serve, pending, reply, len);
	rb_histogram_add(&serve->counters.took[transport][RB_SOURCE_RESOLVER],
			 rb_clock_ns() - pending->taken_ns, 1);
	pending_free(pending);
}

size_t rb_serve_collect(struct rb_serve *serve, size_t max)
{
	size_t done = 0;

	while (done < max) {
		struct rb_job *job = rb_resolvers_collect(serve->resolvers, serve->worker);

		if (!job)
			break;
		finish(serve, (struct rb_pending *)job);
		done++;
	}
	return done;
}
