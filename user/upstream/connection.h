/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TLS connection to a server: queries one behind the other, responses in any order (RFC 7766
 * 6.2.1.1), told apart by IDs of ours.
 *
 * Thread:   one event loop's.
 * Lifetime: it ends by itself: idle, failed or closed by the server; what it has not answered is
 *	   given back by on_lost.
 */
#ifndef RB_UPSTREAM_CONNECTION_H
#define RB_UPSTREAM_CONNECTION_H

#include <event2/bufferevent.h>
#include <event2/event.h>

#include "upstream/message.h"
#include "upstream/server.h"

#define RB_UPSTREAM_SLOTS  256 /* queries under way on one connection */
#define RB_UPSTREAM_WINDOW 128

/* What the connection knows of a query. The relay's query begins with it. */
struct rb_upstream_query {
	struct rb_upstream_connection *connection; /* that has it; NULL: none */
	uint8_t slot;
	uint64_t asked_ns; /* when the connection got it */
	size_t len;
	uint8_t bytes[RB_UPSTREAM_QUERY_BYTES_MAX]; /* as it is sent, but for the ID */
};

struct rb_upstream_connection {
	TAILQ_ENTRY(rb_upstream_connection) entry;
	struct rb_upstream_server *server;
	struct bufferevent *stream;
	struct evbuffer *staged; /* queries of this iteration of the loop: one record */
	struct event *flush;     /* when the iteration is over */
	struct event *timer;
	enum {
		RB_UPSTREAM_CONNECTING, /* TCP and TLS */
		RB_UPSTREAM_READY,
	} state;
	bool resuming;          /* a session was offered */
	uint64_t heard_ns;      /* the last response; else when it was opened or became ready */
	unsigned int pending;   /* queries under way */
	unsigned int answered;  /* responses to our queries */
	uint64_t answered_ns;   /* the last of them */
	unsigned int abandoned; /* queries given up since then */
	unsigned int strange;   /* responses to none of them */
	struct {
		struct rb_upstream_query *query;
		uint8_t times; /* so that a late response is not taken for the next one */
	} slots[RB_UPSTREAM_SLOTS];
};

int rb_upstream_connection_open(struct rb_upstream_server *server,
				struct rb_upstream_connection **ret_connection);

/* -EAGAIN: the connection is full. */
int rb_upstream_connection_send(struct rb_upstream_connection *connection,
				struct rb_upstream_query *query);

/* Stop waiting for the query's response. */
void rb_upstream_connection_withdraw(struct rb_upstream_query *query);

/*
 * No response has come since the query was sent, so another server is asked. If that happens again
 * on this connection, nothing more is expected of it.
 */
void rb_upstream_connection_abandon(struct rb_upstream_query *query);

/* Close it at once, without telling anybody. */
void rb_upstream_connection_free(struct rb_upstream_connection *connection);

#endif
