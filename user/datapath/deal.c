/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which worker has which AF_XDP sockets: at the start by queue, and while workers run by handing
 * over those of interfaces that come and taking back those of interfaces that go.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/state.h"
#include "util/log.h"

static unsigned int worker_of(const struct rb_xdp *xdp, const struct rb_xsk *xsk)
{
	return rb_xsk_queue(xsk) % xdp->workers;
}

int rb_xdp_deal_open(struct rb_xdp *xdp)
{
	size_t total = 0, i, s;

	for (i = 0; i < xdp->port_count; i++)
		total += xdp->ports[i].socket_count;
	xdp->worker_sockets = calloc(xdp->workers, sizeof(*xdp->worker_sockets));
	xdp->worker_counts = calloc(xdp->workers, sizeof(*xdp->worker_counts));
	if (!xdp->worker_sockets || !xdp->worker_counts)
		return -ENOMEM;
	for (i = 0; i < xdp->workers; i++) {
		xdp->worker_sockets[i] = calloc(total + 1, sizeof(struct rb_xsk *));
		if (!xdp->worker_sockets[i])
			return -ENOMEM;
	}
	for (i = 0; i < xdp->port_count; i++) {
		for (s = 0; s < xdp->ports[i].socket_count; s++) {
			struct rb_xsk *xsk = xdp->ports[i].sockets[s];
			unsigned int worker = worker_of(xdp, xsk);

			xdp->worker_sockets[worker][xdp->worker_counts[worker]++] = xsk;
		}
	}
	xdp->base.sockets_dealt = true;
	return 0;
}

void rb_xdp_deal_close(struct rb_xdp *xdp)
{
	unsigned int i;

	for (i = 0; xdp->worker_sockets && i < xdp->workers; i++)
		free(xdp->worker_sockets[i]);
	free(xdp->worker_sockets);
	free(xdp->worker_counts);
}

size_t rb_xdp_sockets(const struct rb_xdp *xdp, unsigned int worker, struct rb_xsk ***ret_sockets)
{
	if (worker >= xdp->workers)
		return 0;
	*ret_sockets = xdp->worker_sockets[worker];
	return xdp->worker_counts[worker];
}

void rb_xdp_set_dealer(struct rb_xdp *xdp, const struct rb_xdp_dealer *dealer)
{
	xdp->dealer = *dealer;
	xdp->base.sockets_dealt = !dealer->give;
}

static void take_back(const struct rb_xdp *xdp, const struct rb_port *port, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		xdp->dealer.take(xdp->dealer.context, worker_of(xdp, port->sockets[i]),
				 port->sockets[i]);
}

void rb_xdp_deal(const struct rb_xdp *xdp, struct rb_port *port)
{
	size_t given;
	int err = 0;

	for (given = 0; given < port->socket_count; given++) {
		err = xdp->dealer.give(xdp->dealer.context, worker_of(xdp, port->sockets[given]),
				       port->sockets[given]);
		if (err)
			break;
	}
	if (!err)
		return;
	rb_log_warn("%s: its AF_XDP sockets cannot be handed to workers (%s); its misses come by "
		    "socket",
		    port->netif.name, strerror(-err));
	take_back(xdp, port, given);
	rb_port_close_sockets(port);
}

bool rb_xdp_undeal(const struct rb_xdp *xdp, struct rb_port *port)
{
	if (!port->socket_count)
		return true;
	if (!xdp->dealer.take)
		return false;
	take_back(xdp, port, port->socket_count);
	rb_port_close_sockets(port);
	return true;
}
