/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How messages lie in the bytes of a connection. The connection (serve/stream.h) has accepted them,
 * limits what it holds and how long it lasts; a framing takes messages out of what has come, and
 * puts replies into what leaves.
 *
 * Thread:   of one worker. Lifetime: constants.
 * Errors:   0 or -errno, after which the connection ends.
 */
#ifndef RB_SERVE_FRAMING_H
#define RB_SERVE_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/query.h"

struct evbuffer;
struct rb_stream;

struct rb_framing {
	/* State of a new connection, NULL: none is needed. Ended by end(), where it was begun. */
	int (*begin)(struct rb_stream *stream);
	void (*end)(struct rb_stream *stream);

	/* Take the next message of what has come, by rb_stream_ask(). 1: one more, 0: there is
	 * none yet. */
	int (*take)(struct rb_stream *stream, struct evbuffer *input);

	/*
	 * The reply to the message of this tag, into rb_stream_output(). There are RB_TCP_PREFIX
	 * writable bytes in front of it. len 0: there is none.
	 */
	int (*reply)(struct rb_stream *stream, uint32_t tag, uint8_t *reply, size_t len);
};

/* RFC 1035 4.2.2: each message behind its length. */
extern const struct rb_framing rb_framing_tcp;

/* RFC 8484: each message in a request of HTTP/2. */
extern const struct rb_framing rb_framing_http;

/*
 * A message for the server. Its reply is given to the framing before this returns, or later. With
 * -EBADMSG there will be none.
 */
int rb_stream_ask(struct rb_stream *stream, const uint8_t *message, size_t len, uint32_t tag);

/* Whether so many questions wait for answers, or so much for the client, that it may ask no more. */
bool rb_stream_is_busy(const struct rb_stream *stream);

/* What leaves next. */
struct evbuffer *rb_stream_output(struct rb_stream *stream);

/* Nothing more is read of it; it ends when everything has left. */
void rb_stream_finish(struct rb_stream *stream);

/* The framing's state, which its begin() sets. */
void rb_stream_set_state(struct rb_stream *stream, void *state);
void *rb_stream_state(const struct rb_stream *stream);

/* Of the worker that has it. */
struct rb_serve *rb_stream_serve(const struct rb_stream *stream);

#endif
