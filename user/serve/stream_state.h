/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a connection, for serve/stream.c and serve/stream_open.c only. */
#ifndef RB_SERVE_STREAM_STATE_H
#define RB_SERVE_STREAM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "serve/conduit.h"
#include "serve/framing.h"
#include "serve/stream.h"

struct evbuffer;
struct event;
struct rb_limit;
struct rb_proxied;
struct rb_stream_pending;

struct rb_stream {
	struct rb_seat seat; /* first */
	struct rb_streams *streams;
	const struct rb_framing *framing;
	void *state; /* the framing's */
	bool begun;
	const struct rb_path *path;
	struct rb_conduit conduit;
	struct rb_proxied *proxied; /* waits for the connection's first bytes; NULL: it has begun */
	bool header_is_due;         /* over TLS, in front of the first message */
	struct rb_limit *limit;     /* in which it is counted; NULL: none */
	enum rb_speech speech;
	struct event *timer;
	LIST_HEAD(, rb_stream_pending) waiting;
	size_t waiting_count;
	size_t output_seen; /* bytes unsent when the timer was set: fewer later means progress */
	uint64_t queued;    /* bytes that were put into the output so far */
	uint64_t due;       /* the client must have taken this many of them at due_ns */
	uint64_t due_ns;
	bool ended; /* the client sends no more, but still gets its replies */
	bool paused;
	uint8_t client[16];
	uint16_t client_port;
};

/* The path of its queries, by its protocol. */
extern const struct rb_path rb_stream_paths[];

/* Its conduit and its framing have begun: read from the client from here on. */
void rb_stream_run(struct rb_stream *stream);

/*
 * Take the header of the PROXY protocol, which names the client. 1: it is taken; 0: it is incomplete
 * so far; or an error: close the connection.
 */
int rb_stream_header_take(struct rb_stream *stream, struct evbuffer *input);

/* Close it, with its conduit. Replies to queries that wait for a resolver are not sent. */
void rb_stream_free(struct rb_stream *stream);

/* Start its timer anew: from now on it may be idle for the whole time. */
void rb_stream_timer_set(struct rb_stream *stream);

/* Whether it waits neither for a resolver nor for its client. */
bool rb_stream_is_idle(const struct rb_stream *stream);

/* Set the counter of connections to the number of taken seats. */
void rb_streams_tell_used(const struct rb_streams *streams);

/* libevent's callback: its deadline has passed. */
void rb_stream_on_timeout(int fd, short what, void *context);

#endif
