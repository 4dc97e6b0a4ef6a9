/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that is asked over TLS: its connections, how quick it is, and whether it is to be left
 * alone for a while.
 *
 * Thread: one event loop's. Errors: 0 or -errno.
 */
#ifndef RB_UPSTREAM_SERVER_H
#define RB_UPSTREAM_SERVER_H

#include <event2/event.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "upstream/counters.h"
#include "upstream/plan.h"

struct rb_upstream_connection;
struct rb_upstream_query;

/* What all servers of a process share. */
struct rb_upstreams {
	struct event_base *base;
	const struct rb_upstream_plan *plan;
	struct rb_upstream_counters *counters;
	SSL_CTX *tls;
	/* A response that belongs to the query, with the server's ID. It is in no connection's hands
	 * any more, nor after the others. */
	void (*on_response)(struct rb_upstream_query *query, uint8_t *response, size_t len);
	/* It is of no use. */
	void (*on_useless)(struct rb_upstream_query *query);
	/* Its connection has ended. progress: it had answered others. */
	void (*on_lost)(struct rb_upstream_query *query, bool progress);
};

struct rb_upstream_server {
	const struct rb_upstream_server_plan *plan;
	struct rb_upstreams *upstreams;
	TAILQ_HEAD(, rb_upstream_connection) connections;
	unsigned int connection_count;
	SSL_SESSION *session;   /* to be resumed; NULL: none */
	uint64_t rtt_ns;        /* smoothed, of answers; 0: not known */
	unsigned int window;    /* queries that a connection is given while there may be another */
	unsigned int failures;  /* since it last worked */
	uint64_t failed_ns;     /* the last of them */
	uint64_t held_until_ns; /* until then others are asked, if possible */
	bool withdrawn;         /* its host is not at this address, so far or any more */
};

void rb_upstream_server_init(struct rb_upstream_server *server, struct rb_upstreams *upstreams,
			     const struct rb_upstream_server_plan *plan);

/* End its connections without telling anybody. */
void rb_upstream_server_close(struct rb_upstream_server *server);

/* Give it the query, on a connection that may have to be opened first. */
int rb_upstream_server_ask(struct rb_upstream_server *server, struct rb_upstream_query *query);

enum rb_upstream_state {
	RB_UPSTREAM_GOOD,     /* or not known to be anything else */
	RB_UPSTREAM_DOUBTFUL, /* it does not say anything, or is being tried again */
	RB_UPSTREAM_HELD,     /* it failed a moment ago */
};

/* If it may have recovered, find out. */
enum rb_upstream_state rb_upstream_server_state(struct rb_upstream_server *server, uint64_t now_ns);

/* Whether it may be asked although it failed, since there is nobody else. */
bool rb_upstream_server_is_last_resort(const struct rb_upstream_server *server, uint64_t now_ns);

/* For its connections: */
void rb_upstream_server_works(struct rb_upstream_server *server);
void rb_upstream_server_took(struct rb_upstream_server *server, uint64_t took_ns);
void rb_upstream_server_fails(struct rb_upstream_server *server, enum rb_upstream_failure failure,
			      const char *text);

#endif
