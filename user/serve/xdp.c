/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries that the XDP program handed over through AF_XDP, answered with frames of our own. */
#include "serve/xdp.h"

#include <errno.h>
#include <event2/event.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../kern/reply.h"
#include "serve/ahead.h"
#include "serve/frame.h"
#include "serve/udp.h"
#include "util/cleanup.h"

#define BATCH 64
struct afxdp_socket {
	struct rb_afxdp *afxdp;
	struct rb_xsk *xsk; /* NULL: it was taken away, and queries still wait */
	struct event *event;
	unsigned int ifindex;
	size_t waiting; /* queries that came here and are inside a resolver */
	bool queued;    /* frames wait for a flush */
};

/* A frame of the batch, looked at before it is answered. */
struct parsed {
	struct rb_frame frame;
	int err; /* of rb_frame_parse() */
};

struct rb_afxdp {
	struct rb_serve *serve;
	struct event_base *base;
	const struct rb_udp *udp; /* for replies that do not fit into a frame */
	struct afxdp_socket **sockets;
	size_t count;
	struct rb_xsk_frame batch[BATCH];
	struct parsed parsed[RB_LOOK_AHEAD];
	struct rb_look_ahead ahead;
	uint8_t large[RB_DATAGRAM_MAX]; /* a reply that may turn out larger than a frame */
};

struct afxdp_pending {
	struct rb_pending pending;
	struct afxdp_socket *socket;
	struct rb_frame frame;
	uint8_t headers[RB_FRAME_HEADERS_MAX];
};

/* The most bytes of DNS in one frame. */
static size_t frame_room(const struct afxdp_socket *socket, const struct rb_frame *frame)
{
	return rb_frame_room(rb_xsk_mtu(socket->xsk), frame->is_ipv6);
}

/* What may be sent at all: by a socket where one can, which has it fragmented. */
static size_t largest_reply(const struct afxdp_socket *socket, const uint8_t *headers,
			    const struct rb_frame *frame)
{
	size_t room = frame_room(socket, frame);
	struct rb_frame_ends ends;

	if (socket->afxdp->serve->config->max_udp_size > room &&
	    rb_frame_ends(headers, frame, socket->ifindex, &ends) &&
	    rb_udp_serves(socket->afxdp->udp, &ends))
		return RB_DATAGRAM_MAX;
	return room;
}

/* Send a reply that is larger than frames are, or whose AF_XDP socket is gone. */
static void send_by_socket(struct afxdp_socket *socket, const uint8_t *headers,
			   const struct rb_frame *frame, const uint8_t *reply, size_t len)
{
	struct rb_serve_counters *counters = &socket->afxdp->serve->counters;
	struct rb_frame_ends ends;

	/* We may no longer serve the address. */
	if (rb_frame_ends(headers, frame, socket->ifindex, &ends) &&
	    rb_udp_send(socket->afxdp->udp, &ends, reply, len))
		rb_serve_count(&counters->replies[RB_TRANSPORT_XDP]);
	else
		rb_serve_count(&counters->dropped[RB_TRANSPORT_XDP]);
}

/* Send a frame whose headers are still those of the query. */
static void frame_send(struct afxdp_socket *socket, struct rb_xsk_frame *xsk_frame,
		       const struct rb_frame *frame, size_t payload_len)
{
	struct rb_serve *serve = socket->afxdp->serve;
	struct rb_serve_counters *counters = &serve->counters;

	xsk_frame->len = (uint32_t)rb_frame_reply(xsk_frame->data, frame, payload_len,
						  (uint8_t)serve->config->ip_dscp);
	if (rb_xsk_send(socket->xsk, xsk_frame))
		rb_serve_count(&counters->replies[RB_TRANSPORT_XDP]);
	else
		rb_serve_count(&counters->dropped[RB_TRANSPORT_XDP]);
	socket->queued = true;
}

static void socket_forget(struct afxdp_socket *socket)
{
	struct rb_afxdp *afxdp = socket->afxdp;

	for (size_t i = 0; i < afxdp->count; i++)
		if (afxdp->sockets[i] == socket)
			afxdp->sockets[i--] = afxdp->sockets[--afxdp->count];
	free(socket);
}

static void afxdp_finish(struct rb_serve *serve, struct rb_pending *base, uint8_t *reply,
			 size_t len)
{
	struct afxdp_pending *pending = (struct afxdp_pending *)base;
	struct afxdp_socket *socket = pending->socket;
	struct rb_xsk_frame frame;

	socket->waiting--;
	if (!socket->xsk) {
		if (len)
			send_by_socket(socket, pending->headers, &pending->frame, reply, len);
		if (!socket->waiting)
			socket_forget(socket);
		return;
	}
	if (!len)
		return;
	if (len > frame_room(socket, &pending->frame)) {
		send_by_socket(socket, pending->headers, &pending->frame, reply, len);
		return;
	}
	if (!rb_xsk_take(socket->xsk, &frame)) {
		/* Frames that were sent before may have come back by now. */
		rb_xsk_flush(socket->xsk);
		socket->queued = false;
		if (!rb_xsk_take(socket->xsk, &frame)) {
			rb_serve_count(&serve->counters.dropped[RB_TRANSPORT_XDP]);
			return;
		}
	}
	if (pending->frame.payload + len > frame.room) {
		rb_xsk_release(socket->xsk, &frame);
		rb_serve_count(&serve->counters.dropped[RB_TRANSPORT_XDP]);
		return;
	}
	memcpy(frame.data, pending->headers, pending->frame.payload);
	memcpy(frame.data + pending->frame.payload, reply, len);
	frame_send(socket, &frame, &pending->frame, len);
}

static const struct rb_path afxdp_path = {
	.transport = RB_TRANSPORT_XDP,
	.pending_bytes = sizeof(struct afxdp_pending),
	.finish = afxdp_finish,
};

/* For sockets, Linux checks this. */
static bool is_damaged(struct rb_serve *serve, const uint8_t *packet, const struct rb_frame *frame)
{
	if (rb_frame_is_whole(packet, frame))
		return false;
	rb_serve_count(&serve->counters.bad_checksums);
	return true;
}

/* Answer in the frame itself, or release it. */
static void frame_answer(struct afxdp_socket *socket, size_t i)
{
	struct rb_afxdp *afxdp = socket->afxdp;
	struct rb_xsk_frame *xsk_frame = &afxdp->batch[i];
	const struct parsed *parsed = &afxdp->parsed[i % RB_LOOK_AHEAD];
	struct rb_frame frame = parsed->frame;
	struct rb_serve *serve = afxdp->serve;
	struct rb_received received = {.path = &afxdp_path,
				       .foreseen = &afxdp->ahead.foreseen[i % RB_LOOK_AHEAD]};
	struct rb_frame_ends ends;
	struct afxdp_pending *pending;
	struct rb_pending *base;
	size_t len;

	if (parsed->err || is_damaged(serve, xsk_frame->data, &frame)) {
		rb_serve_count(&serve->counters.queries[RB_TRANSPORT_XDP]);
		rb_serve_count(&serve->counters.dropped[RB_TRANSPORT_XDP]);
		rb_xsk_release(socket->xsk, xsk_frame);
		return;
	}
	received.largest = largest_reply(socket, xsk_frame->data, &frame);
	received.message = xsk_frame->data + frame.payload;
	received.len = frame.payload_len;
	if (received.largest > frame_room(socket, &frame)) {
		received.out = socket->afxdp->large;
		received.room = sizeof(socket->afxdp->large);
	} else {
		received.out = xsk_frame->data + frame.payload;
		received.room = xsk_frame->room - frame.payload;
	}
	rb_frame_source(xsk_frame->data, &frame, received.client);
	received.client_port = rb_frame_source_port(xsk_frame->data, &frame);
	if (rb_serve_asks_where(serve) && rb_frame_ends(xsk_frame->data, &frame, 0, &ends))
		received.destination = rb_acl_destination_of(&ends.server);
	switch (rb_serve_query(serve, &received, &len, &base)) {
	case RB_SERVE_REPLY:
		if (len > frame_room(socket, &frame) || frame.payload + len > xsk_frame->room) {
			send_by_socket(socket, xsk_frame->data, &frame, received.out, len);
			break;
		}
		if (received.out == socket->afxdp->large)
			memcpy(xsk_frame->data + frame.payload, received.out, len);
		frame_send(socket, xsk_frame, &frame, len);
		return;
	case RB_SERVE_WAIT:
		pending = (struct afxdp_pending *)base;
		pending->socket = socket;
		socket->waiting++;
		pending->frame = frame;
		memcpy(pending->headers, xsk_frame->data, frame.payload);
		break;
	case RB_SERVE_DROP:
		break;
	}
	rb_xsk_release(socket->xsk, xsk_frame);
}

/* Prefetch frames even further ahead, since another CPU has written them. */
static void look_ahead(struct rb_afxdp *afxdp, size_t i, size_t got)
{
	struct parsed *parsed = &afxdp->parsed[i % RB_LOOK_AHEAD];
	const uint8_t *message = NULL;
	size_t len = 0;

	if (i + RB_LOOK_AHEAD < got)
		__builtin_prefetch(afxdp->batch[i + RB_LOOK_AHEAD].data);
	if (i < got) {
		parsed->err =
			rb_frame_parse(afxdp->batch[i].data, afxdp->batch[i].len, &parsed->frame);
		if (!parsed->err) {
			message = afxdp->batch[i].data + parsed->frame.payload;
			len = parsed->frame.payload_len;
		}
	}
	rb_look_ahead(afxdp->serve, message, len, i, &afxdp->ahead);
}

/* Returns how many frames there were. */
static size_t frames_take(struct afxdp_socket *socket)
{
	struct rb_afxdp *afxdp = socket->afxdp;
	size_t got = rb_xsk_recv(socket->xsk, afxdp->batch, BATCH);
	bool hits;

	rb_serve_batch_begin(afxdp->serve);
	for (size_t i = 0; i < RB_LOOK_AHEAD; i++)
		look_ahead(afxdp, i, got);
	for (size_t i = 0; i < got; i++) {
		frame_answer(socket, i);
		look_ahead(afxdp, i + RB_LOOK_AHEAD, got);
	}
	rb_xsk_flush(socket->xsk);
	hits = afxdp->serve->batch_hits;
	rb_serve_batch_end(afxdp->serve, RB_TRANSPORT_XDP);
	socket->queued = false;
	/*
	 * Most misses of the kernel are for the resolvers. If one of them shares our CPU, each
	 * packet would interrupt it: let it work, and find more packets at once later.
	 */
	if (got && !hits)
		sched_yield();
	return got;
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	frames_take(context);
}

void rb_afxdp_retire(struct rb_afxdp *afxdp)
{
	/* Sockets without waiting queries leave the list. */
	for (size_t i = afxdp->count; i; i--) {
		struct afxdp_socket *socket = afxdp->sockets[i - 1];

		while (socket->xsk && frames_take(socket))
			;
		if (socket->xsk)
			rb_afxdp_remove(afxdp, socket->xsk);
	}
}

void rb_afxdp_flush(struct rb_afxdp *afxdp)
{
	for (size_t i = 0; i < afxdp->count; i++) {
		if (!afxdp->sockets[i]->queued)
			continue;
		rb_xsk_flush(afxdp->sockets[i]->xsk);
		afxdp->sockets[i]->queued = false;
	}
}

void rb_afxdp_free(struct rb_afxdp *afxdp)
{
	if (!afxdp)
		return;
	for (size_t i = 0; i < afxdp->count; i++) {
		if (afxdp->sockets[i]->event)
			event_free(afxdp->sockets[i]->event);
		free(afxdp->sockets[i]);
	}
	free(afxdp->sockets);
	free(afxdp);
}

int rb_afxdp_add(struct rb_afxdp *afxdp, struct rb_xsk *xsk)
{
	_cleanup_free_ struct afxdp_socket *socket = calloc(1, sizeof(*socket));
	struct afxdp_socket **grown =
		reallocarray(afxdp->sockets, afxdp->count + 1, sizeof(*afxdp->sockets));

	if (grown)
		afxdp->sockets = grown;
	if (!grown || !socket)
		return -ENOMEM;
	socket->afxdp = afxdp;
	socket->xsk = xsk;
	socket->ifindex = rb_xsk_ifindex(xsk);
	socket->event =
		event_new(afxdp->base, rb_xsk_fd(xsk), EV_READ | EV_PERSIST, on_readable, socket);
	if (!socket->event)
		return -ENOMEM;
	if (event_add(socket->event, NULL)) {
		event_free(socket->event);
		return -ENOMEM;
	}
	afxdp->sockets[afxdp->count++] = TAKE_PTR(socket);
	return 0;
}

void rb_afxdp_remove(struct rb_afxdp *afxdp, const struct rb_xsk *xsk)
{
	for (size_t i = 0; i < afxdp->count; i++) {
		struct afxdp_socket *socket = afxdp->sockets[i];

		if (socket->xsk != xsk)
			continue;
		rb_xsk_drain(socket->xsk);
		event_free(socket->event);
		socket->event = NULL;
		socket->xsk = NULL;
		socket->queued = false;
		if (!socket->waiting)
			socket_forget(socket);
		return;
	}
}

int rb_afxdp_new(struct event_base *base, struct rb_serve *serve, const struct rb_udp *udp,
		 struct rb_afxdp **ret_afxdp)
{
	struct rb_afxdp *afxdp = calloc(1, sizeof(*afxdp));

	if (!afxdp)
		return -ENOMEM;
	afxdp->serve = serve;
	afxdp->udp = udp;
	afxdp->base = base;
	*ret_afxdp = afxdp;
	return 0;
}
