/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries from UDP sockets, received and answered in batches. */
#include "serve/udp.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "serve/ahead.h"
#include "serve/frame.h"
#include "serve/proxied.h"
#include "serve/socket.h"
#include "serve/udp_route.h"
#include "util/cleanup.h"

#define BATCH        64
#define BUSY         4    /* messages at once: while they are answered, more come */
#define ROUNDS       8    /* batches before other transports have their turn */
#define MESSAGE_ROOM 4096 /* bytes of the largest query; a sane one has 300 */

struct udp_pending {
	struct rb_pending pending;
	struct rb_udp_route route;
	int fd;
};

struct udp_socket {
	LIST_ENTRY(udp_socket) entry;
	struct rb_udp *udp;
	struct event *event;
	int fd;
	struct sockaddr_storage bound;
	struct rb_acl_destination destination; /* the same */
	bool proxied; /* a header of the PROXY protocol is in front of each datagram */
};

/* All sockets of a worker share the batch: they are read one after the other. */
struct rb_udp {
	struct event_base *base;
	struct rb_serve *serve;
	LIST_HEAD(udp_sockets, udp_socket) sockets;
	uint8_t *buffers; /* BATCH of room bytes: a query, and its reply in its place */
	size_t room;
	struct rb_udp_route routes[BATCH];
	struct iovec iovs[BATCH];
	struct mmsghdr received[BATCH];
	struct mmsghdr replies[BATCH];
	struct rb_look_ahead ahead;
};

static void message_header(struct msghdr *header, struct rb_udp_route *route, struct iovec *iov)
{
	memset(header, 0, sizeof(*header));
	header->msg_name = &route->peer;
	header->msg_namelen = route->peer_len;
	header->msg_control = route->control_len ? route->control : NULL;
	header->msg_controllen = route->control_len;
	header->msg_iov = iov;
	header->msg_iovlen = 1;
}

static void udp_finish(struct rb_serve *serve, struct rb_pending *base, uint8_t *reply, size_t len)
{
	struct udp_pending *pending = (struct udp_pending *)base;
	struct iovec iov = {.iov_base = reply, .iov_len = len};
	struct msghdr header;

	if (!len)
		return;
	message_header(&header, &pending->route, &iov);
	if (sendmsg(pending->fd, &header, 0) < 0)
		rb_serve_count(&serve->counters.dropped[RB_TRANSPORT_UDP]);
	else
		rb_serve_count(&serve->counters.replies[RB_TRANSPORT_UDP]);
}

static const struct rb_path udp_path = {
	.transport = RB_TRANSPORT_UDP,
	.pending_bytes = sizeof(struct udp_pending),
	.finish = udp_finish,
};

/* Make the first count places of the batch ready to receive again. */
static void batch_prepare(struct rb_udp *udp, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		udp->routes[i].peer_len = sizeof(udp->routes[i].peer);
		udp->routes[i].control_len = sizeof(udp->routes[i].control);
		udp->iovs[i].iov_base = udp->buffers + i * udp->room;
		udp->iovs[i].iov_len = MESSAGE_ROOM;
		message_header(&udp->received[i].msg_hdr, &udp->routes[i], &udp->iovs[i]);
	}
}

/* How many datagrams came. The batch is ready: whoever used a part has prepared that again. */
static size_t batch_receive(struct rb_udp *udp, int fd)
{
	int got = recvmmsg(fd, udp->received, BATCH, MSG_DONTWAIT, NULL);

	return got > 0 ? (size_t)got : 0;
}

/* Replies that the socket does not accept are lost, as datagrams may be. */
static void batch_send(struct rb_udp *udp, int fd, size_t count)
{
	struct rb_serve_counters *counters = &udp->serve->counters;
	size_t done = 0;

	while (done < count) {
		int sent = sendmmsg(fd, udp->replies + done, (unsigned int)(count - done), 0);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			rb_serve_count(&counters->dropped[RB_TRANSPORT_UDP]);
			done++;
			continue;
		}
		for (int i = 0; i < sent; i++)
			rb_serve_count(&counters->replies[RB_TRANSPORT_UDP]);
		done += (size_t)sent;
	}
}

/* Take the message behind the header, and its client. The reply goes to the proxy. */
static bool header_take(const struct rb_udp *udp, struct rb_received *received)
{
	struct rb_proxy_header header;

	if (!rb_proxied_allows(udp->serve->config, received->client) ||
	    rb_proxy_header_parse(received->message, received->len, &header) != 1)
		return false;
	received->message += header.len;
	received->len -= header.len;
	received->out += header.len;
	received->room -= header.len;
	if (!header.is_own) {
		memcpy(received->client, header.addr, sizeof(received->client));
		received->client_port = header.port;
	}
	return true;
}

/* sock-queue-timeout: its client has asked again by now. */
static bool is_old(const struct rb_udp *udp, struct msghdr *header)
{
	unsigned int timeout_s = udp->serve->config->sock_queue_timeout_s;

	return timeout_s && rb_udp_waited_s(header) >= timeout_s;
}

/* Whether the datagram's reply is ready, in its place. */
static bool datagram_answer(struct udp_socket *socket, size_t i)
{
	struct rb_udp *udp = socket->udp;
	struct rb_udp_route *route = &udp->routes[i];
	struct rb_received received = {
		.path = &udp_path,
		.message = udp->iovs[i].iov_base,
		.len = udp->received[i].msg_len,
		.largest = RB_DATAGRAM_MAX,
		.out = udp->iovs[i].iov_base,
		.room = udp->room,
		.foreseen = socket->proxied ? NULL : &udp->ahead.foreseen[i % RB_LOOK_AHEAD],
	};
	struct rb_pending *pending;

	if (udp->received[i].msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		rb_serve_count(&udp->serve->counters.queries[RB_TRANSPORT_UDP]);
		rb_serve_count(&udp->serve->counters.dropped[RB_TRANSPORT_UDP]);
		return false;
	}
	if (is_old(udp, &udp->received[i].msg_hdr)) {
		rb_tally_add(&udp->serve->counters.tally, RB_TALLY_TIMED_OUT, 1);
		rb_serve_count(&udp->serve->counters.queries[RB_TRANSPORT_UDP]);
		rb_serve_count(&udp->serve->counters.dropped[RB_TRANSPORT_UDP]);
		return false;
	}
	rb_udp_route_set(route, &udp->received[i].msg_hdr);
	rb_acl_mapped(&route->peer, received.client);
	received.client_port = rb_acl_port(&route->peer);
	received.destination = socket->destination;
	if (socket->proxied && !header_take(udp, &received)) {
		rb_serve_count(&udp->serve->counters.queries[RB_TRANSPORT_UDP]);
		rb_serve_count(&udp->serve->counters.dropped[RB_TRANSPORT_UDP]);
		return false;
	}
	udp->iovs[i].iov_base = received.out;
	switch (rb_serve_query(udp->serve, &received, &udp->iovs[i].iov_len, &pending)) {
	case RB_SERVE_REPLY:
		return true;
	case RB_SERVE_WAIT:
		((struct udp_pending *)pending)->route = *route;
		((struct udp_pending *)pending)->fd = socket->fd;
		break;
	case RB_SERVE_DROP:
		break;
	}
	return false;
}

/* Messages behind a PROXY header are not looked at. */
static void look_ahead(struct udp_socket *socket, size_t i, size_t got)
{
	struct rb_udp *udp = socket->udp;
	const uint8_t *message = i < got ? udp->iovs[i].iov_base : NULL;

	if (!socket->proxied)
		rb_look_ahead(udp->serve, message, message ? udp->received[i].msg_len : 0, i,
			      &udp->ahead);
}

/* Answer the batch. Returns how many replies are ready. */
static size_t batch_answer(struct udp_socket *socket, size_t got)
{
	struct rb_udp *udp = socket->udp;
	size_t ready = 0, i;

	for (i = 0; i < RB_LOOK_AHEAD; i++)
		look_ahead(socket, i, got);
	for (i = 0; i < got; i++) {
		if (datagram_answer(socket, i))
			message_header(&udp->replies[ready++].msg_hdr, &udp->routes[i],
				       &udp->iovs[i]);
		look_ahead(socket, i + RB_LOOK_AHEAD, got);
	}
	return ready;
}

/*
 * After several messages the socket is read again before the worker waits for it: whoever sends to
 * a thread that sleeps has to wake it up, and sends the less.
 */
static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct udp_socket *socket = context;
	struct rb_udp *udp = socket->udp;

	(void)what;
	for (int round = 0; round < ROUNDS; round++) {
		size_t got = batch_receive(udp, fd);

		if (!got)
			break;
		rb_serve_batch_begin(udp->serve);
		batch_send(udp, fd, batch_answer(socket, got));
		rb_serve_batch_end(udp->serve, RB_TRANSPORT_UDP);
		batch_prepare(udp, got);
		if (got < BUSY)
			break;
	}
}

static const struct udp_socket *socket_for(const struct rb_udp *udp,
					   const struct rb_frame_ends *ends)
{
	const struct udp_socket *socket;

	LIST_FOREACH(socket, &udp->sockets, entry)
	{
		if (rb_udp_route_fits(&socket->bound, &ends->server))
			return socket;
	}
	return NULL;
}

bool rb_udp_serves(const struct rb_udp *udp, const struct rb_frame_ends *ends)
{
	return socket_for(udp, ends);
}

bool rb_udp_send(const struct rb_udp *udp, const struct rb_frame_ends *ends, const uint8_t *reply,
		 size_t len)
{
	const struct udp_socket *socket = socket_for(udp, ends);
	struct iovec iov = {.iov_base = (void *)reply, .iov_len = len};
	struct rb_udp_route route = {.peer = ends->client,
				     .peer_len = rb_socket_addr_len(&ends->client)};
	struct msghdr header;

	if (!socket)
		return false;
	rb_udp_route_from(&route, &ends->server);
	message_header(&header, &route, &iov);
	return sendmsg(socket->fd, &header, 0) >= 0;
}

static void socket_free(struct udp_socket *socket)
{
	LIST_REMOVE(socket, entry);
	if (socket->event)
		event_free(socket->event);
	free(socket);
}

void rb_udp_free(struct rb_udp *udp)
{
	struct udp_socket *socket;

	if (!udp)
		return;
	while ((socket = LIST_FIRST(&udp->sockets)))
		socket_free(socket);
	free(udp->buffers);
	free(udp);
}

static void udp_freep(struct rb_udp **udp)
{
	rb_udp_free(*udp);
}

static void proxied_set(struct udp_socket *socket)
{
	const struct rb_listen *listen =
		rb_config_listen_at(socket->udp->serve->config, &socket->bound);

	socket->proxied = listen && listen->proxied;
}

int rb_udp_add(struct rb_udp *udp, int fd)
{
	struct udp_socket *socket = calloc(1, sizeof(*socket));
	socklen_t bound_len = sizeof(socket->bound);

	if (!socket)
		return -ENOMEM;
	/* If it fails, which it cannot, rb_udp_send() does not use this socket. */
	if (getsockname(fd, (struct sockaddr *)&socket->bound, &bound_len))
		socket->bound.ss_family = AF_UNSPEC;
	else
		socket->destination = rb_acl_destination_of(&socket->bound);
	LIST_INSERT_HEAD(&udp->sockets, socket, entry);
	socket->udp = udp;
	socket->fd = fd;
	proxied_set(socket);
	socket->event = event_new(udp->base, fd, EV_READ | EV_PERSIST, on_readable, socket);
	if (socket->event && !event_add(socket->event, NULL))
		return 0;
	socket_free(socket);
	return -ENOMEM;
}

void rb_udp_retire(struct rb_udp *udp)
{
	struct udp_socket *socket;

	LIST_FOREACH(socket, &udp->sockets, entry)
	{
		if (socket->event)
			event_free(socket->event);
		socket->event = NULL;
	}
}

int rb_udp_fit(struct rb_udp *udp)
{
	size_t wanted = udp->serve->config->max_udp_size;
	struct udp_socket *socket;
	uint8_t *buffers;

	LIST_FOREACH(socket, &udp->sockets, entry)
	proxied_set(socket);

	if (wanted < MESSAGE_ROOM)
		wanted = MESSAGE_ROOM;
	if (wanted <= udp->room)
		return 0;
	buffers = calloc(BATCH, wanted);
	if (!buffers)
		return -ENOMEM;
	free(udp->buffers);
	udp->buffers = buffers;
	udp->room = wanted;
	batch_prepare(udp, BATCH);
	return 0;
}

int rb_udp_new(struct event_base *base, struct rb_serve *serve, const int *fds, size_t count,
	       struct rb_udp **ret_udp)
{
	_cleanup_(udp_freep) struct rb_udp *udp = calloc(1, sizeof(*udp));
	int err;

	if (!udp)
		return -ENOMEM;
	udp->base = base;
	udp->serve = serve;
	err = rb_udp_fit(udp);
	for (size_t i = 0; i < count && !err; i++)
		err = rb_udp_add(udp, fds[i]);
	if (err)
		return err;
	*ret_udp = TAKE_PTR(udp);
	return 0;
}
