/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HTTP/2 request and its response: extract the DNS message, and send one back.
 *
 * Thread:   of one worker. Lifetime: of the stream of HTTP/2, or of the connection.
 * Errors:   0 or -errno. -ENOBUFS: the worker's connections have reached their memory limit.
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
	char *path; /* NULL: too long, or not received yet */
	size_t path_len;
	enum rb_http_status status; /* of what has been received so far */
	uint8_t *body;              /* the query, then the response */
	size_t body_len, body_room, body_sent;
};

/* NULL: no memory. */
struct rb_http_exchange *rb_http_exchange_new(struct rb_serve *serve, int32_t id);
void rb_http_exchange_free(struct rb_http_exchange *exchange);

/* Add one header field of the request. -EMSGSIZE: too many. */
int rb_http_exchange_field(struct rb_http_exchange *exchange, const uint8_t *name, size_t name_len,
			   const uint8_t *value, size_t value_len);

/* Add a part of its body. */
int rb_http_exchange_data(struct rb_http_exchange *exchange, const uint8_t *bytes, size_t len);

/* Call it after the request's end. RB_HTTP_OK: the body has a DNS query. */
enum rb_http_status rb_http_exchange_judge(struct rb_http_exchange *exchange);

/* Send a response without a body, or the reply to the query. */
int rb_http_exchange_fail(struct rb_http_exchange *exchange, nghttp2_session *session,
			  enum rb_http_status status);
int rb_http_exchange_answer(struct rb_http_exchange *exchange, nghttp2_session *session,
			    const uint8_t *reply, size_t len);

#endif
