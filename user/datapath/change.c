/* SPDX-License-Identifier: BSD-2-Clause */
/* An interface that changed under its program: planned anew, attached anew, or let go. */
#include "datapath/port.h"

#include <errno.h>
#include <string.h>

#include "datapath/link.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/log.h"

/* Whether the link is still where we made it. */
static bool link_holds(int link_fd, int ifindex)
{
	int now;

	return link_fd >= 0 && !rb_link_ifindex(link_fd, &now) && now == ifindex;
}

/* Programs of our own are no foreign ones. */
static void disown(const struct rb_port *port, struct rb_netif *netif)
{
	if (link_holds(port->link_fd, netif->ifindex))
		netif->foreign_prog_id = 0;
	if (link_holds(port->peer_link_fd, netif->peer_ifindex))
		netif->peer_prog_id = 0;
}

int rb_port_replan(struct rb_port *port, const struct rb_netif *netif)
{
	/* What a driver refused it may take now. */
	bool retry = netif->mtu != port->netif.mtu || netif->rx_queues != port->netif.rx_queues;
	struct rb_netif now = *netif;
	int err;

	if (port->link_fd >= 0 && !link_holds(port->link_fd, netif->ifindex)) {
		port->lost = true;
		return -ENOTSUP;
	}
	disown(port, &now);
	/* Pins bear the interface's name; the peer's link is of no use with another peer. */
	if (strcmp(netif->name, port->netif.name) != 0)
		rb_port_detach(port);
	else if (netif->peer_ifindex != port->netif.peer_ifindex)
		rb_port_detach_peer(port);
	port->netif = now;
	for (size_t i = 0; i < port->socket_count; i++)
		rb_xsk_set_mtu(port->sockets[i], now.reply_mtu);
	rb_probe_free(port->probe);
	port->probe = NULL;
	err = rb_port_plan(port);
	if (err)
		return err;
	if (!port->socket_count || port->sockets_dead) {
		port->plan.best.use_xsk = false;
		port->way.use_xsk = false;
	}
	if (retry && !port->plan.needs_probe)
		port->way = port->plan.best;
	port->idle = false;
	port->changed = true;
	port->fresh = false;
	return 0;
}

int rb_port_renew(struct rb_port *port)
{
	struct rb_program program, old = port->program;
	int err;

	if (port->fresh) {
		port->fresh = false;
		return rb_port_attach(port);
	}
	err = rb_program_load(&port->base->programs, &port->netif, port->way, old.xsks_fd,
			      &program);
	if (err)
		return err;
	port->program = program;
	err = rb_port_attach(port);
	rb_program_unload(&old);
	return err;
}

void rb_port_retire(struct rb_port *port)
{
	struct rb_rtnl_link link;
	bool is_gone = rb_rtnl_link(port->netif.ifindex, &link) == -ENODEV;

	rb_port_detach(port);
	rb_probe_free(port->probe);
	port->probe = NULL;
	port->idle = true;
	port->changed = false;
	/* What XDP redirected to them would be dropped. */
	if (is_gone)
		port->sockets_dead = true;
	rb_log_notice("%s: %s; its XDP program is detached", port->netif.name,
		      is_gone ? "the interface is gone"
			      : "nothing is to be done by XDP any more, as it carries no address "
				"that is served, or changed");
}
