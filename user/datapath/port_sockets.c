/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket for each queue. */
#include "datapath/port_sockets.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/caps.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define XSK_QUEUES_MAX 64                /* entries of rb_xsks */
#define BUSY_NS        (2 * RB_NS_PER_S) /* a queue is given up within moments by who had it */

static bool has_socket(const struct rb_port *port, uint32_t queue)
{
	for (size_t i = 0; i < port->socket_count; i++)
		if (port->sockets[i].parts.form.queue == queue)
			return true;
	return false;
}

static void note_missing(struct rb_port *port, uint32_t queue, int err)
{
	if (!port->missing.count++) {
		port->missing.queue = queue;
		port->missing.err = err;
	}
}

static int open_socket(struct rb_port *port, const struct rb_xsk_opts *opts)
{
	struct rb_ports_base *base = port->base;
	struct rb_port_socket *grown =
		reallocarray(port->sockets, port->socket_count + 1, sizeof(*grown));
	struct rb_port_socket *socket;
	int err;

	if (!grown)
		return -ENOMEM;
	port->sockets = grown;
	socket = &grown[port->socket_count];
	*socket = (struct rb_port_socket){.id = base->next_id++, .state = RB_SOCKET_GIVEN};
	/* Where this fails the present limit may do all the same: the kernel will say. */
	rb_caps_memlock(rb_xsk_bytes(opts));
	err = rb_xsk_make(opts, &socket->parts);
	if (err)
		return err;
	err = base->receiver.give(base->receiver.context, socket->id, &socket->parts);
	if (err) {
		rb_xsk_unmake(&socket->parts);
		return err;
	}
	/* The frames are the server's and the kernel's. */
	rb_closep(&socket->parts.memory_fd);
	socket->parts.memory_fd = -1;
	port->socket_count++;
	return 0;
}

void rb_port_open_sockets(struct rb_port *port)
{
	struct rb_xsk_opts opts = port->base->xsk;
	uint32_t queues = port->netif.rx_queues;
	int err;

	port->missing = (struct rb_port_missing){0};
	if (!port->plan.best.use_xsk || !port->base->receiver.give)
		return;
	if (queues > XSK_QUEUES_MAX)
		queues = XSK_QUEUES_MAX;
	opts.ifname = port->netif.name;
	opts.mtu = port->netif.reply_mtu;
	for (; opts.queue < queues; opts.queue++) {
		err = has_socket(port, opts.queue) ? 0 : open_socket(port, &opts);
		if (err)
			note_missing(port, opts.queue, err);
	}
}

static void unmap(const struct rb_port *port, uint32_t queue)
{
	if (port->xsks_fd >= 0)
		bpf_map_delete_elem(port->xsks_fd, &queue);
}

static void drop(struct rb_port *port, struct rb_port_socket *socket, enum rb_port_sockets_end end)
{
	const struct rb_xdp_receiver *receiver = &port->base->receiver;

	unmap(port, socket->parts.form.queue);
	if (end == RB_SOCKETS_TAKEN && receiver->take)
		receiver->take(receiver->context, socket->id);
	rb_xsk_unmake(&socket->parts);
	*socket = port->sockets[--port->socket_count];
}

static int map_put(const struct rb_port *port, const struct rb_port_socket *socket)
{
	uint32_t queue = socket->parts.form.queue;

	/* Without a program there is no map: it comes with one. */
	if (port->xsks_fd < 0)
		return 0;
	return bpf_map_update_elem(port->xsks_fd, &queue, &socket->parts.fd, BPF_ANY);
}

/* -EAGAIN: not yet. */
static int bind_socket(const struct rb_port *port, struct rb_port_socket *socket)
{
	int err = rb_xsk_bind(&socket->parts);

	if (err == -EBUSY && rb_clock_ns() - socket->mapped_ns < BUSY_NS)
		return -EAGAIN;
	if (!err)
		err = map_put(port, socket);
	if (!err)
		socket->state = RB_SOCKET_BOUND;
	return err;
}

/* What has been asked for, and what was got. */
static void log_bound(const struct rb_port *port)
{
	const struct rb_xsk_opts *opts = &port->base->xsk;
	size_t count = 0, zero_copies = 0, busy_polled = 0;

	for (size_t i = 0; i < port->socket_count; i++) {
		if (port->sockets[i].state != RB_SOCKET_BOUND)
			continue;
		count++;
		zero_copies += rb_xsk_is_zero_copy(port->sockets[i].parts.fd);
		busy_polled += port->sockets[i].parts.form.busy_polled;
	}
	if (opts->zero_copy && zero_copies < count)
		rb_log_warn("%s: xdp-zero-copy: its driver refuses it on %zu of %zu queues; frames "
			    "are copied there",
			    port->netif.name, count - zero_copies, count);
	if (opts->busy_poll && busy_polled < count)
		rb_log_warn("%s: xdp-busy-poll: the kernel refuses it on %zu of %zu queues "
			    "(CAP_NET_ADMIN is needed); interrupts bring their packets",
			    port->netif.name, count - busy_polled, count);
	rb_log_notice("%s: AF_XDP on %zu queue%s, %s%s, rings of %u, %zu KiB for frames",
		      port->netif.name, count, count == 1 ? "" : "s",
		      !zero_copies          ? "copying"
		      : zero_copies < count ? "some without copies"
					    : "zero-copy",
		      busy_polled ? ", busy polling" : "", opts->ring_size,
		      count * rb_xsk_bytes(opts) / 1024);
}

void rb_port_bind_sockets(struct rb_port *port)
{
	size_t i = 0, before = rb_port_bound_sockets(port);

	while (i < port->socket_count) {
		struct rb_port_socket *socket = &port->sockets[i];
		int err = socket->state == RB_SOCKET_MAPPED ? bind_socket(port, socket) : 0;

		if (err && err != -EAGAIN) {
			note_missing(port, socket->parts.form.queue, err);
			drop(port, socket, RB_SOCKETS_TAKEN);
			continue;
		}
		i++;
	}
	if (rb_port_bound_sockets(port) > before && !rb_port_awaits_sockets(port))
		log_bound(port);
}

int rb_port_socket_mapped(struct rb_port *port, uint32_t id, int result)
{
	for (size_t i = 0; i < port->socket_count; i++) {
		struct rb_port_socket *socket = &port->sockets[i];

		if (socket->id != id)
			continue;
		if (socket->state != RB_SOCKET_GIVEN)
			return 0;
		if (result) {
			note_missing(port, socket->parts.form.queue, result);
			drop(port, socket, RB_SOCKETS_LEFT);
			return 0;
		}
		socket->state = RB_SOCKET_MAPPED;
		socket->mapped_ns = rb_clock_ns();
		rb_port_bind_sockets(port);
		return 0;
	}
	return -ENOENT;
}

bool rb_port_awaits_sockets(const struct rb_port *port)
{
	return rb_port_bound_sockets(port) < port->socket_count;
}

bool rb_port_waits_for_queues(const struct rb_port *port)
{
	for (size_t i = 0; i < port->socket_count; i++)
		if (port->sockets[i].state == RB_SOCKET_MAPPED)
			return true;
	return false;
}

bool rb_port_lacks_sockets(const struct rb_port *port)
{
	return !port->socket_count && port->missing.count;
}

size_t rb_port_bound_sockets(const struct rb_port *port)
{
	size_t count = 0;

	for (size_t i = 0; i < port->socket_count; i++)
		count += port->sockets[i].state == RB_SOCKET_BOUND;
	return count;
}

int rb_port_missing_sockets(const struct rb_port *port, char why[RB_PORT_WHY])
{
	const struct rb_port_missing *missing = &port->missing;
	char others[32] = "";

	if (!missing->count)
		return 0;
	if (missing->count > 1)
		snprintf(others, sizeof(others), " and %u more", missing->count - 1);
	snprintf(why, RB_PORT_WHY, "no AF_XDP on queue %u%s (%s); misses come by socket there%s",
		 missing->queue, others, strerror(-missing->err),
		 missing->err == -ENOBUFS || missing->err == -EPERM
			 ? ". It needs CAP_NET_RAW, and CAP_IPC_LOCK or a larger 'ulimit -l'"
			 : "");
	return missing->err;
}

void rb_port_set_mtu(struct rb_port *port)
{
	const struct rb_xdp_receiver *receiver = &port->base->receiver;

	for (size_t i = 0; i < port->socket_count; i++)
		receiver->set_mtu(receiver->context, port->sockets[i].id, port->netif.reply_mtu);
}

int rb_port_map_sockets(const struct rb_port *port)
{
	int err = 0;

	for (size_t i = 0; i < port->socket_count && !err; i++)
		if (port->sockets[i].state == RB_SOCKET_BOUND)
			err = map_put(port, &port->sockets[i]);
	return err;
}

void rb_port_unmap_sockets(const struct rb_port *port)
{
	for (size_t i = 0; i < port->socket_count; i++)
		unmap(port, port->sockets[i].parts.form.queue);
}

void rb_port_close_sockets(struct rb_port *port, enum rb_port_sockets_end end)
{
	while (port->socket_count)
		drop(port, &port->sockets[port->socket_count - 1], end);
	free(port->sockets);
	port->sockets = NULL;
}
