/* SPDX-License-Identifier: BSD-2-Clause */
/* One connection: messages in, replies out in the order in which they complete. */
#include "serve/stream.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "serve/limits.h"
#include "serve/proxied.h"
#include "serve/stream_state.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define WAITING_MAX 100          /* queries of one connection inside the resolvers */
#define OUTPUT_MAX  (256 * 1024) /* bytes that the client has not taken, before reading pauses */
/* One message of the largest size may wait; more is left to the kernel and the sender. */
#define INPUT_MAX   (RB_TCP_PREFIX + RB_MESSAGE_MAX)
#define DELIVERIES  2 /* idle timeouts in which it must take a reply, busy or not */

struct rb_stream_pending {
	struct rb_pending pending;
	struct rb_stream *stream; /* NULL: it was closed */
	uint32_t tag;             /* of the message, for the framing */
	LIST_ENTRY(rb_stream_pending) entry;
};

void rb_streams_tell_used(const struct rb_streams *streams)
{
	atomic_store_explicit(&streams->serve->counters.tcp_used, streams->seats.count,
			      memory_order_relaxed);
}

void rb_stream_free(struct rb_stream *stream)
{
	struct rb_stream_pending *pending;

	if (stream->begun && stream->framing->end)
		stream->framing->end(stream);
	while ((pending = LIST_FIRST(&stream->waiting))) {
		LIST_REMOVE(pending, entry);
		pending->stream = NULL;
	}
	if (stream->timer)
		event_free(stream->timer);
	rb_proxied_free(stream->proxied);
	rb_conduit_close(&stream->conduit);
	rb_limits_leave(stream->limit);
	rb_seats_leave(&stream->streams->seats, &stream->seat);
	rb_streams_tell_used(stream->streams);
	free(stream);
}

static size_t output_len(const struct rb_stream *stream)
{
	return rb_conduit_output_len(&stream->conduit);
}

struct evbuffer *rb_stream_output(struct rb_stream *stream)
{
	return rb_conduit_output(&stream->conduit);
}

void rb_stream_set_state(struct rb_stream *stream, void *state)
{
	stream->state = state;
}

void *rb_stream_state(const struct rb_stream *stream)
{
	return stream->state;
}

struct rb_serve *rb_stream_serve(const struct rb_stream *stream)
{
	return stream->streams->serve;
}

void rb_stream_finish(struct rb_stream *stream)
{
	stream->ended = true;
	bufferevent_disable(stream->conduit.bev, EV_READ);
}

/* Whether the client has not taken a reply for too long. */
static bool is_overdue(struct rb_stream *stream)
{
	uint64_t timeout_ms = stream->streams->serve->config->tcp_idle_timeout_ms;
	uint64_t now_ns = rb_clock_ns();

	if (stream->queued - output_len(stream) >= stream->due) {
		stream->due = stream->queued;
		stream->due_ns = now_ns + DELIVERIES * timeout_ms * RB_NS_PER_MS;
	}
	return output_len(stream) && now_ns > stream->due_ns;
}

void rb_stream_timer_set(struct rb_stream *stream)
{
	unsigned int timeout_ms = stream->streams->idle_timeout_ms(stream->streams);
	struct timeval timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000,
	};

	stream->output_seen = output_len(stream);
	event_add(stream->timer, &timeout);
}

static void reply_send(struct rb_stream *stream, uint32_t tag, uint8_t *reply, size_t len)
{
	struct rb_serve_counters *counters = &stream->streams->serve->counters;
	enum rb_transport transport = stream->path->transport;
	size_t before = output_len(stream);
	int err = stream->framing->reply(stream, tag, reply, len);
	size_t after = output_len(stream);

	if (after > before)
		stream->queued += after - before;
	if (!len)
		return;
	rb_serve_count(err ? &counters->dropped[transport] : &counters->replies[transport]);
}

static void stream_advance(struct rb_stream *stream);

static void stream_finish(struct rb_serve *serve, struct rb_pending *base, uint8_t *reply,
			  size_t len)
{
	struct rb_stream_pending *pending = (struct rb_stream_pending *)base;
	struct rb_stream *stream = pending->stream;

	if (!stream) {
		if (len)
			rb_serve_count(&serve->counters.dropped[base->path->transport]);
		return;
	}
	LIST_REMOVE(pending, entry);
	stream->waiting_count--;
	reply_send(stream, pending->tag, reply, len);
	rb_stream_timer_set(stream);
	stream_advance(stream);
}

const struct rb_path rb_stream_paths[] = {
	[RB_SPEECH_DNS] = {RB_TRANSPORT_TCP, sizeof(struct rb_stream_pending), stream_finish},
	[RB_SPEECH_TLS] = {RB_TRANSPORT_TLS, sizeof(struct rb_stream_pending), stream_finish},
	[RB_SPEECH_HTTPS] = {RB_TRANSPORT_HTTPS, sizeof(struct rb_stream_pending), stream_finish},
};

/* Our address of the connection; zeros if it is unknown. */
static struct rb_acl_destination destination_of(const struct rb_stream *stream)
{
	struct sockaddr_storage server;
	socklen_t len = sizeof(server);

	if (getsockname(bufferevent_getfd(stream->conduit.bev), (struct sockaddr *)&server, &len))
		return (struct rb_acl_destination){.port = 0};
	return rb_acl_destination_of(&server);
}

int rb_stream_ask(struct rb_stream *stream, const uint8_t *message, size_t len, uint32_t tag)
{
	struct rb_serve *serve = stream->streams->serve;
	struct rb_received received = {
		.path = stream->path,
		.message = message,
		.len = len,
		.largest = RB_MESSAGE_MAX,
		.out = serve->scratch + RB_TCP_PREFIX,
		.room = RB_MESSAGE_MAX,
	};
	struct rb_stream_pending *pending;
	struct rb_pending *base;
	size_t reply_len;
	int err = 0;

	memcpy(received.client, stream->client, sizeof(received.client));
	received.client_port = stream->client_port;
	/* RFC 7828 is for TCP and TLS: HTTP has means of its own. */
	if (stream->path->transport != RB_TRANSPORT_HTTPS)
		received.idle_timeout_ms = stream->streams->idle_timeout_ms(stream->streams);
	if (rb_serve_asks_where(serve))
		received.destination = destination_of(stream);
	if (rb_conduit_is_resumed(&stream->conduit))
		rb_serve_count(&serve->counters.tls_resumed_queries);
	rb_serve_batch_begin(serve);
	switch (rb_serve_query(serve, &received, &reply_len, &base)) {
	case RB_SERVE_REPLY:
		reply_send(stream, tag, received.out, reply_len);
		break;
	case RB_SERVE_WAIT:
		pending = (struct rb_stream_pending *)base;
		pending->stream = stream;
		pending->tag = tag;
		LIST_INSERT_HEAD(&stream->waiting, pending, entry);
		stream->waiting_count++;
		break;
	case RB_SERVE_DROP:
		err = -EBADMSG;
		break;
	}
	rb_serve_batch_end(serve, stream->path->transport);
	return err;
}

bool rb_stream_is_busy(const struct rb_stream *stream)
{
	return stream->waiting_count >= WAITING_MAX || output_len(stream) >= OUTPUT_MAX;
}

/* Take all messages of the input, until the stream gets too busy. 0, or an error. */
static int input_take(struct rb_stream *stream)
{
	struct evbuffer *input = bufferevent_get_input(stream->conduit.bev);
	int got = stream->header_is_due ? rb_stream_header_take(stream, input) : 1;

	if (got <= 0)
		return got;
	do {
		if (rb_stream_is_busy(stream))
			return 0;
		got = stream->framing->take(stream, input);
		if (got > 0)
			rb_stream_timer_set(stream);
	} while (got > 0);
	return got;
}

/*
 * dnsperf reads only one of several responses in a TLS record, and loses the others. So over HTTPS
 * the responses to the queries of one record are sent in a record of their own.
 */
static enum rb_conduit_read more_read(struct rb_stream *stream)
{
	if (stream->path->transport != RB_TRANSPORT_HTTPS)
		return rb_conduit_read(&stream->conduit, INPUT_MAX);
	rb_conduit_flush(&stream->conduit);
	return rb_conduit_read(&stream->conduit, 1);
}

/*
 * The same for bytes that libevent does not know of: once, so that other connections have their
 * turn, too. Returns whether all is taken.
 */
static bool messages_take(struct rb_stream *stream, int *got)
{
	*got = input_take(stream);
	if (*got || stream->ended || rb_stream_is_busy(stream))
		return *got || !rb_stream_is_busy(stream);
	switch (more_read(stream)) {
	case RB_CONDUIT_NOTHING:
		break;
	case RB_CONDUIT_SOME:
		bufferevent_trigger(stream->conduit.bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
		*got = input_take(stream);
		break;
	case RB_CONDUIT_REST:
		*got = input_take(stream);
		break;
	case RB_CONDUIT_END:
		stream->ended = true;
		break;
	case RB_CONDUIT_FAILED:
		*got = -ECONNRESET;
		break;
	}
	return *got || !rb_stream_is_busy(stream);
}

/* Take the messages that can be taken; then pause, go on reading, or close. */
static void stream_advance(struct rb_stream *stream)
{
	int got;
	bool all_taken = messages_take(stream, &got);

	rb_conduit_flush(&stream->conduit);
	/* Other connections have their turn first. */
	if (!all_taken && !rb_stream_is_busy(stream))
		bufferevent_trigger(stream->conduit.bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
	if (got < 0 || is_overdue(stream) ||
	    (stream->ended && all_taken && !rb_stream_is_busy(stream) && !stream->waiting_count &&
	     !output_len(stream))) {
		rb_stream_free(stream);
		return;
	}
	if (rb_stream_is_busy(stream) != stream->paused && !stream->ended) {
		stream->paused = !stream->paused;
		if (stream->paused)
			bufferevent_disable(stream->conduit.bev, EV_READ);
		else
			bufferevent_enable(stream->conduit.bev, EV_READ);
	}
}

static void on_read(struct bufferevent *bev, void *context)
{
	(void)bev;
	stream_advance(context);
}

static void on_written(struct bufferevent *bev, void *context)
{
	(void)bev;
	stream_advance(context);
}

static void handshake_count(struct rb_stream *stream)
{
	struct rb_serve_counters *counters = &stream->streams->serve->counters;

	rb_serve_count(&counters->tls_handshakes);
	if (rb_conduit_is_resumed(&stream->conduit))
		rb_serve_count(&counters->tls_resumed);
}

static void on_event(struct bufferevent *bev, short what, void *context)
{
	struct rb_stream *stream = context;

	if (what & BEV_EVENT_CONNECTED) {
		handshake_count(stream);
		/* A query may have come with the end of the handshake. */
		stream_advance(stream);
		return;
	}
	if (what & BEV_EVENT_EOF && what & BEV_EVENT_READING) {
		stream->ended = true;
		/* Over TLS, libevent would no longer write, either. */
		bufferevent_enable(bev, EV_WRITE);
		stream_advance(stream);
		return;
	}
	if (rb_conduit_shakes_hands(&stream->conduit))
		rb_serve_count(&stream->streams->serve->counters.tls_failed);
	rb_stream_free(stream);
}

/* Idle means: no query waits for its answer, and the client has taken no bytes of replies. */
void rb_stream_on_timeout(evutil_socket_t fd, short what, void *context)
{
	struct rb_stream *stream = context;

	(void)fd;
	(void)what;
	if (!is_overdue(stream) &&
	    (stream->waiting_count || output_len(stream) < stream->output_seen))
		rb_stream_timer_set(stream);
	else
		rb_stream_free(stream);
}

void rb_streams_init(struct rb_streams *streams, size_t max, struct event_base *base,
		     struct rb_serve *serve,
		     unsigned int (*idle_timeout_ms)(const struct rb_streams *streams))
{
	rb_seats_init(&streams->seats, max);
	streams->base = base;
	streams->serve = serve;
	streams->idle_timeout_ms = idle_timeout_ms;
}

void rb_streams_retire(struct rb_streams *streams)
{
	struct rb_seat *seat;

	streams->is_retired = true;
	TAILQ_FOREACH(seat, &streams->seats.list, entry)
	rb_stream_timer_set((struct rb_stream *)seat);
}

void rb_streams_close(struct rb_streams *streams)
{
	struct rb_seat *seat;

	while ((seat = TAILQ_FIRST(&streams->seats.list)))
		rb_stream_free((struct rb_stream *)seat);
}

bool rb_stream_is_idle(const struct rb_stream *stream)
{
	return !stream->waiting_count && !output_len(stream);
}

void rb_stream_run(struct rb_stream *stream)
{
	struct bufferevent *bev = stream->conduit.bev;

	bufferevent_setcb(bev, on_read, on_written, on_event, stream);
	bufferevent_setwatermark(bev, EV_READ, 0, INPUT_MAX);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}
