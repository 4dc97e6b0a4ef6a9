/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection that carries DNS messages: its seat, its deadlines, and how much it may hold. Its
 * framing knows how messages lie in its bytes (serve/framing.h).
 *
 * Thread:   of one worker. Lifetime: a stream closes and frees itself; its queries that wait for a
 *	     resolver are detached from it and end unsent.
 * Errors:   0 or -errno.
 */
#ifndef RB_SERVE_STREAM_H
#define RB_SERVE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "serve/query.h"
#include "util/seats.h"

struct event_base;

/* All streams of one worker. */
struct rb_streams {
	struct rb_seats seats;
	struct event_base *base;
	struct rb_serve *serve;
	unsigned int (*idle_timeout_ms)(const struct rb_streams *streams); /* at this moment */
	bool is_retired; /* there will be no new ones */
};

/* The client of a connection, and its protocol. */
struct rb_stream_client {
	uint8_t addr[16]; /* v4-mapped for IPv4 */
	uint16_t port;
	enum rb_speech speech;
	bool proxied; /* it is a proxy, which will name the client */
};

/* max: streams at a time. */
void rb_streams_init(struct rb_streams *streams, size_t max, struct event_base *base,
		     struct rb_serve *serve,
		     unsigned int (*idle_timeout_ms)(const struct rb_streams *streams));

/* End them as soon as they are idle; idle_timeout_ms() is called again for each. */
void rb_streams_retire(struct rb_streams *streams);
void rb_streams_close(struct rb_streams *streams);

/*
 * Takes the connected descriptor, which is closed on failure, too. If all seats are taken, another
 * stream is closed for it (see util/seats.h). -EBUSY: none may be closed.
 */
int rb_stream_open(struct rb_streams *streams, int fd, const struct rb_stream_client *client);

#endif
