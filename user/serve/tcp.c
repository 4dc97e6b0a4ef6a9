/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries over TCP: accepts within limits, and has what all connections of a worker share. */
#include "serve/tcp.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "serve/proxied.h"
#include "serve/stream.h"
#include "util/cleanup.h"
#include "util/log.h"

#define PAUSE_MS       100 /* before accepting again when descriptors or memory ran out */
#define PACE_MS        2   /* the same when all seats are taken: a new client has at least this */
#define TIMEOUT_MIN_MS 200
#define RETIRED_MS     200 /* for a client that has just written when the server retires */

struct tcp_listener {
	struct rb_tcp *tcp;
	struct evconnlistener *events;
	struct sockaddr_storage addr;
};

struct rb_tcp {
	struct event_base *base;
	struct rb_serve *serve;
	struct tcp_listener **listeners;
	size_t listener_count;
	struct event *resume; /* after a pause */
	struct rb_streams streams;
};

/*
 * How long a connection may be idle: the more there are, the shorter, by Unbound's steps.
 */
static unsigned int idle_timeout_ms(const struct rb_streams *streams)
{
	const struct rb_config *config = streams->serve->config;
	unsigned int used = (unsigned int)(streams->seats.count * 100 / streams->seats.max);
	unsigned int timeout_ms = config->edns_tcp_keepalive ? config->edns_tcp_keepalive_timeout_ms
							     : config->tcp_idle_timeout_ms;

	if (streams->is_retired)
		return RETIRED_MS;
	if (used > 80)
		timeout_ms = 0;
	else if (used > 65)
		timeout_ms /= 500;
	else if (used > 50)
		timeout_ms /= 100;
	return timeout_ms > TIMEOUT_MIN_MS ? timeout_ms : TIMEOUT_MIN_MS;
}

/* Only this listener: clients of other addresses need not wait behind the same crowd. */
static void accepting_pause(const struct rb_tcp *tcp, struct evconnlistener *listener,
			    unsigned int pause_ms)
{
	const struct timeval pause = {.tv_usec = (suseconds_t)pause_ms * 1000};

	evconnlistener_disable(listener);
	event_add(tcp->resume, &pause);
}

/* By the present configuration: a reload may have changed it since the listener was made. */
static struct rb_stream_client client_at(const struct tcp_listener *listener)
{
	const struct rb_listen *listen =
		rb_config_listen_at(listener->tcp->serve->config, &listener->addr);

	return listen ? (struct rb_stream_client){.speech = listen->speech,
						  .proxied = listen->proxied}
		      : (struct rb_stream_client){.speech = RB_SPEECH_DNS};
}

static bool may_connect(const struct rb_serve *serve, const struct rb_stream_client *client)
{
	return client->proxied ? rb_proxied_allows(serve->config, client->addr)
			       : rb_acl_check(serve->acl, client->addr) != RB_ACL_DENY;
}

static void on_accept(struct evconnlistener *events, evutil_socket_t fd, struct sockaddr *addr,
		      int len, void *context)
{
	_cleanup_close_ int taken = fd;
	const struct tcp_listener *listener = context;
	struct rb_tcp *tcp = listener->tcp;
	struct rb_stream_client client = client_at(listener);
	struct sockaddr_storage from = {0};
	int on = 1;

	if (len > 0 && (size_t)len <= sizeof(from))
		memcpy(&from, addr, (size_t)len);
	rb_acl_mapped(&from, client.addr);
	client.port = rb_acl_port(&from);
	if (!may_connect(tcp->serve, &client)) {
		rb_serve_count(&tcp->serve->counters.dropped[RB_TRANSPORT_TCP]);
		return;
	}
	if (client.speech != RB_SPEECH_HTTPS || tcp->serve->config->secure.http_nodelay)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)rb_stream_open(&tcp->streams, TAKE_FD(taken), &client);
	/* Many new clients must not push out one that has just come and was not read from yet. */
	if (rb_seats_are_full(&tcp->streams.seats))
		accepting_pause(tcp, events, PACE_MS);
}

/* Out of descriptors or memory: the connection stays in the backlog, and would spin here. */
static void on_accept_error(struct evconnlistener *events, void *context)
{
	const struct tcp_listener *listener = context;

	rb_log_warn("no connections over TCP for a moment (%s)", strerror(EVUTIL_SOCKET_ERROR()));
	accepting_pause(listener->tcp, events, PAUSE_MS);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
	struct rb_tcp *tcp = context;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < tcp->listener_count; i++)
		evconnlistener_enable(tcp->listeners[i]->events);
}

static void listener_free(struct tcp_listener *listener)
{
	if (listener->events)
		evconnlistener_free(listener->events);
	free(listener);
}

void rb_tcp_free(struct rb_tcp *tcp)
{
	if (!tcp)
		return;
	rb_streams_close(&tcp->streams);
	for (size_t i = 0; i < tcp->listener_count; i++)
		listener_free(tcp->listeners[i]);
	if (tcp->resume)
		event_free(tcp->resume);
	free(tcp->listeners);
	free(tcp);
}

static void tcp_freep(struct rb_tcp **tcp)
{
	rb_tcp_free(*tcp);
}

int rb_tcp_add(struct rb_tcp *tcp, int fd)
{
	struct tcp_listener **listeners = reallocarray(tcp->listeners, tcp->listener_count + 1,
						       sizeof(struct tcp_listener *));
	struct tcp_listener *listener = calloc(1, sizeof(*listener));
	socklen_t addr_len = sizeof(listener->addr);

	if (listeners)
		tcp->listeners = listeners;
	if (!listeners || !listener) {
		free(listener);
		return -ENOMEM;
	}
	listener->tcp = tcp;
	/* If it fails, which it cannot, the protocol is plain DNS. */
	if (getsockname(fd, (struct sockaddr *)&listener->addr, &addr_len))
		listener->addr.ss_family = AF_UNSPEC;
	/* Backlog 0: the descriptor is listening already. */
	listener->events =
		evconnlistener_new(tcp->base, on_accept, listener, LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!listener->events) {
		free(listener);
		return -ENOMEM;
	}
	evconnlistener_set_error_cb(listener->events, on_accept_error);
	tcp->listeners[tcp->listener_count++] = listener;
	return 0;
}

void rb_tcp_retire(struct rb_tcp *tcp)
{
	event_del(tcp->resume);
	while (tcp->listener_count)
		listener_free(tcp->listeners[--tcp->listener_count]);
	rb_streams_retire(&tcp->streams);
}

int rb_tcp_new(struct event_base *base, struct rb_serve *serve, const int *fds, size_t count,
	       struct rb_tcp **ret_tcp)
{
	_cleanup_(tcp_freep) struct rb_tcp *tcp = calloc(1, sizeof(*tcp));
	int err = 0;

	if (!tcp)
		return -ENOMEM;
	tcp->base = base;
	tcp->serve = serve;
	rb_streams_init(&tcp->streams, serve->config->incoming_num_tcp, base, serve,
			idle_timeout_ms);
	tcp->resume = evtimer_new(base, on_resume, tcp);
	if (!tcp->resume)
		return -ENOMEM;
	for (size_t i = 0; i < count && !err; i++)
		err = rb_tcp_add(tcp, fds[i]);
	if (err)
		return err;
	*ret_tcp = TAKE_PTR(tcp);
	return 0;
}
