/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages in requests and responses of HTTP/2 (RFC 8484), which nghttp2 takes apart. */
#include "serve/framing.h"

#include <errno.h>
#include <event2/buffer.h>
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

#include "dns/age.h"
#include "serve/http_request.h"
#include "util/cleanup.h"

#define PATH_MAX_BYTES    8192
#define HEADERS_MAX_BYTES 16384 /* of a request, as RFC 9113 10.5.1 counts */
#define RESETS_MAX        100   /* requests taken back, over as many as waited for their response */
#define FEED_MAX          4096  /* bytes taken at a time, before others have their turn */

#define PREFACE NGHTTP2_CLIENT_MAGIC

#define NOT_HTTP2                                                                                  \
	"HTTP/1.1 505 HTTP Version Not Supported\r\n"                                              \
	"Content-Type: text/plain\r\nContent-Length: 43\r\nConnection: close\r\n\r\n"              \
	"DNS over HTTPS is served over HTTP/2 here.\n"

enum http_state {
	HTTP_BEGINS,  /* the client's preface has not come in whole */
	HTTP_SPEAKS,  /* HTTP/2 */
	HTTP_ANSWERS, /* the same, in the middle of taking what has come */
	HTTP_ENDS,    /* nothing more is taken */
};

struct request {
	LIST_ENTRY(request) entry;
	int32_t id;
	enum rb_http_method method;
	bool is_dns_message;
	size_t header_bytes;
	char *path; /* NULL: too long, or not there yet */
	size_t path_len;
	enum rb_http_status status;
	uint8_t *body; /* the question, then the response */
	size_t body_len, body_room, body_sent;
};

struct http {
	enum http_state state;
	struct rb_stream *stream;
	nghttp2_session *session;
	LIST_HEAD(requests, request) requests;
	unsigned int asked; /* in this turn */
	unsigned int resets, responses;
};

static struct rb_serve *serve_of(const struct http *http)
{
	return rb_stream_serve(http->stream);
}

static const struct rb_secure *settings_of(const struct http *http)
{
	return &serve_of(http)->config->secure;
}

static void body_forget(const struct http *http, struct request *request)
{
	struct rb_serve *serve = serve_of(http);

	serve->http_bytes -= request->body_room;
	free(request->body);
	request->body = NULL;
	request->body_len = request->body_room = request->body_sent = 0;
}

/* Room for so many bytes in all, of those that all connections share. */
static int body_fit(const struct http *http, struct request *request, size_t bytes, size_t limit)
{
	struct rb_serve *serve = serve_of(http);
	uint8_t *body;

	if (bytes <= request->body_room)
		return 0;
	if (serve->http_bytes - request->body_room + bytes > limit)
		return -ENOBUFS;
	body = realloc(request->body, bytes);
	if (!body)
		return -ENOMEM;
	serve->http_bytes += bytes - request->body_room;
	request->body = body;
	request->body_room = bytes;
	return 0;
}

static void request_free(const struct http *http, struct request *request)
{
	LIST_REMOVE(request, entry);
	body_forget(http, request);
	free(request->path);
	free(request);
}

/* --- requests --- */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct http *http = context;
	struct request *request;

	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	request = calloc(1, sizeof(*request));
	if (!request)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	request->id = frame->hd.stream_id;
	request->method = RB_HTTP_UNKNOWN;
	request->status = RB_HTTP_OK;
	LIST_INSERT_HEAD(&http->requests, request, entry);
	nghttp2_session_set_stream_user_data(session, request->id, request);
	return 0;
}

static bool is_named(const uint8_t *name, size_t len, const char *text)
{
	return len == strlen(text) && !memcmp(name, text, len);
}

static int path_take(struct request *request, const uint8_t *value, size_t len)
{
	if (len > PATH_MAX_BYTES) {
		request->status = RB_HTTP_URI_TOO_LONG;
		return 0;
	}
	free(request->path);
	request->path = malloc(len + 1);
	if (!request->path)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	memcpy(request->path, value, len);
	request->path_len = len;
	return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
		     void *context)
{
	struct request *request =
		nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

	(void)flags, (void)context;
	if (!request)
		return 0;
	/* What was packed small may be large: the stream ends, and the others do not. */
	request->header_bytes += name_len + value_len + 32;
	if (request->header_bytes > HEADERS_MAX_BYTES)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	if (is_named(name, name_len, ":method"))
		request->method = rb_http_method_of(value, value_len);
	else if (is_named(name, name_len, ":path"))
		return path_take(request, value, value_len);
	else if (is_named(name, name_len, "content-type"))
		request->is_dns_message = rb_http_is_dns_message(value, value_len);
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
		   size_t len, void *context)
{
	struct request *request = nghttp2_session_get_stream_user_data(session, id);
	const struct http *http = context;

	(void)flags;
	if (!request || request->status != RB_HTTP_OK)
		return 0;
	if (request->body_len + len > RB_MESSAGE_MAX) {
		request->status = RB_HTTP_CONTENT_TOO_LARGE;
		body_forget(http, request);
		return 0;
	}
	if (body_fit(http, request, request->body_len + len, settings_of(http)->http_query_bytes)) {
		request->status = RB_HTTP_CONTENT_TOO_LARGE;
		nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id,
					  NGHTTP2_ENHANCE_YOUR_CALM);
		return 0;
	}
	memcpy(request->body + request->body_len, bytes, len);
	request->body_len += len;
	return 0;
}

/* Whether it asks for an answer of DNS, which is in its body then. */
static enum rb_http_status request_judge(const struct http *http, struct request *request)
{
	const struct rb_secure *settings = settings_of(http);

	if (request->status != RB_HTTP_OK)
		return request->status;
	if (request->method == RB_HTTP_UNKNOWN)
		return RB_HTTP_NOT_IMPLEMENTED;
	if (!request->path ||
	    !rb_http_is_endpoint(request->path, request->path_len, settings->http_endpoint))
		return RB_HTTP_NOT_FOUND;
	if (request->method == RB_HTTP_OTHER)
		return RB_HTTP_METHOD_NOT_ALLOWED;
	if (request->method == RB_HTTP_POST)
		return request->is_dns_message ? RB_HTTP_OK : RB_HTTP_UNSUPPORTED_MEDIA_TYPE;
	body_forget(http, request);
	if (body_fit(http, request, request->path_len, settings->http_query_bytes))
		return RB_HTTP_CONTENT_TOO_LARGE;
	return rb_http_path_decode(request->path, request->path_len, request->body,
				   &request->body_len);
}

/* --- responses --- */

static ssize_t on_read(nghttp2_session *session, int32_t id, uint8_t *out, size_t room,
		       uint32_t *flags, nghttp2_data_source *source, void *context)
{
	struct request *request = source->ptr;
	size_t len = request->body_len - request->body_sent;

	(void)session, (void)id, (void)context;
	if (len > room)
		len = room;
	memcpy(out, request->body + request->body_sent, len);
	request->body_sent += len;
	if (request->body_sent == request->body_len)
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

static int error_respond(const struct http *http, struct request *request,
			 enum rb_http_status status)
{
	char code[8];
	nghttp2_nv fields[] = {
		field(":status", code),
		field("content-length", "0"),
		field("allow", "GET, POST"),
	};
	size_t count = ARRAY_SIZE(fields) - (status != RB_HTTP_METHOD_NOT_ALLOWED);

	snprintf(code, sizeof(code), "%d", status);
	fields[0].valuelen = strlen(code);
	body_forget(http, request);
	return nghttp2_submit_response(http->session, request->id, fields, count, NULL);
}

/* How long others may keep it (RFC 8484 5.1): as long as the record that ends first. */
static int message_respond(const struct http *http, struct request *request)
{
	nghttp2_data_provider body = {.source.ptr = request, .read_callback = on_read};
	char length[24], age[32];
	nghttp2_nv fields[] = {
		field(":status", "200"),
		field("content-type", "application/dns-message"),
		field("content-length", ""),
		field("cache-control", ""),
	};

	snprintf(length, sizeof(length), "%zu", request->body_len);
	snprintf(age, sizeof(age), "max-age=%u",
		 rb_message_age_s(request->body, request->body_len));
	fields[2] = field("content-length", length);
	fields[3] = field("cache-control", age);
	return nghttp2_submit_response(http->session, request->id, fields, ARRAY_SIZE(fields),
				       &body);
}

/* A request that has come in whole. */
static void request_ask(struct http *http, struct request *request)
{
	enum rb_http_status status = request_judge(http, request);

	if (status == RB_HTTP_OK && request->body_len < sizeof(struct rb_dns_header))
		status = RB_HTTP_BAD_REQUEST;
	if (status != RB_HTTP_OK) {
		(void)error_respond(http, request, status);
		return;
	}
	http->asked++;
	if (rb_stream_is_busy(http->stream))
		nghttp2_submit_rst_stream(http->session, NGHTTP2_FLAG_NONE, request->id,
					  NGHTTP2_REFUSED_STREAM);
	else if (rb_stream_ask(http->stream, request->body, request->body_len,
			       (uint32_t)request->id))
		nghttp2_submit_rst_stream(http->session, NGHTTP2_FLAG_NONE, request->id,
					  NGHTTP2_INTERNAL_ERROR);
}

/* Rapid reset: who takes back more than it waits for is let go. */
static int reset_note(struct http *http)
{
	if (++http->resets <= http->responses + RESETS_MAX)
		return 0;
	nghttp2_session_terminate_session(http->session, NGHTTP2_ENHANCE_YOUR_CALM);
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct http *http = context;
	struct request *request;

	if (frame->hd.type == NGHTTP2_RST_STREAM)
		return reset_note(http);
	if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
	    !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	request = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
	if (request)
		request_ask(http, request);
	return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *context)
{
	struct http *http = context;
	struct request *request = nghttp2_session_get_stream_user_data(session, id);

	if (!request)
		return 0;
	http->responses += code == NGHTTP2_NO_ERROR;
	nghttp2_session_set_stream_user_data(session, id, NULL);
	request_free(http, request);
	return 0;
}

/* --- the framing --- */

static int output_write(const struct http *http)
{
	struct evbuffer *output = rb_stream_output(http->stream);
	const uint8_t *bytes;
	ssize_t len;

	while ((len = nghttp2_session_mem_send(http->session, &bytes)) > 0)
		if (evbuffer_add(output, bytes, (size_t)len))
			return -ENOMEM;
	return len < 0 ? -EPROTO : 0;
}

static int session_begin(struct http *http)
{
	const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings_of(http)->http_max_streams},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HEADERS_MAX_BYTES},
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
	};
	nghttp2_session_callbacks *callbacks = NULL;
	nghttp2_option *options = NULL;
	int err = nghttp2_session_callbacks_new(&callbacks) ?: nghttp2_option_new(&options);

	if (!err) {
		nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks,
									on_begin_headers);
		nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
		nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
		nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
		nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
		nghttp2_option_set_no_closed_streams(options, 1);
		err = nghttp2_session_server_new2(&http->session, callbacks, http, options);
	}
	nghttp2_session_callbacks_del(callbacks);
	nghttp2_option_del(options);
	if (!err)
		err = nghttp2_submit_settings(http->session, NGHTTP2_FLAG_NONE, settings,
					      ARRAY_SIZE(settings));
	return err ? -ENOMEM : 0;
}

static int http_begin(struct rb_stream *stream)
{
	struct http *http = calloc(1, sizeof(*http));
	int err;

	if (!http)
		return -ENOMEM;
	http->stream = stream;
	LIST_INIT(&http->requests);
	err = session_begin(http);
	if (err) {
		nghttp2_session_del(http->session);
		free(http);
		return err;
	}
	rb_stream_set_state(stream, http);
	return 0;
}

static void http_end(struct rb_stream *stream)
{
	struct http *http = rb_stream_state(stream);
	struct request *request;

	while ((request = LIST_FIRST(&http->requests)))
		request_free(http, request);
	nghttp2_session_del(http->session);
	free(http);
}

static int refuse(struct http *http)
{
	if (evbuffer_add(rb_stream_output(http->stream), NOT_HTTP2, strlen(NOT_HTTP2)))
		return -ENOMEM;
	http->state = HTTP_ENDS;
	rb_stream_finish(http->stream);
	return 0;
}

/* Whether it is HTTP/2 that has come. Something else is told so once its first line is there. */
static int preface_see(struct http *http, struct evbuffer *input)
{
	char bytes[NGHTTP2_CLIENT_MAGIC_LEN];
	ssize_t got = evbuffer_copyout(input, bytes, sizeof(bytes));

	if (got > 0 && memcmp(bytes, PREFACE, (size_t)got) != 0)
		return evbuffer_search_eol(input, NULL, NULL, EVBUFFER_EOL_LF).pos >= 0 ||
				       evbuffer_get_length(input) > FEED_MAX
			       ? refuse(http)
			       : 0;
	if (got == sizeof(bytes))
		http->state = HTTP_SPEAKS;
	return 0;
}

/* Some bytes: how many, or -errno. */
static ssize_t feed(struct http *http, struct evbuffer *input)
{
	size_t len = evbuffer_get_contiguous_space(input);
	ssize_t took;

	if (len > FEED_MAX)
		len = FEED_MAX;
	http->state = HTTP_ANSWERS;
	took = nghttp2_session_mem_recv(http->session, evbuffer_pullup(input, (ssize_t)len), len);
	http->state = HTTP_SPEAKS;
	if (took < 0)
		return -EPROTO;
	evbuffer_drain(input, (size_t)took);
	return output_write(http) ?: took;
}

static int http_take(struct rb_stream *stream, struct evbuffer *input)
{
	struct http *http = rb_stream_state(stream);
	ssize_t took = 0;
	int err = 0;

	if (http->state == HTTP_BEGINS)
		err = preface_see(http, input);
	if (err || http->state != HTTP_SPEAKS)
		return err;
	http->asked = 0;
	while (took >= 0 && !http->asked && evbuffer_get_length(input))
		took = feed(http, input);
	if (took < 0)
		return (int)took;
	/* It has said good-bye, or was told to go. */
	if (!nghttp2_session_want_read(http->session)) {
		http->state = HTTP_ENDS;
		rb_stream_finish(stream);
	}
	return http->asked != 0;
}

static int http_reply(struct rb_stream *stream, uint32_t tag, uint8_t *reply, size_t len)
{
	struct http *http = rb_stream_state(stream);
	struct request *request = nghttp2_session_get_stream_user_data(http->session, (int32_t)tag);

	/* The client may have taken it back since. */
	if (!request)
		return -ECANCELED;
	body_forget(http, request);
	if (!len || body_fit(http, request, len, settings_of(http)->http_response_bytes)) {
		nghttp2_submit_rst_stream(http->session, NGHTTP2_FLAG_NONE, request->id,
					  NGHTTP2_INTERNAL_ERROR);
	} else {
		memcpy(request->body, reply, len);
		request->body_len = len;
		(void)message_respond(http, request);
	}
	return http->state == HTTP_ANSWERS ? 0 : output_write(http);
}

const struct rb_framing rb_framing_http = {
	.begin = http_begin,
	.end = http_end,
	.take = http_take,
	.reply = http_reply,
};
