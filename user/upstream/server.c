/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that is asked over TLS. */
#include "upstream/server.h"

#include <errno.h>
#include <string.h>

#include "upstream/connection.h"
#include "util/clock.h"
#include "util/log.h"

#define CONNECTIONS_MAX 4
#define HOLD_FIRST_NS   RB_NS_PER_S
#define HOLD_STEPS_MAX  5 /* each twice as long as the one before: half a minute */
#define SILENCE_NS      (600 * RB_NS_PER_MS)

void rb_upstream_server_init(struct rb_upstream_server *server, struct rb_upstreams *upstreams,
			     const struct rb_upstream_server_plan *plan)
{
	*server = (struct rb_upstream_server){
		.plan = plan,
		.upstreams = upstreams,
		.window = RB_UPSTREAM_WINDOW,
	};
	TAILQ_INIT(&server->connections);
}

void rb_upstream_server_close(struct rb_upstream_server *server)
{
	struct rb_upstream_connection *connection;

	while ((connection = TAILQ_FIRST(&server->connections)))
		rb_upstream_connection_free(connection);
	SSL_SESSION_free(server->session);
	server->session = NULL;
}

/* The connection with the fewest pending queries. */
static struct rb_upstream_connection *idlest(const struct rb_upstream_server *server)
{
	struct rb_upstream_connection *best = NULL, *connection;

	TAILQ_FOREACH(connection, &server->connections, entry)
	if (!best || connection->pending < best->pending)
		best = connection;
	return best;
}

static int connection_open(struct rb_upstream_server *server,
			   struct rb_upstream_connection **ret_connection)
{
	int err = rb_upstream_connection_open(server, ret_connection);

	if (err)
		rb_upstream_server_fails(server, RB_UPSTREAM_CONNECT, strerror(-err));
	return err;
}

int rb_upstream_server_ask(struct rb_upstream_server *server, struct rb_upstream_query *query)
{
	struct rb_upstream_connection *connection = idlest(server);
	int err = 0;

	if (!connection ||
	    (connection->pending >= server->window && server->connection_count < CONNECTIONS_MAX))
		err = connection_open(server, &connection);
	return err ? err : rb_upstream_connection_send(connection, query);
}

enum rb_upstream_state rb_upstream_server_state(struct rb_upstream_server *server, uint64_t now_ns)
{
	struct rb_upstream_connection *connection;
	bool silent = false;

	if (server->withdrawn)
		return RB_UPSTREAM_HELD;
	TAILQ_FOREACH(connection, &server->connections, entry)
	{
		if (connection->state == RB_UPSTREAM_READY && !connection->pending)
			return RB_UPSTREAM_GOOD;
		silent |= connection->state == RB_UPSTREAM_CONNECTING &&
			  now_ns - connection->heard_ns > SILENCE_NS;
	}
	if (!server->failures)
		return silent ? RB_UPSTREAM_DOUBTFUL : RB_UPSTREAM_GOOD;
	if (now_ns < server->held_until_ns)
		return RB_UPSTREAM_HELD;
	/* No query waits for the result. */
	if (TAILQ_EMPTY(&server->connections) && connection_open(server, &connection))
		return RB_UPSTREAM_HELD;
	return RB_UPSTREAM_DOUBTFUL;
}

bool rb_upstream_server_is_last_resort(const struct rb_upstream_server *server, uint64_t now_ns)
{
	return !server->withdrawn && now_ns - server->failed_ns >= HOLD_FIRST_NS;
}

void rb_upstream_server_works(struct rb_upstream_server *server)
{
	if (server->failures)
		rb_log_notice("upstream %s works again", server->plan->text);
	server->failures = 0;
}

void rb_upstream_server_took(struct rb_upstream_server *server, uint64_t took_ns)
{
	server->rtt_ns = server->rtt_ns ? (7 * server->rtt_ns + took_ns) / 8 : took_ns;
}

void rb_upstream_server_fails(struct rb_upstream_server *server, enum rb_upstream_failure failure,
			      const char *text)
{
	unsigned int steps = server->failures < HOLD_STEPS_MAX ? server->failures : HOLD_STEPS_MAX;

	rb_upstream_count(server->upstreams->counters, RB_UPSTREAM_FAILED + failure);
	if (!server->failures)
		rb_log_warn("upstream %s fails: %s%s; it is tried again, and not asked without TLS",
			    server->plan->text,
			    failure == RB_UPSTREAM_CERTIFICATE ? "its certificate is not accepted: "
							       : "",
			    text);
	server->failures++;
	server->failed_ns = rb_clock_ns();
	server->held_until_ns = server->failed_ns + (HOLD_FIRST_NS << steps);
}
