/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket for each queue. */
#include "datapath/port_sockets.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/sockets.h"
#include "util/log.h"

#define XSK_QUEUES_MAX 64 /* entries of rb_xsks */

static bool has_socket(const struct rb_port *port, uint32_t queue)
{
	size_t i;

	for (i = 0; i < port->socket_count; i++) {
		if (rb_xsk_queue(port->sockets[i]) == queue)
			return true;
	}
	return false;
}

static int open_socket(struct rb_port *port, const struct rb_xsk_opts *opts)
{
	struct rb_assignment *assignment = &port->base->assignment;
	struct rb_xsk **grown = reallocarray(port->sockets, port->socket_count + 1,
					     sizeof(struct rb_xsk *)),
		      *xsk;
	int err;

	if (!grown)
		return -ENOMEM;
	port->sockets = grown;
	/* Later it is tried again, which is better than to keep main. */
	err = rb_sockets_open(opts, assignment->time == RB_ASSIGN_AT_START, &xsk);
	if (err)
		return err;
	err = rb_assign_give(assignment, xsk);
	if (err)
		rb_xsk_close(xsk);
	else
		grown[port->socket_count++] = xsk;
	return err;
}

static void tell_missing(int err, uint32_t queue, uint32_t missing, char why[RB_PORT_WHY])
{
	char others[32] = "";

	if (missing > 1)
		snprintf(others, sizeof(others), " and %u more", missing - 1);
	snprintf(why, RB_PORT_WHY, "no AF_XDP on queue %u%s (%s); misses come by socket there%s",
		 queue, others, strerror(-err),
		 err == -ENOBUFS || err == -EPERM
			 ? ". It needs CAP_NET_RAW, and CAP_IPC_LOCK or a larger 'ulimit -l'"
			 : "");
}

int rb_port_open_sockets(struct rb_port *port, char why[RB_PORT_WHY])
{
	struct rb_xsk_opts opts = port->base->xsk;
	uint32_t queues = port->netif.rx_queues, failed = 0, missing = 0;
	size_t before = port->socket_count;
	int err, first_err = 0;

	if (port->plan.best.use_xsk && port->base->assignment.time == RB_ASSIGN_NEVER &&
	    !port->socket_count) {
		rb_log_notice("%s: is new, so its misses come by socket until a restart",
			      port->netif.name);
		port->plan.best.use_xsk = false;
	}
	if (!port->plan.best.use_xsk || port->base->assignment.time == RB_ASSIGN_NEVER)
		return 0;
	if (queues > XSK_QUEUES_MAX)
		queues = XSK_QUEUES_MAX;
	opts.ifname = port->netif.name;
	opts.mtu = port->netif.reply_mtu;
	for (; opts.queue < queues; opts.queue++) {
		if (has_socket(port, opts.queue))
			continue;
		err = open_socket(port, &opts);
		if (err && !missing++) {
			first_err = err;
			failed = opts.queue;
		}
	}
	if (missing)
		tell_missing(first_err, failed, missing, why);
	if (port->socket_count > before)
		rb_sockets_log(&opts, port->sockets, port->socket_count);
	return first_err;
}

int rb_port_map_sockets(const struct rb_port *port)
{
	size_t i;

	for (i = 0; i < port->socket_count; i++) {
		uint32_t queue = rb_xsk_queue(port->sockets[i]);
		int fd = rb_xsk_fd(port->sockets[i]);
		int err = bpf_map_update_elem(port->xsks_fd, &queue, &fd, BPF_ANY);

		if (err)
			return err;
	}
	return 0;
}

void rb_port_close_sockets(struct rb_port *port)
{
	size_t i;

	for (i = 0; i < port->socket_count; i++) {
		rb_assign_take(&port->base->assignment, port->sockets[i]);
		rb_xsk_close(port->sockets[i]);
	}
	free(port->sockets);
	port->sockets = NULL;
	port->socket_count = 0;
}
