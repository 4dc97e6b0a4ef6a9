/* SPDX-License-Identifier: BSD-2-Clause */
/* How a connection begins: its seat, its client, and its protocol. */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "serve/limits.h"
#include "serve/proxied.h"
#include "serve/stream.h"
#include "serve/stream_state.h"
#include "util/cleanup.h"

static const struct rb_framing *const framings[] = {
	[RB_SPEECH_DNS] = &rb_framing_tcp,
	[RB_SPEECH_TLS] = &rb_framing_tcp,
	[RB_SPEECH_HTTPS] = &rb_framing_http,
};

static bool is_idle(const struct rb_seat *seat)
{
	return rb_stream_is_idle((const struct rb_stream *)seat);
}

/* Whether the client may have one more connection. */
static bool limit_enter(const struct rb_streams *streams, const uint8_t client[16],
			struct rb_limit **ret_limit)
{
	if (rb_limits_enter(streams->serve->limits, client, ret_limit))
		return true;
	rb_serve_count(&streams->serve->counters.tcp_limited);
	return false;
}

/* Whether there is a seat for a client with this address. */
static bool make_way(struct rb_streams *streams, const uint8_t client[16])
{
	struct rb_seat *seat;

	if (!rb_seats_are_full(&streams->seats))
		return true;
	rb_serve_count(&streams->serve->counters.tcp_rejected);
	seat = rb_seats_yielding(&streams->seats, client, is_idle);
	if (seat)
		rb_stream_free((struct rb_stream *)seat);
	return seat;
}

static bool is_by_tls(const struct rb_stream *stream)
{
	return rb_secure_by_tls(&stream->streams->serve->config->secure, stream->speech);
}

/* The connection takes the descriptor unless it fails. */
static int channel_open(struct rb_stream *stream, int fd)
{
	const struct rb_streams *streams = stream->streams;
	bool by_tls = is_by_tls(stream);

	if (by_tls && !streams->serve->tls)
		return -EPROTO;
	return rb_conduit_open(&stream->conduit, streams->base, fd,
			       by_tls ? streams->serve->tls : NULL, stream->speech);
}

/* Begin the protocol with the client, on a descriptor that is closed on failure, too. */
static int speak(struct rb_stream *stream, int fd)
{
	_cleanup_close_ int taken = fd;
	int err = channel_open(stream, fd);

	if (err)
		return err;
	(void)TAKE_FD(taken);
	if (stream->framing->begin)
		err = stream->framing->begin(stream);
	if (err)
		return err;
	stream->begun = true;
	rb_stream_run(stream);
	return 0;
}

/* The client behind the proxy has the seat from now on. */
static bool client_set(struct rb_stream *stream, const struct rb_proxy_header *header)
{
	struct rb_streams *streams = stream->streams;

	if (header->is_own)
		return true;
	memcpy(stream->client, header->addr, sizeof(stream->client));
	stream->client_port = header->port;
	rb_seats_leave(&streams->seats, &stream->seat);
	rb_seats_take(&streams->seats, &stream->seat, stream->client);
	rb_limits_leave(TAKE_PTR(stream->limit));
	return rb_acl_check(streams->serve->acl, stream->client) != RB_ACL_DENY &&
	       limit_enter(streams, stream->client, &stream->limit);
}

static void drop_count(const struct rb_stream *stream)
{
	rb_serve_count(&stream->streams->serve->counters.dropped[stream->path->transport]);
}

int rb_stream_header_take(struct rb_stream *stream, struct evbuffer *input)
{
	uint8_t bytes[RB_PROXY_BYTES_MAX];
	ssize_t len = evbuffer_copyout(input, bytes, sizeof(bytes));
	struct rb_proxy_header header;
	int got = len < 0 ? -EIO : rb_proxy_header_parse(bytes, (size_t)len, &header);

	if (!got)
		return 0;
	if (got < 0 || !client_set(stream, &header)) {
		drop_count(stream);
		return -EACCES;
	}
	evbuffer_drain(input, header.len);
	stream->header_is_due = false;
	return 1;
}

/* The client's deadline stays: the header is part of its time. */
static void on_proxied(void *context, enum rb_proxied_start start,
		       const struct rb_proxy_header *header)
{
	struct rb_stream *stream = context;

	stream->header_is_due = start == RB_PROXIED_HANDSHAKE && is_by_tls(stream);
	if (!stream->header_is_due && (!header || !client_set(stream, header))) {
		drop_count(stream);
		rb_stream_free(stream);
		return;
	}
	if (speak(stream, rb_proxied_end(TAKE_PTR(stream->proxied))))
		rb_stream_free(stream);
}

static int begin(struct rb_stream *stream, int fd, bool proxied)
{
	if (!proxied)
		return speak(stream, fd);
	stream->proxied = rb_proxied_new(stream->streams->base, fd, on_proxied, stream);
	return stream->proxied ? 0 : -ENOMEM;
}

int rb_stream_open(struct rb_streams *streams, int fd, const struct rb_stream_client *client)
{
	_cleanup_close_ int taken = fd;
	struct rb_stream *stream;
	struct rb_limit *limit;
	int err;

	/* In this order: no connection is closed for one that is too many. */
	if (!limit_enter(streams, client->addr, &limit))
		return -EBUSY;
	stream = make_way(streams, client->addr) ? calloc(1, sizeof(*stream)) : NULL;
	if (!stream) {
		rb_limits_leave(limit);
		return -EBUSY;
	}
	stream->limit = limit;
	stream->streams = streams;
	stream->speech = client->speech;
	stream->framing = framings[client->speech];
	stream->path = &rb_stream_paths[client->speech];
	LIST_INIT(&stream->waiting);
	memcpy(stream->client, client->addr, sizeof(stream->client));
	stream->client_port = client->port;
	rb_seats_take(&streams->seats, &stream->seat, client->addr);
	rb_streams_tell_used(streams);
	stream->timer = evtimer_new(streams->base, rb_stream_on_timeout, stream);
	err = stream->timer ? begin(stream, TAKE_FD(taken), client->proxied) : -ENOMEM;
	if (err) {
		rb_stream_free(stream);
		return err;
	}
	rb_stream_timer_set(stream);
	return 0;
}
