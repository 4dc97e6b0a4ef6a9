/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics' HTTP server: one request per connection, with limits on all of it. */
#include "control/http.h"

#include <errno.h>
#include <fcntl.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/values.h"
#include "control/http_reply.h"
#include "control/kept.h"
#include "control/request.h"
#include "policy/acl.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/seats.h"

#define CONNECTIONS_MAX 32
#define BACKLOG         16
#define DEADLINE_S      5   /* from accept() to the end, whatever the client does */
#define PAUSE_MS        900 /* before accepting again when descriptors or memory ran out */
#define PACE_MS         2   /* the same when all seats are taken: a new client has at least this */

struct rb_http {
	const struct rb_control_view *view;
	char *token; /* which requests must have; NULL: none */
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *resume; /* accepting, after a pause */
	struct event *stop;   /* stop_fd is readable: the end */
	int stop_fd;
	struct rb_seats seats;
	pthread_t thread;
	bool running;
};

enum state {
	STATE_RECEIVING,    /* the request */
	STATE_SENDING,      /* the response; bytes that come meanwhile are thrown away */
	STATE_SENDING_LAST, /* the same, and the client sends no more */
	STATE_LINGERING,    /* all is sent; closing with unread bytes would reset the connection */
};

struct connection {
	struct rb_seat seat; /* first */
	struct rb_http *http;
	struct bufferevent *bev;
	struct event *deadline;
	enum state state;
};

static void connection_free(struct connection *connection)
{
	rb_seats_leave(&connection->http->seats, &connection->seat);
	if (connection->deadline)
		event_free(connection->deadline);
	if (connection->bev)
		bufferevent_free(connection->bev);
	free(connection);
}

static void on_read(struct bufferevent *bev, void *context)
{
	struct evbuffer *input = bufferevent_get_input(bev);
	struct connection *connection = context;
	struct rb_request request;
	size_t len = evbuffer_get_length(input);

	if (connection->state == STATE_RECEIVING) {
		if (len > RB_REQUEST_BYTES)
			len = RB_REQUEST_BYTES;
		request = rb_request_read((const char *)evbuffer_pullup(input, (ssize_t)len), len);
		if (request.status == RB_REQUEST_MORE)
			return;
		connection->state = STATE_SENDING;
		if (rb_http_reply(connection->http->view, connection->http->token, &request,
				  bufferevent_get_output(bev))) {
			connection_free(connection);
			return;
		}
	}
	evbuffer_drain(input, evbuffer_get_length(input));
}

static void on_written(struct bufferevent *bev, void *context)
{
	struct connection *connection = context;

	if (connection->state == STATE_SENDING_LAST) {
		connection_free(connection);
	} else if (connection->state == STATE_SENDING) {
		shutdown(bufferevent_getfd(bev), SHUT_WR);
		connection->state = STATE_LINGERING;
	}
}

static void on_event(struct bufferevent *bev, short what, void *context)
{
	struct connection *connection = context;

	(void)bev;
	if (what & BEV_EVENT_EOF && connection->state == STATE_SENDING)
		connection->state = STATE_SENDING_LAST;
	else
		connection_free(connection);
}

static void on_deadline(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	connection_free(context);
}

/* A request takes milliseconds: so the client that has been connected longest may be ended. */
static bool is_idle(const struct rb_seat *seat)
{
	(void)seat;
	return true;
}

static void make_way(struct rb_http *http, const uint8_t addr[16])
{
	if (rb_seats_are_full(&http->seats))
		connection_free(
			(struct connection *)rb_seats_yielding(&http->seats, addr, is_idle));
}

static void accepting_pause(const struct rb_http *http, unsigned int pause_ms)
{
	const struct timeval pause = {.tv_usec = (suseconds_t)pause_ms * 1000};

	evconnlistener_disable(http->listener);
	event_add(http->resume, &pause);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
		      int from_len, void *context)
{
	static const struct timeval deadline = {.tv_sec = DEADLINE_S};
	_cleanup_close_ int taken = fd;
	struct rb_http *http = context;
	struct connection *connection = calloc(1, sizeof(*connection));
	struct sockaddr_storage addr = {0};
	uint8_t mapped[16];

	(void)listener;
	if (!connection)
		return;
	if (from_len > 0 && (size_t)from_len <= sizeof(addr))
		memcpy(&addr, from, (size_t)from_len);
	rb_acl_mapped(&addr, mapped);
	make_way(http, mapped);
	rb_seats_take(&http->seats, &connection->seat, mapped);
	connection->http = http;
	connection->deadline = evtimer_new(http->base, on_deadline, connection);
	connection->bev = bufferevent_socket_new(http->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (connection->bev)
		(void)TAKE_FD(taken);
	if (!connection->bev || !connection->deadline ||
	    event_add(connection->deadline, &deadline)) {
		connection_free(connection);
		return;
	}
	bufferevent_setcb(connection->bev, on_read, on_written, on_event, connection);
	bufferevent_setwatermark(connection->bev, EV_READ, 0, RB_REQUEST_BYTES);
	bufferevent_enable(connection->bev, EV_READ | EV_WRITE);
	/* Many new clients must not push out one that has just come and was not read from yet. */
	if (rb_seats_are_full(&http->seats))
		accepting_pause(http, PACE_MS);
}

/* The connection stays in the backlog: to try again at once would spin. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
	(void)listener;
	rb_log_warn("metrics-interface: no connections for a moment (%s)",
		    strerror(EVUTIL_SOCKET_ERROR()));
	accepting_pause(context, PAUSE_MS);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
	const struct rb_http *http = context;

	(void)fd;
	(void)what;
	evconnlistener_enable(http->listener);
}

static void on_stop(evutil_socket_t fd, short events, void *context)
{
	struct rb_http *http = context;

	(void)fd;
	(void)events;
	event_base_loopbreak(http->base);
}

static void *run(void *context)
{
	struct rb_http *http = context;

	event_base_dispatch(http->base);
	return NULL;
}

void rb_http_stop(struct rb_http *http)
{
	struct rb_seat *seat;

	if (!http)
		return;
	if (http->running && !eventfd_write(http->stop_fd, 1))
		pthread_join(http->thread, NULL);
	while ((seat = TAILQ_FIRST(&http->seats.list)))
		connection_free((struct connection *)seat);
	if (http->listener)
		evconnlistener_free(http->listener);
	if (http->resume)
		event_free(http->resume);
	if (http->stop)
		event_free(http->stop);
	if (http->base)
		event_base_free(http->base);
	rb_closep(&http->stop_fd);
	free(http->token);
	free(http);
}

static void http_stopp(struct rb_http **http)
{
	rb_http_stop(*http);
}

int rb_http_listen(const char *interface, struct rb_inherited *inherited, int *ret_fd)
{
	struct sockaddr_storage addr;

	if (!rb_value_address(interface, RB_METRICS_PORT, &addr))
		return -EINVAL;
	return rb_kept_tcp(inherited, "metrics", &addr, BACKLOG, ret_fd);
}

static int listen_at(struct rb_http *http, int listening_fd)
{
	_cleanup_close_ int fd = fcntl(listening_fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	/* Backlog 0: the descriptor is listening already. */
	http->listener = evconnlistener_new(http->base, on_accept, http,
					    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!http->listener)
		return -ENOMEM;
	(void)TAKE_FD(fd);
	evconnlistener_set_error_cb(http->listener, on_accept_error);
	return 0;
}

static int thread_start(struct rb_http *http)
{
	sigset_t all, before;
	int err;

	/* Signals are for main. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&http->thread, NULL, run, http);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	http->running = !err;
	return -err;
}

int rb_http_start(int fd, const char *token, const struct rb_control_view *view,
		  struct rb_http **ret_http)
{
	_cleanup_(http_stopp) struct rb_http *http = calloc(1, sizeof(*http));
	int err;

	if (!http)
		return -ENOMEM;
	http->view = view;
	http->token = token && *token ? strdup(token) : NULL;
	if (token && *token && !http->token)
		return -ENOMEM;
	rb_seats_init(&http->seats, CONNECTIONS_MAX);
	http->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (http->stop_fd < 0)
		return -errno;
	http->base = event_base_new();
	if (!http->base)
		return -ENOMEM;
	http->stop = event_new(http->base, http->stop_fd, EV_READ, on_stop, http);
	http->resume = evtimer_new(http->base, on_resume, http);
	if (!http->stop || !http->resume || event_add(http->stop, NULL))
		return -ENOMEM;
	err = listen_at(http, fd);
	if (!err)
		err = thread_start(http);
	if (err)
		return err;
	*ret_http = TAKE_PTR(http);
	return 0;
}
