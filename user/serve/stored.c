/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table has for a query. */
#include "serve/stored.h"

#include <errno.h>

#include "../kern/reply.h"
#include "policy/validity.h"
#include "util/cleanup.h"
#include "util/clock.h"

bool rb_stored_is_unchecked(const struct rb_serve *serve, const struct rb_query *query)
{
	return query->flags & RB_FLAG_CD && !serve->config->ignore_cd_flag;
}

bool rb_stored_is_unsynthesized(const struct rb_serve *serve, const struct rb_query *query)
{
	return serve->config->cd_modules && query->flags & RB_FLAG_CD &&
	       query->qtype == RB_TYPE_AAAA;
}

/* Ask for the record's refresh, unless another has, or the client may not cause queries. */
static void refresh(const struct rb_serve *serve, struct rb_table_ref ref, enum rb_scope scope)
{
	if (scope == RB_SCOPE_ALL && rb_table_claim_refresh(serve->table, ref))
		rb_resolvers_refresh(serve->resolvers, serve->worker, ref);
}

/*
 * Whether the table's answer is right for this query. The table has data that is validated or need
 * not be, and errors, some of them in place of data that failed validation: CD=1 asks for that
 * data. Local data has class IN, as in Unbound.
 */
static bool is_answer_to(const struct rb_serve *serve, const struct rb_query *query,
			 const struct rb_answer *answer)
{
	uint16_t rcode = answer->flags & RB_FLAG_RCODE;

	if (rb_stored_is_unchecked(serve, query) && !(answer->traits & RB_FIXED_TTL) &&
	    rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN)
		return false;
	return query->qclass == RB_CLASS_IN || !(answer->traits & RB_FIXED_TTL);
}

/*
 * As in the kernel, only the answer's size is known, and not whether it would fit without glue.
 */
static bool is_too_large(const struct rb_query *query, const struct rb_answer *answer, size_t limit)
{
	return answer->ancount + answer->nscount && !answer->arcount &&
	       answer->body_len > rb_reply_room(query, limit);
}

/* Whether a client of this scope may have the answer; what else there may be is not known here. */
static bool is_within(enum rb_scope scope, const struct rb_answer *answer)
{
	return scope <= RB_SCOPE_CACHE_ELSE_REFUSE || answer->traits & RB_FIXED_TTL;
}

bool rb_stored_find(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key, enum rb_scope scope, size_t limit,
		    struct rb_table_found *ret_found)
{
	const struct rb_config *config = serve->config;
	struct rb_answer *answer = &ret_found->answer;
	uint8_t serves = query->edns.dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
	uint64_t now_ns = serve->now_ns;
	int err = rb_table_find(serve->table, key, serves, now_ns, ret_found);

	/* A client that may only read the cache would find nothing over TCP, either. */
	if (err == -EMSGSIZE)
		return scope == RB_SCOPE_ALL && is_answer_to(serve, query, answer) &&
		       is_too_large(query, answer, limit);
	if (!err) {
		if (!is_answer_to(serve, query, answer) || !is_within(scope, answer))
			return false;
		if (config->prefetch && !(answer->traits & RB_FIXED_TTL) &&
		    rb_is_due(answer->expires_ns - now_ns, answer->ttl_s))
			refresh(serve, ret_found->ref, scope);
		return true;
	}
	if (!config->serve_expired_client_timeout_ms && scope <= RB_SCOPE_CACHE_ELSE_REFUSE &&
	    !rb_table_find_stale(serve->table, key, serves, now_ns, ret_found)) {
		refresh(serve, ret_found->ref, scope);
		rb_answer_make_stale(answer, config->serve_expired_reply_ttl_s, now_ns);
		return true;
	}
	return false;
}

/* Make a message of it, and read it again without what the client does not want. */
static int strip(const struct rb_serve *serve, const struct rb_query *query,
		 const struct rb_answer *stored, struct rb_answer **ret_answer)
{
	const struct rb_config *config = serve->config;
	const struct rb_query whole = {
		.qname = query->qname,
		.qname_len = query->qname_len,
		.question_len = query->question_len,
		.qtype = query->qtype,
		.qclass = query->qclass,
	};
	const struct rb_answer_opts opts = {
		.qname = query->qname,
		.qname_len = query->qname_len,
		.qtype = query->qtype,
		.secure = stored->traits & RB_SECURE,
		.roundrobin = config->rrset_roundrobin,
		.max_ttl_s = UINT32_MAX,
		.max_negative_ttl_s = UINT32_MAX,
		.signatures = rb_validity_rules(config, rb_clock_wall_ns()),
		.now_ns = serve->now_ns,
	};
	size_t len =
		rb_reply_build(&whole, stored, serve->now_ns, 0, RB_MESSAGE_MAX, serve->scratch);

	return rb_answer_from_message(serve->scratch, len, &opts, ret_answer);
}

/* The fresh answer in this variant; -ENOENT. To be called after local policy was asked. */
static int cached(const struct rb_serve *serve, const struct rb_query *query,
		  const struct rb_table_key *key, uint8_t serves, struct rb_answer **ret_answer)
{
	enum rb_checking checking = rb_stored_is_unchecked(serve, query) ? RB_CHECKING_DISABLED
									 : RB_CHECKING_ENABLED;
	struct rb_table_found found;

	if (!rb_table_find(serve->table, key, serves, serve->now_ns, &found) &&
	    is_answer_to(serve, query, &found.answer)) {
		*ret_answer = rb_answer_clone(&found.answer);
		return *ret_answer ? 0 : -ENOMEM;
	}
	return rb_table_aside_answer(serve->table, key, serves, checking, serve->now_ns,
				     ret_answer);
}

int rb_stored_snoop(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key, struct rb_answer **ret_answer)
{
	_cleanup_(rb_answer_freep) struct rb_answer *whole = NULL;
	int err = cached(serve, query, key, query->edns.dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0,
			 ret_answer);

	if (err != -ENOENT || query->edns.dnssec_ok)
		return err;
	err = cached(serve, query, key, RB_SERVES_DO1, &whole);
	if (err || whole->traits & RB_FIXED_TTL)
		return err ? err : -ENOENT;
	return strip(serve, query, whole, ret_answer);
}
