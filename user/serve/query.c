/* SPDX-License-Identifier: BSD-2-Clause */
/* One query's life: access control, parsing, the hot table, the resolver, the reply. */
#include "serve/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "policy/chain.h"
#include "serve/chaos.h"
#include "serve/dnstap.h"
#include "serve/follow.h"
#include "serve/local.h"
#include "serve/notify.h"
#include "serve/private.h"
#include "serve/query_log.h"
#include "serve/scope.h"
#include "serve/stored.h"
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

/* Of one that is in no list. */
static void pending_free(struct rb_pending *pending)
{
	rb_answer_free(pending->job.answer);
	free(pending->job.why);
	rb_chain_free(pending->chain);
	free(pending);
}

static void pending_end(struct rb_pending *pending)
{
	LIST_REMOVE(pending, entry);
	pending_free(pending);
}

void rb_serve_release(struct rb_serve *serve)
{
	struct rb_pending *pending;

	while ((pending = LIST_FIRST(&serve->pendings)))
		pending_end(pending);
	free(serve->scratch);
	serve->scratch = NULL;
}

/* A reply without records. ede: RFC 8914 info code + 1; 0: none. */
static size_t error_reply(const struct rb_serve *serve, const struct rb_query *query,
			  uint16_t rcode, uint8_t ede, size_t limit, uint8_t *out)
{
	struct rb_query failed = *query;

	failed.rcode = rcode;
	failed.unwelcome = ede == RB_EDE_PROHIBITED + 1;
	failed.ede = rb_ede_allowed(ede, rb_config_ede_said(serve->config));
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
		len = error_reply(serve, query, RB_RCODE_REFUSED, rb_scope_ede(query, scope), limit,
				  out);
	}
	if (!len)
		rb_serve_count(&serve->counters.dropped[transport]);
	return len;
}

/* The reply that the scope leaves of an answer; 0: none. */
static size_t answer_reply(struct rb_serve *serve, enum rb_transport transport,
			   const struct rb_query *query, struct rb_answer *answer,
			   enum rb_scope scope, size_t limit, uint8_t *out)
{
	bool local_alone = scope != RB_SCOPE_ALL && scope != RB_SCOPE_CACHE_ELSE_REFUSE;
	size_t len;

	if (local_alone && !(answer->traits & RB_FIXED_TTL))
		return denial(serve, transport, query, scope, limit, out);
	answer->ede = rb_ede_allowed(answer->ede, rb_config_ede_said(serve->config));
	len = rb_reply_build(query, answer, serve->now_ns,
			     (uint16_t)serve->config->edns_buffer_size, limit, out);
	if (!len)
		rb_serve_count(&serve->counters.dropped[transport]);
	else if (answer->traits & RB_SECURE)
		rb_tally_add(&serve->counters.tally, RB_TALLY_SECURE, 1);
	return len;
}

/* Bytes of the largest reply: as the client, the configuration and the transport take it. */
static size_t reply_limit(const struct rb_serve *serve, const struct rb_received *received,
			  const struct rb_query *query)
{
	size_t limit = received->largest;

	if (!rb_transport_is_stream(received->path->transport)) {
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

/* DNS64 leaves it alone, whatever ignore-cd-flag says (RFC 6147 5.5): it may be a validator's. */
static bool is_unsynthesized(const struct rb_serve *serve, const struct rb_query *query)
{
	return serve->config->cd_modules && query->flags & RB_FLAG_CD &&
	       query->qtype == RB_TYPE_AAAA;
}

/* The question as the table and the resolver want it; whether the table can hold its answer. */
static bool key_init(const struct rb_serve *serve, const struct rb_query *query,
		     struct rb_table_key *ret_key)
{
	if (!rb_table_key_init(serve->table, query->qname, query->qname_len, query->qtype, 0,
			       ret_key))
		return rb_class_is_resolved(query->qclass) && !is_unsynthesized(serve, query);
	memset(ret_key, 0, sizeof(*ret_key));
	rb_name_lower(query->qname, query->qname_len, ret_key->qname);
	ret_key->qname_len = query->qname_len;
	ret_key->qtype = query->qtype;
	/* It only chooses a resolver process: any of them will do. */
	ret_key->hash = (uint64_t)query->id << 48;
	return false;
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

/* An auth-zone's answer: libunbound needs to ask nobody for it. */
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

static enum rb_serve_next reply_or_drop(struct rb_serve *serve, enum rb_transport transport,
					size_t len, size_t *ret_len)
{
	*ret_len = len;
	if (len)
		return RB_SERVE_REPLY;
	rb_serve_count(&serve->counters.dropped[transport]);
	return RB_SERVE_DROP;
}

/* What local policy answers; RB_SERVE_PASS: it does not. */
static bool local_reply(struct rb_serve *serve, const struct rb_received *received,
			const struct rb_local_query *asked, const struct rb_local_said *said,
			bool publishable, enum rb_serve_next *ret_next, size_t *ret_len)
{
	enum rb_transport transport = received->path->transport;
	size_t limit = ready_limit(serve, received, asked->query), len = 0;
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
			     : error_reply(serve, asked->query, RB_RCODE_SERVFAIL, 0, limit,
					   received->out);
		rb_answer_free(answer);
	}
	*ret_next = reply_or_drop(serve, transport, len, ret_len);
	return true;
}

/* A query that is to wait for the resolvers; NULL: no memory. */
static struct rb_pending *pending_new(const struct rb_serve *serve,
				      const struct rb_received *received,
				      const struct rb_local_query *asked)
{
	const struct rb_query *query = asked->query;
	struct rb_pending *pending = calloc(1, received->path->pending_bytes);

	if (!pending)
		return NULL;
	pending->job.key = *asked->key;
	pending->job.qclass = query->qclass;
	pending->job.dnssec_ok = query->edns.dnssec_ok;
	pending->job.checking_disabled = rb_stored_is_unchecked(serve, query);
	pending->job.unsynthesized = is_unsynthesized(serve, query);
	pending->job.worker = serve->worker;
	pending->path = received->path;
	pending->query = *query;
	memcpy(pending->question, query->qname, query->question_len);
	pending->query.qname = pending->question;
	pending->limit = reply_limit(serve, received, query);
	memcpy(pending->client, received->client, sizeof(pending->client));
	pending->client_port = received->client_port;
	pending->place = received->place;
	pending->taken_ns = serve->now_ns;
	return pending;
}

/* discard-timeout: the client has asked again or given up by now. */
static bool is_too_late(const struct rb_serve *serve, const struct rb_pending *pending)
{
	uint64_t timeout_ms = serve->config->discard_timeout_ms;

	return timeout_ms && serve->now_ns - pending->taken_ns > timeout_ms * RB_NS_PER_MS;
}

/*
 * The reply to a query whose answer has come, by the rules that are in force now: a reload since
 * may have shut its client out. It never tells more than the rules of then. 0: none.
 */
static size_t pending_reply(struct rb_serve *serve, const struct rb_pending *pending,
			    uint8_t *reply)
{
	enum rb_acl_action action =
		rb_acl_find_at(serve->acl, pending->client, &pending->place).action;
	enum rb_scope scope = rb_scope_of(action, &pending->query);
	enum rb_transport transport = pending->path->transport;

	if (scope < pending->scope)
		scope = pending->scope;
	if (is_too_late(serve, pending)) {
		rb_tally_add(&serve->counters.tally, RB_TALLY_DISCARDED, 1);
		rb_serve_count(&serve->counters.dropped[transport]);
		return 0;
	}
	if (action == RB_ACL_DENY || !pending->job.answer) {
		rb_serve_count(&serve->counters.dropped[transport]);
		return 0;
	}
	if (action == RB_ACL_REFUSE)
		return denial(serve, transport, &pending->query, scope, pending->limit, reply);
	return answer_reply(serve, transport, &pending->query, pending->job.answer, scope,
			    pending->limit, reply);
}

/* The job of a query that is to wait, as local policy has it; *ret_next: whether it is to. */
static int job_prepare(const struct rb_serve *serve, const struct rb_local_said *said,
		       bool publishable, enum rb_scope scope, struct rb_pending *pending,
		       enum rb_follow *ret_next)
{
	*ret_next = RB_FOLLOW_SUBMIT;
	if (!pending)
		return -ENOMEM;
	pending->job.publishable = publishable && said->shared;
	/* With CD=1 what is made of the response may have failed validation. */
	pending->shared = pending->job.publishable && !pending->job.checking_disabled;
	pending->passthru = said->verdict.passthru;
	pending->policy_epoch = rb_table_epoch(serve->table);
	pending->policies = serve->policies;
	/* Should what comes back not be local after all, nobody learns of it. */
	pending->scope = scope == RB_SCOPE_CACHE_ELSE_REFUSE ? RB_SCOPE_LOCAL_ELSE_REFUSE : scope;
	return said->action == RB_POLICY_ALIAS ? rb_follow_begin(serve, said, pending, ret_next)
					       : 0;
}

/* The reply to a query that need not wait after all: policy knew the end of its aliases. */
static enum rb_serve_next ready_reply(struct rb_serve *serve, const struct rb_received *received,
				      struct rb_pending *pending, size_t *ret_len)
{
	pending->limit = ready_limit(serve, received, &pending->query);
	*ret_len = pending_reply(serve, pending, received->out);
	pending_free(pending);
	return *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
}

/* RFC 6672 2.2: a name would follow that is too long. */
static size_t overlong_reply(const struct rb_serve *serve, const struct rb_query *query,
			     size_t limit, uint8_t *out)
{
	const struct rb_answer overlong = {
		.flags = RB_FLAG_QR | RB_FLAG_AA | RB_FLAG_RA | RB_RCODE_YXDOMAIN,
		.ede = rb_ede_allowed(RB_EDE_OTHER + 1, rb_config_ede_said(serve->config)),
	};

	return rb_reply_build(query, &overlong, serve->now_ns,
			      (uint16_t)serve->config->edns_buffer_size, limit, out);
}

/* Hand the question, or that of a local alias's target, to the resolvers. */
static enum rb_serve_next resolve(struct rb_serve *serve, const struct rb_received *received,
				  const struct rb_local_query *asked,
				  const struct rb_local_said *said, bool publishable,
				  size_t *ret_len, struct rb_pending **ret_pending)
{
	struct rb_pending *pending = pending_new(serve, received, asked);
	enum rb_scope scope =
		rb_scope_of(rb_acl_find_at(serve->acl, received->client, &received->place).action,
			    asked->query);
	size_t limit = ready_limit(serve, received, asked->query), len;
	enum rb_follow next;
	int err = job_prepare(serve, said, publishable, scope, pending, &next);

	if (!err && next == RB_FOLLOW_READY)
		return ready_reply(serve, received, pending, ret_len);
	if (!err)
		err = rb_resolvers_submit(serve->resolvers, &pending->job);
	if (!err) {
		LIST_INSERT_HEAD(&serve->pendings, pending, entry);
		rb_tally_wait(&serve->counters.tally);
		*ret_pending = pending;
		return RB_SERVE_WAIT;
	}
	if (pending)
		pending_free(pending);
	rb_tally_add(&serve->counters.tally, RB_TALLY_EXCEEDED, 1);
	len = err == -EMSGSIZE && said->action == RB_POLICY_ALIAS
		      ? overlong_reply(serve, asked->query, limit, received->out)
		      : error_reply(serve, asked->query, RB_RCODE_SERVFAIL, 0, limit,
				    received->out);
	return reply_or_drop(serve, received->path->transport, len, ret_len);
}

static enum rb_serve_next denial_reply(struct rb_serve *serve, const struct rb_received *received,
				       const struct rb_query *query, enum rb_scope scope,
				       size_t *ret_len)
{
	*ret_len = denial(serve, received->path->transport, query, scope,
			  ready_limit(serve, received, query), received->out);
	return *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
}

static bool is_stale(const struct rb_answer *answer)
{
	return answer->ede == RB_EDE_STALE + 1 || answer->ede == RB_EDE_STALE_NXDOMAIN + 1;
}

/* Whether the table answers. */
static bool table_reply(struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query, const struct rb_table_key *key,
			enum rb_scope scope, enum rb_serve_next *ret_next, size_t *ret_len)
{
	enum rb_transport transport = received->path->transport;
	_cleanup_(rb_answer_freep) struct rb_answer *stripped = NULL;
	struct rb_table_found found;
	bool is_found = rb_stored_find(serve, query, key, scope, &found);

	if (!is_found &&
	    (scope != RB_SCOPE_CACHE_ELSE_REFUSE || rb_stored_strip(serve, query, key, &stripped)))
		return false;
	rb_serve_count(&serve->counters.table_hits[transport]);
	if (is_found && is_stale(&found.answer))
		rb_tally_add(&serve->counters.tally, RB_TALLY_EXPIRED, 1);
	serve->batch_hits++;
	*ret_len = answer_reply(serve, transport, query, is_found ? &found.answer : stripped, scope,
				ready_limit(serve, received, query), received->out);
	*ret_next = *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
	return true;
}

/* The reply of an answer of our own, freed here; NULL: there is none, and false. */
static bool own_reply(struct rb_serve *serve, const struct rb_received *received,
		      const struct rb_query *query, struct rb_answer *answer,
		      enum rb_serve_next *ret_next, size_t *ret_len)
{
	size_t len;

	if (!answer)
		return false;
	len = rb_reply_build(query, answer, serve->now_ns,
			     (uint16_t)serve->config->edns_buffer_size,
			     ready_limit(serve, received, query), received->out);
	rb_answer_free(answer);
	*ret_next = reply_or_drop(serve, received->path->transport, len, ret_len);
	return true;
}

static bool is_denied(const struct rb_serve *serve, const struct rb_query *query)
{
	return serve->config->deny_any && query->qtype == RB_TYPE_ANY &&
	       rb_class_is_resolved(query->qclass);
}

/* deny-any, as Unbound says it. NULL: no memory. */
static struct rb_answer *denied_answer(const struct rb_serve *serve)
{
	struct rb_answer *answer = NULL;

	if (!rb_answer_error(RB_RCODE_NOTIMP, 0, 0, serve->now_ns, &answer))
		answer->flags |= RB_FLAG_RA;
	return answer;
}

/*
 * A well-formed question. The order of decisions: the server itself; the table, for those
 * whose answers it holds; local policy; deny-any; what the client may be told of the rest; the
 * table for everybody else; the resolvers.
 */
static enum rb_serve_next question(struct rb_serve *serve, const struct rb_received *received,
				   const struct rb_query *query, struct rb_client client,
				   size_t *ret_len, struct rb_pending **ret_pending)
{
	enum rb_scope scope = rb_scope_in_class(rb_scope_of(client.action, query), query->qclass);
	struct rb_table_key key;
	bool keyed = key_init(serve, query, &key);
	bool publishable = keyed && query->qclass == RB_CLASS_IN &&
			   !is_uncached(serve, query, &key);
	bool is_common = !client.class_id && !client.apart && scope == RB_SCOPE_ALL;
	const struct rb_local_query asked = {
		.query = query,
		.key = &key,
		.client = received->client,
		.client_port = received->client_port,
		.client_class = client.class_id,
		.tcp = rb_transport_is_stream(received->path->transport),
	};
	struct rb_local_said said;
	enum rb_serve_next next;
	bool resolves;

	if (own_reply(serve, received, query, rb_chaos_answer(serve->config, query, serve->now_ns),
		      &next, ret_len))
		return next;
	if (keyed && is_common && !is_denied(serve, query) &&
	    table_reply(serve, received, query, &key, scope, &next, ret_len))
		return next;
	rb_local_ask(serve, &asked, &said);
	if (local_reply(serve, received, &asked, &said, publishable, &next, ret_len))
		return next;
	if (is_denied(serve, query) &&
	    own_reply(serve, received, query, denied_answer(serve), &next, ret_len))
		return next;
	resolves = scope == RB_SCOPE_ALL ||
		   (said.action == RB_POLICY_PASS && is_auth(serve, query, &key));
	if (!resolves && scope != RB_SCOPE_CACHE_ELSE_REFUSE)
		return denial_reply(serve, received, query, scope, ret_len);
	if (keyed && !is_common && said.shared &&
	    table_reply(serve, received, query, &key, scope, &next, ret_len))
		return next;
	if (!resolves)
		return denial_reply(serve, received, query, scope, ret_len);
	return resolve(serve, received, &asked, &said, publishable, ret_len, ret_pending);
}

/* By the configuration in force when the reply is made: where it is kept is the configuration's. */
static void reply_tell(const struct rb_serve *serve, struct rb_query *query)
{
	query->whole_ttl = serve->config->serve_original_ttl;
	query->nsid = serve->config->nsid;
	query->nsid_len = query->asks_nsid ? serve->config->nsid_len : 0;
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

/* A copy for dnstap. */
static void tap(const struct rb_serve *serve, enum rb_tapped_kind kind, const struct rb_path *path,
		const uint8_t *client, uint16_t port, const uint8_t *message, size_t len)
{
	static const enum rb_tapped_protocol protocols[RB_TRANSPORTS] = {
		[RB_TRANSPORT_UDP] = RB_TAPPED_UDP,   [RB_TRANSPORT_XDP] = RB_TAPPED_UDP,
		[RB_TRANSPORT_TCP] = RB_TAPPED_TCP,   [RB_TRANSPORT_TLS] = RB_TAPPED_DOT,
		[RB_TRANSPORT_HTTPS] = RB_TAPPED_DOH,
	};
	uint8_t addr[16];
	const struct rb_tapped tapped = {
		.kind = kind,
		.protocol = protocols[path->transport],
		.client = addr,
		.client_port = port,
		.message = message,
		.len = len,
	};

	if (!serve->dnstap || !len)
		return;
	rb_private_addr(serve->config, client, addr);
	rb_dnstap_put(serve->dnstap, &tapped);
}

static enum rb_serve_next query_take(struct rb_serve *serve, const struct rb_received *received,
				     size_t *ret_len, struct rb_pending **ret_pending)
{
	enum rb_transport transport = received->path->transport;
	struct rb_client client = rb_acl_find_at(serve->acl, received->client, &received->place);
	enum rb_acl_action action = client.action;
	uint16_t set_rd = action == RB_ACL_ALLOW_SETRD ? RB_FLAG_RD : 0;
	enum rb_query_verdict verdict;
	struct rb_query query;
	uint16_t rcode;
	uint8_t ede = 0;

	rb_serve_count(&serve->counters.queries[transport]);
	if (action == RB_ACL_DENY)
		goto drop;
	verdict = rb_query_parse(received->message, received->len, &query);
	if (verdict == RB_QUERY_DROP)
		goto drop;
	reply_tell(serve, &query);
	if (!keepalive_tell(serve, received, &query))
		verdict = RB_QUERY_ERROR;
	if (query.padded && serve->config->secure.pad_responses &&
	    rb_transport_is_secure(transport))
		query.pad_block_bytes = serve->config->secure.pad_block_bytes;
	if (action != RB_ACL_REFUSE)
		rb_tally_query(&serve->counters.tally, received->client, &query);
	rb_query_log_query(serve->config, received->client, &query);
	tap(serve, RB_TAPPED_CLIENT_QUERY, received->path, received->client, received->client_port,
	    received->message, received->len);
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
	*ret_len = error_reply(serve, &query, rcode, ede, ready_limit(serve, received, &query),
			       received->out);
	if (*ret_len)
		return RB_SERVE_REPLY;
drop:
	rb_serve_count(&serve->counters.dropped[transport]);
	return RB_SERVE_DROP;
}

/* By the question that the reply echoes: where it was built, the query may have been. */
static void reply_log(const struct rb_serve *serve, const struct rb_received *received, size_t len)
{
	const struct rb_query_log_client client = {received->client, &received->place,
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
		tap(serve, RB_TAPPED_CLIENT_RESPONSE, received->path, received->client,
		    received->client_port, received->out, *ret_len);
	if (next == RB_SERVE_REPLY && serve->config->log_replies)
		reply_log(serve, received, *ret_len);
	return next;
}

static void finish(struct rb_serve *serve, struct rb_pending *pending)
{
	enum rb_transport transport = pending->path->transport;
	uint8_t *reply = serve->scratch + RB_TCP_PREFIX;
	const struct rb_query_log_client client = {pending->client, &pending->place, transport};
	size_t len;

	serve->now_ns = rb_clock_ns();
	if (pending->job.bogus)
		rb_query_log_bogus(serve, pending);
	if (rb_follow_end(serve, pending) == RB_FOLLOW_SUBMIT) {
		if (!rb_resolvers_submit(serve->resolvers, &pending->job))
			return;
		rb_answer_error(RB_RCODE_SERVFAIL, 0, 0, serve->now_ns, &pending->job.answer);
	}
	reply_tell(serve, &pending->query);
	len = pending_reply(serve, pending, reply);
	rb_tally_waited(&serve->counters.tally);
	rb_tally_reply(&serve->counters.tally, reply, len);
	rb_query_log_reply(serve->config, &client, &pending->query, reply, len,
			   RB_QUERY_LOG_RESOLVED, serve->now_ns - pending->taken_ns);
	if (len && (rb_bytes_get16(reply + 2) & RB_FLAG_RCODE) == RB_RCODE_SERVFAIL)
		rb_query_log_servfail(serve, pending);
	tap(serve, RB_TAPPED_CLIENT_RESPONSE, pending->path, pending->client, pending->client_port,
	    reply, len);
	pending->path->finish(serve, pending, reply, len);
	rb_histogram_add(&serve->counters.took[transport][RB_SOURCE_RESOLVER],
			 rb_clock_ns() - pending->taken_ns, 1);
	pending_end(pending);
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
