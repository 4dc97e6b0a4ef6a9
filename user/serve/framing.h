/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How messages lie in the bytes of a connection. The connection (serve/stream.h) is accepted
 * already, and limits its memory and duration; a framing takes messages from the input, and puts
 * replies into the output.
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
	/* Create the state of a new connection; NULL: no state. end() frees it. */
	int (*begin)(struct rb_stream *stream);
	void (*end)(struct rb_stream *stream);

	/*
	 * Take the next message from the input, by rb_stream_ask(). 1: there was one, 0: none yet.
	 */
	int (*take)(struct rb_stream *stream, struct evbuffer *input);

	/*
	 * The reply to the message of this tag, into rb_stream_output(). There are RB_TCP_PREFIX
	 * writable bytes in front of it. len 0: no reply.
	 */
	int (*reply)(struct rb_stream *stream, uint32_t tag, uint8_t *reply, size_t len);
};

/* RFC 1035 4.2.2: each message follows its length. */
extern const struct rb_framing rb_framing_tcp;

/* RFC 8484: each message is in an HTTP/2 request. */
extern const struct rb_framing rb_framing_http;

/*
 * Pass a message to the server. The framing gets its reply before this returns, or later; after
 * -EBADMSG, never.
 */
int rb_stream_ask(struct rb_stream *stream, const uint8_t *message, size_t len, uint32_t tag);

/*
 * Whether too many queries or too many replies of this connection are waiting, so that it must not
 * read more.
 */
bool rb_stream_is_busy(const struct rb_stream *stream);

/* The output. */
struct evbuffer *rb_stream_output(struct rb_stream *stream);

/* Read no more; the connection ends when everything is sent. */
void rb_stream_finish(struct rb_stream *stream);

/* Set the framing's state; for its begin(). */
void rb_stream_set_state(struct rb_stream *stream, void *state);
void *rb_stream_state(const struct rb_stream *stream);

/* The server state of its worker. */
struct rb_serve *rb_stream_serve(const struct rb_stream *stream);

#endif
