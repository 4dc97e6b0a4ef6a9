/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request over HTTP/2 and its response: what of it is a message of DNS, and how one goes back.
 *
 * Thread:   of one worker. Lifetime: of the stream of HTTP/2, or of the connection.
 * Errors:   0 or -errno. -ENOBUFS: the worker's connections hold as much as they may.
 */
#ifndef RB_SERVE_HTTP_EXCHANGE_H
#define RB_SERVE_HTTP_EXCHANGE_H

#include <nghttp2/nghttp2.h>
#include <sys/queue.h>

#include "serve/http_request.h"
#include "serve/query.h"

#define RB_HTTP_HEADERS_MAX 16384 /* bytes of a request, as RFC 9113 10.5.1 counts */

struct rb_http_exchange {
	LIST_ENTRY(rb_http_exchange) entry;
	struct rb_serve *serve;
	int32_t id;
	enum rb_http_method method;
	bool is_dns_message;
	size_t header_bytes;
	char *path; /* NULL: too long, or not there yet */
	size_t path_len;
	enum rb_http_status status; /* of what has come so far */
	uint8_t *body;              /* the question, then the response */
	size_t body_len, body_room, body_sent;
};

/* NULL: no memory. */
struct rb_http_exchange *rb_http_exchange_new(struct rb_serve *serve, int32_t id);
void rb_http_exchange_free(struct rb_http_exchange *exchange);

/* One field of the request's head. -EMSGSIZE: there are too many. */
int rb_http_exchange_field(struct rb_http_exchange *exchange, const uint8_t *name, size_t name_len,
			   const uint8_t *value, size_t value_len);

/* Some of its body. */
int rb_http_exchange_data(struct rb_http_exchange *exchange, const uint8_t *bytes, size_t len);

/* After its end: RB_HTTP_OK: a question for DNS is in its body. */
enum rb_http_status rb_http_exchange_judge(struct rb_http_exchange *exchange);

/* A response without a body, or one that answers the question. */
int rb_http_exchange_fail(struct rb_http_exchange *exchange, nghttp2_session *session,
			  enum rb_http_status status);
int rb_http_exchange_answer(struct rb_http_exchange *exchange, nghttp2_session *session,
			    const uint8_t *reply, size_t len);

#endif
