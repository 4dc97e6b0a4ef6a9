/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes replies, and limits their size. */
#include "serve/replies.h"

#include "../kern/reply.h"
#include "serve/scope.h"

void rb_replies_tell(const struct rb_serve *serve, struct rb_query *query)
{
	query->whole_ttl = serve->config->serve_original_ttl;
	query->nsid = serve->config->nsid;
	query->nsid_len = query->asks_nsid ? serve->config->nsid_len : 0;
}

size_t rb_replies_limit(const struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query)
{
	size_t limit = received->largest;

	if (!rb_transport_is_stream(received->path->transport)) {
		size_t udp = rb_reply_limit(&query->edns, serve->config->max_udp_size);

		limit = udp < limit ? udp : limit;
	}
	return limit;
}

size_t rb_replies_ready_limit(const struct rb_serve *serve, const struct rb_received *received,
			      const struct rb_query *query)
{
	size_t limit = rb_replies_limit(serve, received, query);

	return limit < received->room ? limit : received->room;
}

size_t rb_replies_error(const struct rb_serve *serve, const struct rb_query *query, uint16_t rcode,
			uint8_t ede, size_t limit, uint8_t *out)
{
	struct rb_query failed = *query;

	failed.rcode = rcode;
	failed.unwelcome = ede == RB_EDE_PROHIBITED + 1;
	failed.ede = rb_ede_allowed(ede, rb_config_ede_said(serve->config));
	return rb_reply_build(&failed, NULL, serve->now_ns,
			      (uint16_t)serve->config->edns_buffer_size, limit, out);
}

size_t rb_replies_overlong(const struct rb_serve *serve, const struct rb_query *query, size_t limit,
			   uint8_t *out)
{
	const struct rb_answer overlong = {
		.flags = RB_FLAG_QR | RB_FLAG_AA | RB_FLAG_RA | RB_RCODE_YXDOMAIN,
		.ede = rb_ede_allowed(RB_EDE_OTHER + 1, rb_config_ede_said(serve->config)),
	};

	return rb_reply_build(query, &overlong, serve->now_ns,
			      (uint16_t)serve->config->edns_buffer_size, limit, out);
}

size_t rb_replies_denial(struct rb_serve *serve, enum rb_transport transport,
			 const struct rb_query *query, enum rb_scope scope, size_t limit,
			 uint8_t *out)
{
	size_t len = 0;

	if (scope != RB_SCOPE_LOCAL_ELSE_DROP) {
		rb_serve_count(&serve->counters.refused[transport]);
		len = rb_replies_error(serve, query, RB_RCODE_REFUSED, rb_scope_ede(query, scope),
				       limit, out);
	}
	if (!len)
		rb_serve_count(&serve->counters.dropped[transport]);
	return len;
}

size_t rb_replies_answer(struct rb_serve *serve, enum rb_transport transport,
			 const struct rb_query *query, struct rb_answer *answer,
			 enum rb_scope scope, size_t limit, uint8_t *out)
{
	bool local_alone = scope != RB_SCOPE_ALL && scope != RB_SCOPE_CACHE_ELSE_REFUSE;
	size_t len;

	if (local_alone && !(answer->traits & RB_FIXED_TTL))
		return rb_replies_denial(serve, transport, query, scope, limit, out);
	answer->ede = rb_ede_allowed(answer->ede, rb_config_ede_said(serve->config));
	len = rb_reply_build(query, answer, serve->now_ns,
			     (uint16_t)serve->config->edns_buffer_size, limit, out);
	if (!len)
		rb_serve_count(&serve->counters.dropped[transport]);
	else if (answer->traits & RB_SECURE)
		rb_tally_add(&serve->counters.tally, RB_TALLY_SECURE, 1);
	return len;
}

enum rb_serve_next rb_replies_or_drop(struct rb_serve *serve, enum rb_transport transport,
				      size_t len, size_t *ret_len)
{
	*ret_len = len;
	if (len)
		return RB_SERVE_REPLY;
	rb_serve_count(&serve->counters.dropped[transport]);
	return RB_SERVE_DROP;
}
