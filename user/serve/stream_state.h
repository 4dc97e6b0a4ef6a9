/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection as the files know it that make one: serve/stream.c and serve/stream_open.c. */
#ifndef RB_SERVE_STREAM_STATE_H
#define RB_SERVE_STREAM_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "serve/conduit.h"
#include "serve/framing.h"
#include "serve/stream.h"

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
	struct rb_proxied *proxied; /* waits for who it is; NULL: that is known */
	struct rb_limit *limit;     /* of connections that it counts for; NULL: none */
	enum rb_speech speech;
	struct event *timer;
	LIST_HEAD(, rb_stream_pending) waiting;
	size_t waiting_count;
	size_t output_seen; /* bytes unsent when the timer was set: fewer later means progress */
	uint64_t queued;    /* bytes that were to leave so far */
	uint64_t due;       /* so many of them must be taken until due_ns */
	uint64_t due_ns;
	bool ended; /* the client sends no more, but still gets its replies */
	bool paused;
	uint8_t client[16];
	uint16_t client_port;
};

/* What is asked by it, by what is spoken. */
extern const struct rb_path rb_stream_paths[];

/* Its conduit and its framing have begun: from here on the client is heard. */
void rb_stream_run(struct rb_stream *stream);

/* Closed, with what is between it and its client. What waits for a resolver ends unsent. */
void rb_stream_free(struct rb_stream *stream);

/* It may be idle for so long from now on. */
void rb_stream_timer_set(struct rb_stream *stream);

/* Whether nothing waits for a resolver, nor for the client. */
bool rb_stream_is_idle(const struct rb_stream *stream);

/* So many seats are taken. */
void rb_streams_tell_used(const struct rb_streams *streams);

/* Its deadline has passed, as an event of libevent's. */
void rb_stream_on_timeout(int fd, short what, void *context);

#endif
