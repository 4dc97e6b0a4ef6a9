/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network that takes its time: connections to one address of the loopback go on to another, and
 * what is sent is so many milliseconds on its way, in both directions.
 *
 *	delay FROM-ADDRESS TO-ADDRESS PORT MILLISECONDS
 */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>

struct network {
	struct event_base *base;
	struct sockaddr_in to;
	const struct timeval *delay; /* a queue of libevent's: what is sent first arrives first */
};

/* One end of a connection. */
struct end {
	struct network *network;
	struct bufferevent *bev;
	struct end *other;
};

/* Bytes on their way. */
struct flight {
	struct evbuffer *bytes;
	struct bufferevent *to;
};

static void on_arrival(evutil_socket_t fd, short what, void *context)
{
	struct flight *flight = context;

	(void)fd, (void)what;
	bufferevent_write_buffer(flight->to, flight->bytes);
	evbuffer_free(flight->bytes);
	bufferevent_decref(flight->to);
	free(flight);
}

static void on_read(struct bufferevent *bev, void *context)
{
	struct end *end = context;
	struct flight *flight = malloc(sizeof(*flight));

	if (!flight)
		abort();
	*flight = (struct flight){.bytes = evbuffer_new(), .to = end->other->bev};
	bufferevent_incref(flight->to);
	evbuffer_add_buffer(flight->bytes, bufferevent_get_input(bev));
	event_base_once(end->network->base, -1, EV_TIMEOUT, on_arrival, flight,
			end->network->delay);
}

static void on_event(struct bufferevent *bev, short what, void *context)
{
	struct end *end = context;

	(void)bev;
	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	bufferevent_free(end->bev);
	bufferevent_free(end->other->bev);
	free(end->other);
	free(end);
}

static void begin(struct end *end)
{
	bufferevent_setcb(end->bev, on_read, NULL, on_event, end);
	bufferevent_enable(end->bev, EV_READ | EV_WRITE);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
		      int len, void *context)
{
	struct network *network = context;
	struct end *near = calloc(1, sizeof(*near)), *far = calloc(1, sizeof(*far));
	int on = 1;

	(void)listener, (void)from, (void)len;
	if (!near || !far)
		abort();
	*near = (struct end){network,
			     bufferevent_socket_new(network->base, fd, BEV_OPT_CLOSE_ON_FREE), far};
	*far = (struct end){network,
			    bufferevent_socket_new(network->base, -1, BEV_OPT_CLOSE_ON_FREE), near};
	bufferevent_socket_connect(far->bev, (struct sockaddr *)&network->to, sizeof(network->to));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(bufferevent_getfd(far->bev), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	begin(near);
	begin(far);
}

int main(int argc, char **argv)
{
	struct network network = {.base = event_base_new(), .to = {.sin_family = AF_INET}};
	struct sockaddr_in from = {.sin_family = AF_INET};
	struct timeval delay;

	if (argc != 5 || inet_pton(AF_INET, argv[1], &from.sin_addr) != 1 ||
	    inet_pton(AF_INET, argv[2], &network.to.sin_addr) != 1) {
		fprintf(stderr, "usage: delay FROM-ADDRESS TO-ADDRESS PORT MILLISECONDS\n");
		return 2;
	}
	from.sin_port = network.to.sin_port = htons((uint16_t)atoi(argv[3]));
	delay = (struct timeval){.tv_sec = atoi(argv[4]) / 1000,
				 .tv_usec = atoi(argv[4]) % 1000 * 1000};
	network.delay = event_base_init_common_timeout(network.base, &delay);
	if (!evconnlistener_new_bind(network.base, on_accept, &network,
				     LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1,
				     (struct sockaddr *)&from, sizeof(from))) {
		perror("delay: bind");
		return 1;
	}
	return event_base_dispatch(network.base) < 0;
}
