/* SPDX-License-Identifier: BSD-2-Clause */
/* A query that waits for the resolvers: from the question to the reply. */
#include "serve/pending.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "policy/chain.h"
#include "serve/follow.h"
#include "serve/query_log.h"
#include "serve/quota.h"
#include "serve/replies.h"
#include "serve/scope.h"
#include "serve/stored.h"
#include "serve/tap.h"
#include "util/clock.h"

/* Free a query that is in no list. */
static void pending_free(struct rb_pending *pending)
{
	rb_answer_free(pending->job.answer);
	free(pending->job.why);
	rb_chain_free(pending->chain);
	rb_quota_waited(pending->quota);
	free(pending);
}

void rb_pending_end(struct rb_pending *pending)
{
	LIST_REMOVE(pending, entry);
	pending_free(pending);
}

/* A query that will wait for the resolvers; NULL: no memory. */
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
	pending->job.unsynthesized = rb_stored_is_unsynthesized(serve, query);
	pending->job.worker = serve->worker;
	pending->path = received->path;
	pending->query = *query;
	memcpy(pending->question, query->qname, query->question_len);
	pending->query.qname = pending->question;
	pending->limit = rb_replies_limit(serve, received, query);
	memcpy(pending->client, received->client, sizeof(pending->client));
	pending->client_port = received->client_port;
	pending->destination = received->destination;
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
 * The reply to a query whose answer has come, by the rules that are in force now: a reload may have
 * excluded its client since. It never tells more than the earlier rules allowed. 0: no reply.
 */
static size_t pending_reply(struct rb_serve *serve, const struct rb_pending *pending,
			    uint8_t *reply)
{
	enum rb_acl_action action =
		rb_acl_find_at(serve->acl, pending->client, &pending->destination).action;
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
		return rb_replies_denial(serve, transport, &pending->query, scope, pending->limit,
					 reply);
	return rb_replies_answer(serve, transport, &pending->query, pending->job.answer, scope,
				 pending->limit, reply);
}

/* Prepare the job of a query that may wait, by local policy. *ret_next: whether it waits. */
static int job_prepare(struct rb_serve *serve, const struct rb_local_said *said, bool publishable,
		       enum rb_scope scope, struct rb_pending *pending, enum rb_follow *ret_next)
{
	*ret_next = RB_FOLLOW_SUBMIT;
	if (!pending)
		return -ENOMEM;
	pending->job.publishable = publishable && said->shared;
	/* With CD=1, the response that policy changes may have failed validation. */
	pending->shared = pending->job.publishable && !pending->job.checking_disabled;
	pending->passthru = said->verdict.passthru;
	pending->policy_epoch = rb_table_epoch(serve->table);
	pending->policies = serve->policies;
	/* If the answer should not be local after all, the client does not get it. */
	pending->scope = scope == RB_SCOPE_CACHE_ELSE_REFUSE ? RB_SCOPE_LOCAL_ELSE_REFUSE : scope;
	return said->action == RB_POLICY_ALIAS ? rb_follow_begin(serve, said, pending, ret_next)
					       : 0;
}

/* The reply to a query that need not wait after all: policy knew the end of its aliases. */
static enum rb_serve_next ready_reply(struct rb_serve *serve, const struct rb_received *received,
				      struct rb_pending *pending, size_t *ret_len)
{
	pending->limit = rb_replies_ready_limit(serve, received, &pending->query);
	*ret_len = pending_reply(serve, pending, received->out);
	pending_free(pending);
	return *ret_len ? RB_SERVE_REPLY : RB_SERVE_DROP;
}

/* wait-limit: like Unbound, send no reply to such a query. */
static enum rb_serve_next one_too_many(struct rb_serve *serve, struct rb_pending *pending)
{
	rb_tally_add(&serve->counters.tally, RB_TALLY_WAIT_LIMITED, 1);
	rb_serve_count(&serve->counters.dropped[pending->path->transport]);
	pending_free(pending);
	return RB_SERVE_DROP;
}

enum rb_serve_next rb_pending_begin(struct rb_serve *serve, const struct rb_received *received,
				    const struct rb_local_query *asked,
				    const struct rb_local_said *said, bool publishable,
				    size_t *ret_len, struct rb_pending **ret_pending)
{
	struct rb_pending *pending = pending_new(serve, received, asked);
	enum rb_scope scope = rb_scope_of(
		rb_acl_find_at(serve->acl, received->client, &received->destination).action,
		asked->query);
	size_t limit = rb_replies_ready_limit(serve, received, asked->query), len;
	enum rb_follow next;
	int err = job_prepare(serve, said, publishable, scope, pending, &next);

	if (!err && next == RB_FOLLOW_READY)
		return ready_reply(serve, received, pending, ret_len);
	if (!err && !rb_quotas_wait(serve->quotas, received->client, &pending->quota))
		return one_too_many(serve, pending);
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
		      ? rb_replies_overlong(serve, asked->query, limit, received->out)
		      : rb_replies_error(serve, asked->query, RB_RCODE_SERVFAIL, 0, limit,
					 received->out);
	return rb_replies_or_drop(serve, received->path->transport, len, ret_len);
}

static void finish(struct rb_serve *serve, struct rb_pending *pending)
{
	enum rb_transport transport = pending->path->transport;
	uint8_t *reply = serve->scratch + RB_TCP_PREFIX;
	const struct rb_query_log_client client = {pending->client, &pending->destination,
						   transport};
	size_t len;

	serve->now_ns = rb_clock_ns();
	if (pending->job.bogus)
		rb_query_log_bogus(serve, pending);
	if (rb_follow_end(serve, pending) == RB_FOLLOW_SUBMIT) {
		if (!rb_resolvers_submit(serve->resolvers, &pending->job))
			return;
		rb_answer_error(RB_RCODE_SERVFAIL, 0, 0, serve->now_ns, &pending->job.answer);
	}
	rb_replies_tell(serve, &pending->query);
	len = pending_reply(serve, pending, reply);
	rb_tally_waited(&serve->counters.tally);
	rb_tally_reply(&serve->counters.tally, reply, len);
	rb_query_log_reply(serve->config, &client, &pending->query, reply, len,
			   RB_QUERY_LOG_RESOLVED, serve->now_ns - pending->taken_ns);
	if (len && (rb_bytes_get16(reply + 2) & RB_FLAG_RCODE) == RB_RCODE_SERVFAIL)
		rb_query_log_servfail(serve, pending);
	rb_tap(serve, RB_TAPPED_CLIENT_RESPONSE, pending->path, pending->client,
	       pending->client_port, reply, len);
	pending->path->finish(serve, pending, reply, len);
	rb_histogram_add(&serve->counters.took[transport][RB_SOURCE_RESOLVER],
			 rb_clock_ns() - pending->taken_ns, 1);
	rb_pending_end(pending);
}

size_t rb_pending_collect(struct rb_serve *serve, size_t max)
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
