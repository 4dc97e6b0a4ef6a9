/* SPDX-License-Identifier: BSD-2-Clause */
/* One TCP connection: messages in, replies out in the order in which they complete. */
#include "serve/stream.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define WAITING_MAX 100          /* queries of one connection inside the resolvers */
#define OUTPUT_MAX  (256 * 1024) /* bytes that the client has not taken, before reading pauses */
#define DELIVERIES  2            /* idle timeouts in which it must take a reply, busy or not */

struct stream_pending {
	struct rb_pending pending;
	struct rb_stream *stream; /* NULL: closed since */
	LIST_ENTRY(stream_pending) entry;
};

struct rb_stream {
	struct rb_seat seat; /* first */
	struct rb_streams *streams;
	struct bufferevent *bev;
	struct event *timer;
	LIST_HEAD(stream_pendings, stream_pending) waiting;
	size_t waiting_count;
	size_t output_seen; /* bytes unsent when the timer was set: fewer later means progress */
	uint64_t queued;    /* bytes of all replies so far */
	uint64_t due;       /* so many of them must be taken until due_ns */
	uint64_t due_ns;
	bool ended; /* the client sends no more, but still gets its replies */
	bool paused;
	uint8_t client[16];
	uint16_t client_port;
};

static void used_tell(const struct rb_streams *streams)
{
	atomic_store_explicit(&streams->serve->counters.tcp_used, streams->seats.count,
			      memory_order_relaxed);
}

static void stream_free(struct rb_stream *stream)
{
	struct stream_pending *pending;

	while ((pending = LIST_FIRST(&stream->waiting))) {
		LIST_REMOVE(pending, entry);
		pending->stream = NULL;
	}
	if (stream->timer)
		event_free(stream->timer);
	if (stream->bev)
		bufferevent_free(stream->bev);
	rb_seats_leave(&stream->streams->seats, &stream->seat);
	used_tell(stream->streams);
	free(stream);
}

static size_t output_len(const struct rb_stream *stream)
{
	return evbuffer_get_length(bufferevent_get_output(stream->bev));
}

/* Whether the client has left a reply lying for too long. */
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

static void timer_set(struct rb_stream *stream)
{
	unsigned int timeout_ms = stream->streams->idle_timeout_ms(stream->streams);
	struct timeval timeout = {
		.tv_sec = timeout_ms / 1000,
		.tv_usec = (suseconds_t)(timeout_ms % 1000) * 1000,
	};

	stream->output_seen = output_len(stream);
	event_add(stream->timer, &timeout);
}

/* A reply of len bytes with its prefix in front of it, in one write. */
static void reply_send(struct rb_stream *stream, uint8_t *reply, size_t len)
{
	struct rb_serve_counters *counters = &stream->streams->serve->counters;

	reply[-2] = (uint8_t)(len >> 8);
	reply[-1] = (uint8_t)len;
	stream->queued += RB_TCP_PREFIX + len;
	if (bufferevent_write(stream->bev, reply - RB_TCP_PREFIX, RB_TCP_PREFIX + len))
		rb_serve_count(&counters->dropped[RB_TRANSPORT_TCP]);
	else
		rb_serve_count(&counters->replies[RB_TRANSPORT_TCP]);
}

static void stream_advance(struct rb_stream *stream);

static void stream_finish(struct rb_serve *serve, struct rb_pending *base, uint8_t *reply,
			  size_t len)
{
	struct stream_pending *pending = (struct stream_pending *)base;
	struct rb_stream *stream = pending->stream;

	if (!stream) {
		if (len)
			rb_serve_count(&serve->counters.dropped[RB_TRANSPORT_TCP]);
		return;
	}
	LIST_REMOVE(pending, entry);
	stream->waiting_count--;
	if (len)
		reply_send(stream, reply, len);
	timer_set(stream);
	stream_advance(stream);
}

static const struct rb_path stream_path = {
	.transport = RB_TRANSPORT_TCP,
	.pending_bytes = sizeof(struct stream_pending),
	.finish = stream_finish,
};

/* One message. -EBADMSG: nothing that deserves an answer, and so the end of the connection. */
static int message_answer(struct rb_stream *stream, const uint8_t *message, size_t len)
{
	struct rb_serve *serve = stream->streams->serve;
	struct rb_received received = {
		.path = &stream_path,
		.message = message,
		.len = len,
		.largest = RB_MESSAGE_MAX,
		.out = serve->scratch + RB_TCP_PREFIX,
		.room = RB_MESSAGE_MAX,
	};
	struct stream_pending *pending;
	struct rb_pending *base;
	size_t reply_len;

	memcpy(received.client, stream->client, sizeof(received.client));
	received.client_port = stream->client_port;
	switch (rb_serve_query(serve, &received, &reply_len, &base)) {
	case RB_SERVE_REPLY:
		reply_send(stream, received.out, reply_len);
		return 0;
	case RB_SERVE_WAIT:
		pending = (struct stream_pending *)base;
		pending->stream = stream;
		LIST_INSERT_HEAD(&stream->waiting, pending, entry);
		stream->waiting_count++;
		return 0;
	case RB_SERVE_DROP:
		break;
	}
	return -EBADMSG;
}

/* The next whole message of what was read. 0: none, 1: one, -errno: close. */
static int message_next(struct rb_stream *stream)
{
	struct evbuffer *input = bufferevent_get_input(stream->bev);
	struct rb_serve *serve = stream->streams->serve;
	uint8_t prefix[RB_TCP_PREFIX];
	const uint8_t *bytes;
	size_t len;
	int err;

	if (evbuffer_copyout(input, prefix, sizeof(prefix)) < (ssize_t)sizeof(prefix))
		return 0;
	len = (size_t)(prefix[0] << 8 | prefix[1]);
	if (len < sizeof(struct rb_dns_header))
		return -EBADMSG;
	if (evbuffer_get_length(input) < sizeof(prefix) + len)
		return 0;
	bytes = evbuffer_pullup(input, (ssize_t)(sizeof(prefix) + len));
	if (!bytes)
		return -ENOMEM;
	rb_serve_batch_begin(serve);
	err = message_answer(stream, bytes + sizeof(prefix), len);
	rb_serve_batch_end(serve, RB_TRANSPORT_TCP);
	if (err)
		return err;
	evbuffer_drain(input, sizeof(prefix) + len);
	return 1;
}

static bool is_busy(const struct rb_stream *stream)
{
	return stream->waiting_count >= WAITING_MAX || output_len(stream) >= OUTPUT_MAX;
}

/* Take what can be taken; pause, go on reading or close, whatever follows. */
static void stream_advance(struct rb_stream *stream)
{
	int got = 0;

	while (!is_busy(stream)) {
		got = message_next(stream);
		if (got <= 0)
			break;
		timer_set(stream);
	}
	if (got < 0 || is_overdue(stream) ||
	    (stream->ended && got == 0 && !is_busy(stream) && !stream->waiting_count &&
	     !output_len(stream))) {
		stream_free(stream);
		return;
	}
	if (is_busy(stream) != stream->paused && !stream->ended) {
		stream->paused = !stream->paused;
		if (stream->paused)
			bufferevent_disable(stream->bev, EV_READ);
		else
			bufferevent_enable(stream->bev, EV_READ);
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

static void on_event(struct bufferevent *bev, short what, void *context)
{
	struct rb_stream *stream = context;

	(void)bev;
	if (what & BEV_EVENT_EOF && what & BEV_EVENT_READING) {
		stream->ended = true;
		stream_advance(stream);
	} else {
		stream_free(stream);
	}
}

/* Idle means: nothing asked that is unanswered, and nothing taken of what was answered. */
static void on_timeout(evutil_socket_t fd, short what, void *context)
{
	struct rb_stream *stream = context;

	(void)fd;
	(void)what;
	if (!is_overdue(stream) &&
	    (stream->waiting_count || output_len(stream) < stream->output_seen))
		timer_set(stream);
	else
		stream_free(stream);
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

void rb_streams_close(struct rb_streams *streams)
{
	struct rb_seat *seat;

	while ((seat = TAILQ_FIRST(&streams->seats.list)))
		stream_free((struct rb_stream *)seat);
}

static bool is_idle(const struct rb_seat *seat)
{
	const struct rb_stream *stream = (const struct rb_stream *)seat;

	return !stream->waiting_count && !output_len(stream);
}

/* Whether there is a seat for who comes from this address. */
static bool make_way(struct rb_streams *streams, const uint8_t client[16])
{
	struct rb_seat *seat;

	if (!rb_seats_are_full(&streams->seats))
		return true;
	rb_serve_count(&streams->serve->counters.tcp_rejected);
	seat = rb_seats_yielding(&streams->seats, client, is_idle);
	if (seat)
		stream_free((struct rb_stream *)seat);
	return seat;
}

int rb_stream_open(struct rb_streams *streams, int fd, const uint8_t client[16],
		   uint16_t client_port)
{
	_cleanup_close_ int taken = fd;
	struct rb_stream *stream;

	if (!make_way(streams, client))
		return -EBUSY;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	stream->streams = streams;
	LIST_INIT(&stream->waiting);
	memcpy(stream->client, client, sizeof(stream->client));
	stream->client_port = client_port;
	rb_seats_take(&streams->seats, &stream->seat, client);
	used_tell(streams);
	stream->timer = evtimer_new(streams->base, on_timeout, stream);
	stream->bev = bufferevent_socket_new(streams->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (stream->bev)
		(void)TAKE_FD(taken);
	if (!stream->timer || !stream->bev) {
		stream_free(stream);
		return -ENOMEM;
	}
	bufferevent_setcb(stream->bev, on_read, on_written, on_event, stream);
	/* One message of the largest size may wait; more is left to the kernel and the sender. */
	bufferevent_setwatermark(stream->bev, EV_READ, 0, RB_TCP_PREFIX + RB_MESSAGE_MAX);
	bufferevent_enable(stream->bev, EV_READ | EV_WRITE);
	timer_set(stream);
	return 0;
}
