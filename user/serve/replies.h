/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reply to a client, and its size.
 *
 * Thread: the worker's. A length of a reply is in bytes, at most the limit; 0: no reply.
 */
#ifndef RB_SERVE_REPLIES_H
#define RB_SERVE_REPLIES_H

#include "serve/query.h"

/* Set what the configuration adds to each reply, when the reply is made. */
void rb_replies_tell(const struct rb_serve *serve, struct rb_query *query);

/* Bytes of the largest reply that the client, the configuration and the transport allow. */
size_t rb_replies_limit(const struct rb_serve *serve, const struct rb_received *received,
			const struct rb_query *query);

/* The same for a reply that is built at once, in received->out. */
size_t rb_replies_ready_limit(const struct rb_serve *serve, const struct rb_received *received,
			      const struct rb_query *query);

/* A reply without records. ede: RFC 8914 info code + 1; 0: none. */
size_t rb_replies_error(const struct rb_serve *serve, const struct rb_query *query, uint16_t rcode,
			uint8_t ede, size_t limit, uint8_t *out);

/* RFC 6672 2.2: an alias leads to a name that would be too long. */
size_t rb_replies_overlong(const struct rb_serve *serve, const struct rb_query *query, size_t limit,
			   uint8_t *out);

/* The reply to a query that the scope excludes. Counted. */
size_t rb_replies_denial(struct rb_serve *serve, enum rb_transport transport,
			 const struct rb_query *query, enum rb_scope scope, size_t limit,
			 uint8_t *out);

/* The reply that the scope allows from an answer. Counted if there is none. */
size_t rb_replies_answer(struct rb_serve *serve, enum rb_transport transport,
			 const struct rb_query *query, struct rb_answer *answer,
			 enum rb_scope scope, size_t limit, uint8_t *out);

/* What to do with a reply of len bytes; sets *ret_len. An absent reply is counted. */
enum rb_serve_next rb_replies_or_drop(struct rb_serve *serve, enum rb_transport transport,
				      size_t len, size_t *ret_len);

#endif
