/* SPDX-License-Identifier: BSD-2-Clause */
/* A TLS connection to a server. */
#include "upstream/connection.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "upstream/socket.h"
#include "upstream/tap.h"
#include "upstream/tls.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/tls_read.h"
#include "util/tls_write.h"

#define HANDSHAKE_NS  (3 * RB_NS_PER_S)  /* for TCP and TLS together */
#define SILENCE_NS    (5 * RB_NS_PER_S)  /* with queries under way */
#define IDLE_NS       (10 * RB_NS_PER_S) /* without */
#define ABANDONED_MAX 2
#define ABANDONED_NS  (2 * RB_NS_PER_S) /* assumed for an answer that did not come */
#define STRANGE_MAX   256
#define LENGTH_BYTES  2
#define READ_MAX      (128 << 10)

static void forget(struct rb_upstream_connection *connection, unsigned int slot)
{
	connection->slots[slot].query->connection = NULL;
	connection->slots[slot].query = NULL;
	connection->pending--;
}

static void parts_free(struct rb_upstream_connection *connection)
{
	if (connection->timer)
		event_free(connection->timer);
	if (connection->flush)
		event_free(connection->flush);
	if (connection->staged)
		evbuffer_free(connection->staged);
}

void rb_upstream_connection_free(struct rb_upstream_connection *connection)
{
	for (unsigned int i = 0; i < RB_UPSTREAM_SLOTS; i++)
		if (connection->slots[i].query)
			forget(connection, i);
	TAILQ_REMOVE(&connection->server->connections, connection, entry);
	connection->server->connection_count--;
	bufferevent_free(connection->stream);
	parts_free(connection);
	free(connection);
}

/* Its queries are given back once it is gone. */
static void end(struct rb_upstream_connection *connection)
{
	struct rb_upstreams *upstreams = connection->server->upstreams;
	struct rb_upstream_query *lost[RB_UPSTREAM_SLOTS];
	bool progress = connection->answered > 0;
	unsigned int count = 0;

	for (unsigned int i = 0; i < RB_UPSTREAM_SLOTS; i++)
		if (connection->slots[i].query)
			lost[count++] = connection->slots[i].query;
	rb_upstream_connection_free(connection);
	while (count)
		upstreams->on_lost(lost[--count], progress);
}

static void fail(struct rb_upstream_connection *connection, enum rb_upstream_failure failure,
		 const char *text)
{
	struct rb_upstream_server *server = connection->server;

	/*
	 * A server that rejects a ticket may work well without one: that does not count against it.
	 */
	if (connection->state == RB_UPSTREAM_CONNECTING && connection->resuming &&
	    failure != RB_UPSTREAM_CONNECT && failure != RB_UPSTREAM_TIMEOUT) {
		rb_upstream_count(server->upstreams->counters, RB_UPSTREAM_FAILED + failure);
		SSL_SESSION_free(server->session);
		server->session = NULL;
	} else {
		rb_upstream_server_fails(server, failure, text);
	}
	end(connection);
}

/* A server that has answered may close the connection at any time. */
static void closed(struct rb_upstream_connection *connection, enum rb_upstream_failure failure,
		   const char *text)
{
	if (!connection->answered && connection->pending) {
		fail(connection, failure, text);
		return;
	}
	if (connection->pending)
		connection->server->window = 1;
	/* Otherwise OpenSSL would consider its session bad. */
	SSL_set_shutdown(bufferevent_openssl_get_ssl(connection->stream),
			 SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	end(connection);
}

static void timer_start(struct rb_upstream_connection *connection, uint64_t in_ns)
{
	const struct timeval in = {.tv_sec = (time_t)(in_ns / RB_NS_PER_S),
				   .tv_usec = (suseconds_t)(in_ns % RB_NS_PER_S / 1000)};

	evtimer_add(connection->timer, &in);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rb_upstream_connection *connection = arg;
	uint64_t silent_ns = rb_clock_ns() - connection->heard_ns;
	uint64_t patience_ns = connection->pending ? SILENCE_NS : IDLE_NS;

	(void)fd;
	(void)what;
	if (connection->state == RB_UPSTREAM_CONNECTING) {
		fail(connection, RB_UPSTREAM_TIMEOUT, "no connection in time");
	} else if (silent_ns < patience_ns) {
		timer_start(connection, patience_ns - silent_ns);
	} else if (connection->pending) {
		fail(connection, RB_UPSTREAM_TIMEOUT, "it does not answer");
	} else {
		SSL_shutdown(bufferevent_openssl_get_ssl(connection->stream));
		end(connection);
	}
}

static void on_turn_over(evutil_socket_t fd, short what, void *arg)
{
	struct rb_upstream_connection *connection = arg;

	(void)fd;
	(void)what;
	rb_tls_write(connection->stream, bufferevent_openssl_get_ssl(connection->stream),
		     connection->staged);
}

static void on_ready(struct rb_upstream_connection *connection)
{
	struct rb_upstream_server *server = connection->server;
	SSL *ssl = bufferevent_openssl_get_ssl(connection->stream);

	rb_upstream_count(server->upstreams->counters, RB_UPSTREAM_HANDSHAKES);
	if (SSL_session_reused(ssl))
		rb_upstream_count(server->upstreams->counters, RB_UPSTREAM_RESUMED);
	rb_log_debug("upstream %s: %s, %s", server->plan->text, SSL_get_version(ssl),
		     SSL_get_cipher_name(ssl));
	connection->state = RB_UPSTREAM_READY;
	connection->heard_ns = rb_clock_ns();
	timer_start(connection, SILENCE_NS);
}

static void on_event(struct bufferevent *stream, short what, void *arg)
{
	struct rb_upstream_connection *connection = arg;
	int socket_error = EVUTIL_SOCKET_ERROR();
	enum rb_upstream_failure failure;
	const char *text;

	if (what & BEV_EVENT_CONNECTED) {
		on_ready(connection);
		return;
	}
	failure = rb_upstream_tls_failure(bufferevent_openssl_get_ssl(stream),
					  bufferevent_get_openssl_error(stream),
					  what & BEV_EVENT_ERROR ? socket_error : 0, &text);
	if (connection->state == RB_UPSTREAM_CONNECTING)
		fail(connection, failure, text);
	else
		closed(connection, failure, text);
}

/* Returns whether the connection still exists. */
static bool response_take(struct rb_upstream_connection *connection, uint8_t *response, size_t len)
{
	struct rb_upstreams *upstreams = connection->server->upstreams;
	struct rb_upstream_query *query;
	enum rb_upstream_verdict verdict;
	uint8_t slot;

	if (len < RB_UPSTREAM_HEADER_BYTES) {
		fail(connection, RB_UPSTREAM_GARBAGE, "it sends what is no response");
		return false;
	}
	slot = response[1];
	query = connection->slots[slot].query;
	if (!query || response[0] != connection->slots[slot].times) {
		/*
		 * A response that nobody waits for any more; only a bounded number of those is
		 * accepted.
		 */
		if (++connection->strange <= STRANGE_MAX)
			return true;
		fail(connection, RB_UPSTREAM_GARBAGE, "it answers what it was not asked");
		return false;
	}
	verdict = rb_upstream_response_check(query->bytes, query->len, response, len);
	if (verdict == RB_UPSTREAM_NONSENSE) {
		fail(connection, RB_UPSTREAM_GARBAGE, "it sends what is no response");
		return false;
	}
	if (rb_upstream_tap)
		rb_upstream_tap_received(rb_upstream_tap, bufferevent_getfd(connection->stream),
					 response, len, NULL);
	forget(connection, slot);
	connection->heard_ns = rb_clock_ns();
	connection->answered_ns = connection->heard_ns;
	connection->abandoned = 0;
	if (++connection->answered == RB_UPSTREAM_WINDOW)
		connection->server->window = RB_UPSTREAM_WINDOW;
	rb_upstream_server_works(connection->server);
	rb_upstream_server_took(connection->server, connection->heard_ns - query->asked_ns);
	if (verdict == RB_UPSTREAM_ANSWER)
		upstreams->on_response(query, response, len);
	else
		upstreams->on_useless(query);
	return true;
}

/* Takes every complete response from the input. Returns whether the connection still exists. */
static bool responses_take(struct rb_upstream_connection *connection)
{
	struct evbuffer *input = bufferevent_get_input(connection->stream);
	size_t len;

	for (;;) {
		uint8_t *frame = evbuffer_pullup(input, LENGTH_BYTES);

		if (!frame)
			return true;
		len = (size_t)(frame[0] << 8 | frame[1]);
		if (evbuffer_get_length(input) < LENGTH_BYTES + len)
			return true;
		frame = evbuffer_pullup(input, (ev_ssize_t)(LENGTH_BYTES + len));
		if (!frame) {
			fail(connection, RB_UPSTREAM_CLOSED, strerror(ENOMEM));
			return false;
		}
		if (!response_take(connection, frame + LENGTH_BYTES, len))
			return false;
		evbuffer_drain(input, LENGTH_BYTES + len);
	}
}

static void on_readable(struct bufferevent *stream, void *arg)
{
	struct rb_upstream_connection *connection = arg;
	SSL *ssl = bufferevent_openssl_get_ssl(stream);
	enum rb_upstream_failure failure;
	int more, socket_error;
	unsigned long error;
	const char *text;

	do {
		more = rb_tls_read(ssl, bufferevent_get_input(stream), READ_MAX);
		socket_error = more == SSL_ERROR_SYSCALL ? errno : 0;
		error = ERR_peek_last_error();
		if (!responses_take(connection))
			return;
	} while (more == SSL_ERROR_NONE);
	if (more == SSL_ERROR_WANT_READ)
		return;
	failure = rb_upstream_tls_failure(ssl, error, socket_error, &text);
	closed(connection, failure, text);
}

/* From here on the stream owns the descriptor and OpenSSL's state. */
static int stream_open(struct rb_upstream_connection *connection)
{
	struct rb_upstream_server *server = connection->server;
	struct rb_upstreams *upstreams = server->upstreams;
	_cleanup_close_ int fd = -1;
	int err = rb_upstream_socket_open(server, &fd);
	SSL *ssl;

	if (err)
		return err;
	connection->resuming = server->session != NULL;
	ssl = rb_upstream_tls_open(upstreams->tls, upstreams->plan, server);
	if (!ssl)
		return -ENOMEM;
	connection->stream =
		bufferevent_openssl_socket_new(upstreams->base, fd, ssl, BUFFEREVENT_SSL_CONNECTING,
					       BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (!connection->stream) {
		SSL_free(ssl);
		return -ENOMEM;
	}
	(void)TAKE_FD(fd);
	bufferevent_openssl_set_allow_dirty_shutdown(connection->stream, 1);
	bufferevent_setcb(connection->stream, on_readable, NULL, on_event, connection);
	bufferevent_setwatermark(connection->stream, EV_READ, 0, READ_MAX);
	bufferevent_enable(connection->stream, EV_READ | EV_WRITE);
	return 0;
}

int rb_upstream_connection_open(struct rb_upstream_server *server,
				struct rb_upstream_connection **ret_connection)
{
	_cleanup_free_ struct rb_upstream_connection *connection = calloc(1, sizeof(*connection));
	int err;

	if (!connection)
		return -ENOMEM;
	connection->server = server;
	connection->heard_ns = rb_clock_ns();
	connection->timer = evtimer_new(server->upstreams->base, on_timer, connection);
	connection->flush = evtimer_new(server->upstreams->base, on_turn_over, connection);
	connection->staged = evbuffer_new();
	err = connection->timer && connection->flush && connection->staged ? 0 : -ENOMEM;
	if (!err) {
		rb_upstream_count(server->upstreams->counters, RB_UPSTREAM_CONNECTIONS);
		err = stream_open(connection);
	}
	if (err) {
		parts_free(connection);
		return err;
	}
	timer_start(connection, HANDSHAKE_NS);
	TAILQ_INSERT_TAIL(&server->connections, connection, entry);
	server->connection_count++;
	*ret_connection = TAKE_PTR(connection);
	return 0;
}

int rb_upstream_connection_send(struct rb_upstream_connection *connection,
				struct rb_upstream_query *query)
{
	uint8_t frame[LENGTH_BYTES + RB_UPSTREAM_QUERY_BYTES_MAX];
	unsigned int slot = 0;

	while (slot < RB_UPSTREAM_SLOTS && connection->slots[slot].query)
		slot++;
	if (slot == RB_UPSTREAM_SLOTS)
		return -EAGAIN;
	frame[0] = (uint8_t)(query->len >> 8);
	frame[1] = (uint8_t)query->len;
	memcpy(frame + LENGTH_BYTES, query->bytes, query->len);
	frame[2] = ++connection->slots[slot].times;
	frame[3] = (uint8_t)slot;
	if (evbuffer_add(connection->staged, frame, LENGTH_BYTES + query->len))
		return -ENOMEM;
	if (rb_upstream_tap)
		rb_upstream_tap_sent(rb_upstream_tap, bufferevent_getfd(connection->stream),
				     RB_UPSTREAM_OVER_TLS, frame + LENGTH_BYTES, query->len,
				     (const struct sockaddr *)&connection->server->plan->addr);
	event_active(connection->flush, EV_TIMEOUT, 0);
	query->connection = connection;
	query->slot = (uint8_t)slot;
	query->asked_ns = rb_clock_ns();
	connection->slots[slot].query = query;
	/* From here on its silence counts. */
	if (!connection->pending++ && connection->state == RB_UPSTREAM_READY) {
		connection->heard_ns = query->asked_ns;
		timer_start(connection, SILENCE_NS);
	}
	return 0;
}

void rb_upstream_connection_withdraw(struct rb_upstream_query *query)
{
	if (query->connection)
		forget(query->connection, query->slot);
}

void rb_upstream_connection_abandon(struct rb_upstream_query *query)
{
	struct rb_upstream_connection *connection = query->connection;

	forget(connection, query->slot);
	rb_upstream_server_took(connection->server, ABANDONED_NS);
	if (++connection->abandoned >= ABANDONED_MAX && connection->state == RB_UPSTREAM_READY)
		fail(connection, RB_UPSTREAM_TIMEOUT, "it does not answer");
}
