/* SPDX-License-Identifier: BSD-2-Clause */
/* A request over HTTP/2 and its response. */
#include "serve/http_exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/age.h"
#include "util/cleanup.h"

#define PATH_MAX_BYTES 8192

static const struct rb_secure *settings_of(const struct rb_http_exchange *exchange)
{
	return &exchange->serve->config->secure;
}

static void body_forget(struct rb_http_exchange *exchange)
{
	struct rb_serve *serve = exchange->serve;

	serve->http_bytes -= exchange->body_room;
	free(exchange->body);
	exchange->body = NULL;
	exchange->body_len = exchange->body_room = exchange->body_sent = 0;
}

/* Make room for this many bytes of the body, from those that all connections share. */
static int body_fit(struct rb_http_exchange *exchange, size_t bytes, size_t limit)
{
	struct rb_serve *serve = exchange->serve;
	uint8_t *body;

	if (bytes <= exchange->body_room)
		return 0;
	if (serve->http_bytes - exchange->body_room + bytes > limit)
		return -ENOBUFS;
	body = realloc(exchange->body, bytes);
	if (!body)
		return -ENOMEM;
	serve->http_bytes += bytes - exchange->body_room;
	exchange->body = body;
	exchange->body_room = bytes;
	return 0;
}

struct rb_http_exchange *rb_http_exchange_new(struct rb_serve *serve, int32_t id)
{
	struct rb_http_exchange *exchange = calloc(1, sizeof(*exchange));

	if (!exchange)
		return NULL;
	exchange->serve = serve;
	exchange->id = id;
	exchange->method = RB_HTTP_UNKNOWN;
	exchange->status = RB_HTTP_OK;
	return exchange;
}

void rb_http_exchange_free(struct rb_http_exchange *exchange)
{
	body_forget(exchange);
	free(exchange->path);
	free(exchange);
}

static bool is_named(const uint8_t *name, size_t len, const char *text)
{
	return len == strlen(text) && !memcmp(name, text, len);
}

static int path_take(struct rb_http_exchange *exchange, const uint8_t *value, size_t len)
{
	if (len > PATH_MAX_BYTES) {
		exchange->status = RB_HTTP_URI_TOO_LONG;
		return 0;
	}
	free(exchange->path);
	exchange->path = malloc(len + 1);
	if (!exchange->path)
		return -ENOMEM;
	memcpy(exchange->path, value, len);
	exchange->path_len = len;
	return 0;
}

int rb_http_exchange_field(struct rb_http_exchange *exchange, const uint8_t *name, size_t name_len,
			   const uint8_t *value, size_t value_len)
{
	exchange->header_bytes += name_len + value_len + 32;
	if (exchange->header_bytes > RB_HTTP_HEADERS_MAX)
		return -EMSGSIZE;
	if (is_named(name, name_len, ":method"))
		exchange->method = rb_http_method_of(value, value_len);
	else if (is_named(name, name_len, ":path"))
		return path_take(exchange, value, value_len);
	else if (is_named(name, name_len, "content-type"))
		exchange->is_dns_message = rb_http_is_dns_message(value, value_len);
	return 0;
}

int rb_http_exchange_data(struct rb_http_exchange *exchange, const uint8_t *bytes, size_t len)
{
	int err;

	if (exchange->status != RB_HTTP_OK)
		return 0;
	if (exchange->body_len + len > RB_MESSAGE_MAX) {
		exchange->status = RB_HTTP_CONTENT_TOO_LARGE;
		body_forget(exchange);
		return 0;
	}
	err = body_fit(exchange, exchange->body_len + len, settings_of(exchange)->http_query_bytes);
	if (err) {
		exchange->status = RB_HTTP_CONTENT_TOO_LARGE;
		return err;
	}
	memcpy(exchange->body + exchange->body_len, bytes, len);
	exchange->body_len += len;
	return 0;
}

static enum rb_http_status message_judge(const struct rb_http_exchange *exchange)
{
	return exchange->body_len < sizeof(struct rb_dns_header) ? RB_HTTP_BAD_REQUEST : RB_HTTP_OK;
}

enum rb_http_status rb_http_exchange_judge(struct rb_http_exchange *exchange)
{
	const struct rb_secure *settings = settings_of(exchange);
	enum rb_http_status status;

	if (exchange->status != RB_HTTP_OK)
		return exchange->status;
	if (exchange->method == RB_HTTP_UNKNOWN)
		return RB_HTTP_NOT_IMPLEMENTED;
	if (!exchange->path ||
	    !rb_http_is_endpoint(exchange->path, exchange->path_len, settings->http_endpoint))
		return RB_HTTP_NOT_FOUND;
	if (exchange->method == RB_HTTP_OTHER)
		return RB_HTTP_METHOD_NOT_ALLOWED;
	if (exchange->method == RB_HTTP_POST)
		return exchange->is_dns_message ? message_judge(exchange)
						: RB_HTTP_UNSUPPORTED_MEDIA_TYPE;
	body_forget(exchange);
	if (body_fit(exchange, exchange->path_len, settings->http_query_bytes))
		return RB_HTTP_CONTENT_TOO_LARGE;
	status = rb_http_path_decode(exchange->path, exchange->path_len, exchange->body,
				     &exchange->body_len);
	return status == RB_HTTP_OK ? message_judge(exchange) : status;
}

static ssize_t on_read(nghttp2_session *session, int32_t id, uint8_t *out, size_t room,
		       uint32_t *flags, nghttp2_data_source *source, void *context)
{
	struct rb_http_exchange *exchange = source->ptr;
	size_t len = exchange->body_len - exchange->body_sent;

	(void)session, (void)id, (void)context;
	if (len > room)
		len = room;
	memcpy(out, exchange->body + exchange->body_sent, len);
	exchange->body_sent += len;
	if (exchange->body_sent == exchange->body_len)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)len;
}

static nghttp2_nv field(const char *name, const char *value)
{
	return (nghttp2_nv){.name = (uint8_t *)name,
			    .value = (uint8_t *)value,
			    .namelen = strlen(name),
			    .valuelen = strlen(value)};
}

int rb_http_exchange_fail(struct rb_http_exchange *exchange, nghttp2_session *session,
			  enum rb_http_status status)
{
	char code[8];
	nghttp2_nv fields[] = {
		field(":status", ""),
		field("content-length", "0"),
		field("allow", "GET, POST"),
	};
	size_t count = ARRAY_SIZE(fields) - (status != RB_HTTP_METHOD_NOT_ALLOWED);

	snprintf(code, sizeof(code), "%d", status);
	fields[0] = field(":status", code);
	body_forget(exchange);
	return nghttp2_submit_response(session, exchange->id, fields, count, NULL);
}

/* HTTP caches may keep it (RFC 8484 5.1) as long as the record with the shortest TTL. */
static int message_respond(struct rb_http_exchange *exchange, nghttp2_session *session)
{
	nghttp2_data_provider body = {.source.ptr = exchange, .read_callback = on_read};
	char length[24], age[32];
	nghttp2_nv fields[] = {
		field(":status", "200"),
		field("content-type", "application/dns-message"),
		field("content-length", ""),
		field("cache-control", ""),
	};

	snprintf(length, sizeof(length), "%zu", exchange->body_len);
	snprintf(age, sizeof(age), "max-age=%u",
		 rb_message_age_s(exchange->body, exchange->body_len));
	fields[2] = field("content-length", length);
	fields[3] = field("cache-control", age);
	return nghttp2_submit_response(session, exchange->id, fields, ARRAY_SIZE(fields), &body);
}

int rb_http_exchange_answer(struct rb_http_exchange *exchange, nghttp2_session *session,
			    const uint8_t *reply, size_t len)
{
	int err;

	body_forget(exchange);
	err = body_fit(exchange, len, settings_of(exchange)->http_response_bytes);
	if (err || !exchange->body)
		return err ?: -EINVAL;
	memcpy(exchange->body, reply, len);
	exchange->body_len = len;
	return message_respond(exchange, session) ? -EPROTO : 0;
}
