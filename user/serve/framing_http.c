/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages in requests and responses of HTTP/2 (RFC 8484), which nghttp2 takes apart. */
#include "serve/framing.h"

#include <errno.h>
#include <event2/buffer.h>
#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <string.h>

#include "serve/http_exchange.h"
#include "util/cleanup.h"

#define RESETS_MAX 100  /* cancelled requests, beyond as many as waited for their response */
#define FEED_MAX   4096 /* bytes taken at a time, before others have their turn */

#define PREFACE NGHTTP2_CLIENT_MAGIC

#define NOT_HTTP2                                                                                  \
	"HTTP/1.1 505 HTTP Version Not Supported\r\n"                                              \
	"Content-Type: text/plain\r\nContent-Length: 43\r\nConnection: close\r\n\r\n"              \
	"DNS over HTTPS is served over HTTP/2 here.\n"

enum http_state {
	HTTP_BEGINS,  /* the client's preface is not complete */
	HTTP_SPEAKS,  /* HTTP/2 */
	HTTP_ANSWERS, /* the same, while input is being taken */
	HTTP_ENDS,    /* no more input is taken */
};

struct http {
	enum http_state state;
	struct rb_stream *stream;
	nghttp2_session *session;
	LIST_HEAD(http_exchanges, rb_http_exchange) exchanges;
	unsigned int asked; /* in this turn */
	unsigned int resets, responses;
};

static struct rb_serve *serve_of(const struct http *http)
{
	return rb_stream_serve(http->stream);
}

static struct rb_http_exchange *exchange_of(nghttp2_session *session, int32_t id)
{
	return nghttp2_session_get_stream_user_data(session, id);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct http *http = context;
	struct rb_http_exchange *exchange;

	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	exchange = rb_http_exchange_new(serve_of(http), frame->hd.stream_id);
	if (!exchange)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	LIST_INSERT_HEAD(&http->exchanges, exchange, entry);
	nghttp2_session_set_stream_user_data(session, exchange->id, exchange);
	return 0;
}

/* Compressed headers may become large: then this stream ends, and the others do not. */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
		     void *context)
{
	struct rb_http_exchange *exchange = exchange_of(session, frame->hd.stream_id);

	(void)flags, (void)context;
	return exchange && rb_http_exchange_field(exchange, name, name_len, value, value_len)
		       ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE
		       : 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
		   size_t len, void *context)
{
	struct rb_http_exchange *exchange = exchange_of(session, id);

	(void)flags, (void)context;
	if (exchange && rb_http_exchange_data(exchange, bytes, len))
		nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id,
					  NGHTTP2_ENHANCE_YOUR_CALM);
	return 0;
}

/* A request is complete. */
static void exchange_ask(struct http *http, struct rb_http_exchange *exchange)
{
	enum rb_http_status status = rb_http_exchange_judge(exchange);

	if (status != RB_HTTP_OK) {
		(void)rb_http_exchange_fail(exchange, http->session, status);
		return;
	}
	http->asked++;
	if (rb_stream_is_busy(http->stream))
		nghttp2_submit_rst_stream(http->session, NGHTTP2_FLAG_NONE, exchange->id,
					  NGHTTP2_REFUSED_STREAM);
	else if (rb_stream_ask(http->stream, exchange->body, exchange->body_len,
			       (uint32_t)exchange->id))
		nghttp2_submit_rst_stream(http->session, NGHTTP2_FLAG_NONE, exchange->id,
					  NGHTTP2_INTERNAL_ERROR);
}

/* Rapid reset: disconnect a client that cancels more requests than it waits for. */
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
	struct rb_http_exchange *exchange;

	if (frame->hd.type == NGHTTP2_RST_STREAM)
		return reset_note(http);
	if ((frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) ||
	    !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	exchange = exchange_of(session, frame->hd.stream_id);
	if (exchange)
		exchange_ask(http, exchange);
	return 0;
}

static void exchange_end(struct rb_http_exchange *exchange)
{
	LIST_REMOVE(exchange, entry);
	rb_http_exchange_free(exchange);
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *context)
{
	struct http *http = context;
	struct rb_http_exchange *exchange = exchange_of(session, id);

	if (!exchange)
		return 0;
	http->responses += code == NGHTTP2_NO_ERROR;
	nghttp2_session_set_stream_user_data(session, id, NULL);
	exchange_end(exchange);
	return 0;
}

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
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
		 serve_of(http)->config->secure.http_max_streams},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, RB_HTTP_HEADERS_MAX},
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
	LIST_INIT(&http->exchanges);
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
	struct rb_http_exchange *exchange;

	while ((exchange = LIST_FIRST(&http->exchanges)))
		exchange_end(exchange);
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

/* Whether the client speaks HTTP/2. If not, it is told so after its first line. */
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

/* Take some bytes. Returns how many, or -errno. */
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
	/* The client has sent GOAWAY, or has got one. */
	if (!nghttp2_session_want_read(http->session)) {
		http->state = HTTP_ENDS;
		rb_stream_finish(stream);
	}
	return http->asked != 0;
}

static int http_reply(struct rb_stream *stream, uint32_t tag, uint8_t *reply, size_t len)
{
	struct http *http = rb_stream_state(stream);
	struct rb_http_exchange *exchange = exchange_of(http->session, (int32_t)tag);

	/* The client may have cancelled it since. */
	if (!exchange)
		return -ECANCELED;
	if (!len || rb_http_exchange_answer(exchange, http->session, reply, len))
		nghttp2_submit_rst_stream(http->session, NGHTTP2_FLAG_NONE, exchange->id,
					  NGHTTP2_INTERNAL_ERROR);
	return http->state == HTTP_ANSWERS ? 0 : output_write(http);
}

const struct rb_framing rb_framing_http = {
	.begin = http_begin,
	.end = http_end,
	.take = http_take,
	.reply = http_reply,
};
