/* SPDX-License-Identifier: BSD-2-Clause */
/* One interface as it comes, changes and goes. */
#include "datapath/port.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "datapath/link.h"
#include "datapath/peer.h"
#include "datapath/pins.h"
#include "datapath/port_sockets.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/* A pinned link of ours is no foreign program. Others that bear our pin's name are out of date. */
static int adopt(const struct rb_port *port, const char *prefix, int ifindex, int *prog_id)
{
	char path[PATH_MAX];
	int link_fd = -1, err;

	err = rb_xdp_pin_path(port->base->pin_dir, prefix, port->netif.name, path);
	if (!err)
		err = rb_link_adopt(path, ifindex, *prog_id, &link_fd);
	if (err == -ESTALE) {
		_cleanup_close_ int stale_fd = bpf_obj_get(path);

		rb_log_notice("%s: the link pinned as %s is of an interface that is gone; removed",
			      port->netif.name, path);
		rb_link_detach(stale_fd, path);
	}
	if (!err)
		*prog_id = 0;
	return link_fd;
}

static void adopt_links(struct rb_port *port)
{
	struct rb_netif *netif = &port->netif;
	struct rb_rtnl_link link;

	port->link_fd = adopt(port, RB_PIN_LINK, netif->ifindex, &netif->foreign_prog_id);
	if (port->link_fd >= 0 && !rb_rtnl_link(netif->ifindex, &link))
		port->link_mode = link.xdp_native ? RB_MODE_NATIVE : RB_MODE_GENERIC;
	if (netif->peer_ifindex)
		port->peer_link_fd =
			adopt(port, RB_PIN_PEER, netif->peer_ifindex, &netif->peer_prog_id);
}

static void log_foreign(const struct rb_netif *netif)
{
	char name[RB_PROGRAM_NAME];

	rb_link_program_name(netif->foreign_prog_id, name);
	rb_log_warn("%s: carries somebody else's XDP program%s%s (id %d), which is left alone; "
		    "served by sockets alone. 'bpftool net' shows it.",
		    netif->name, name[0] ? " " : "", name, netif->foreign_prog_id);
}

static void log_plan(const struct rb_port *port)
{
	const struct rb_netif *netif = &port->netif;
	const struct rb_plan *plan = &port->plan;

	if (plan->best.mode == RB_MODE_NONE && netif->foreign_prog_id)
		log_foreign(netif);
	else if (plan->best.mode == RB_MODE_NONE && netif->comes_in_on[0])
		rb_log_notice("%s: %s", netif->name, plan->reason);
	else if (plan->best.mode == RB_MODE_NONE)
		rb_log_notice("%s: no XDP, %s; served by sockets", netif->name, plan->reason);
	else if (plan->reason[0])
		rb_log_notice("%s: %s; answering in generic mode, misses by socket", netif->name,
			      plan->reason);
	if (plan->advice[0])
		rb_log_warn("%s: %s", netif->name, plan->advice);
}

static void plan(struct rb_port *port)
{
	rb_plan_make(&port->netif, &port->plan);
	log_plan(port);
	rb_port_happens(&port->health,
			port->plan.best.mode == RB_MODE_NONE ? RB_PORT_GONE : RB_PORT_PLAN);
}

void rb_port_open(struct rb_port *port, struct rb_ports_base *base, const struct rb_netif *netif)
{
	*port = (struct rb_port){
		.base = base,
		.netif = *netif,
		.program = {.fd = -1},
		.xsks_fd = -1,
		.link_fd = -1,
		.peer_link_fd = -1,
	};
	adopt_links(port);
	plan(port);
	if (port->health.state == RB_PORT_ABSENT) {
		/* Those that are pinned still are detached once we attach elsewhere. */
		port->netif = *netif;
		rb_closep(&port->link_fd);
		rb_closep(&port->peer_link_fd);
		port->link_fd = port->peer_link_fd = -1;
		return;
	}
	/* Trying native again at once would leave a gap for nothing. */
	if (port->link_fd >= 0 && port->link_mode == RB_MODE_GENERIC &&
	    port->plan.best.mode == RB_MODE_NATIVE)
		rb_port_spare(&port->health, RB_RETRY_RARELY, rb_clock_ns(),
			      "native XDP was refused before the restart; answering in generic "
			      "mode, misses by socket");
}

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

/* In everything that plan and program depend on, but for programs of others. */
static bool netif_same(const struct rb_netif *a, const struct rb_netif *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->kind, b->kind) &&
	       !strcmp(a->master, b->master) && a->bond_mode == b->bond_mode &&
	       a->has_veth_slave == b->has_veth_slave && a->is_l3s == b->is_l3s &&
	       a->is_excluded == b->is_excluded && !strcmp(a->comes_in_on, b->comes_in_on) &&
	       !memcmp(a->mac, b->mac, sizeof(a->mac)) && a->mtu == b->mtu &&
	       a->reply_mtu == b->reply_mtu && a->rx_queues == b->rx_queues &&
	       a->peer_ifindex == b->peer_ifindex && a->below == b->below &&
	       a->vlan_count == b->vlan_count && !memcmp(a->vlans, b->vlans, sizeof(a->vlans)) &&
	       a->locals4_count == b->locals4_count && a->locals6_count == b->locals6_count &&
	       !memcmp(a->locals4, b->locals4, sizeof(a->locals4)) &&
	       !memcmp(a->locals6, b->locals6, sizeof(a->locals6)) &&
	       a->own4_count == b->own4_count && a->own6_count == b->own6_count &&
	       !memcmp(a->own4, b->own4, sizeof(a->own4)) &&
	       !memcmp(a->own6, b->own6, sizeof(a->own6));
}

bool rb_port_has_changed(const struct rb_port *port, const struct rb_netif *netif)
{
	if (port->health.state == RB_PORT_LOST)
		return false;
	return !netif_same(&port->netif, netif) ||
	       (port->link_fd < 0 && port->netif.foreign_prog_id != netif->foreign_prog_id);
}

void rb_port_outdate(struct rb_port *port)
{
	if (port->health.state == RB_PORT_ABSENT)
		return;
	rb_program_unload(&port->program);
	rb_port_happens(&port->health, RB_PORT_PLAN);
}

void rb_port_lose(struct rb_port *port)
{
	static const char why[] = "somebody detached our XDP program; restart to attach it again";

	if (!rb_port_happens(&port->health, RB_PORT_TAKEN))
		return;
	snprintf(port->health.why, sizeof(port->health.why), "%s", why);
	rb_log_warn("%s: %s", port->netif.name, why);
}

void rb_port_replan(struct rb_port *port, const struct rb_netif *netif)
{
	struct rb_netif now = *netif;
	unsigned int before_mtu = port->netif.reply_mtu;

	if (port->link_fd >= 0 && !link_holds(port->link_fd, netif->ifindex)) {
		rb_port_lose(port);
		return;
	}
	/* What a driver refused it may take now. */
	if (netif->mtu != port->netif.mtu || netif->rx_queues != port->netif.rx_queues)
		rb_port_forgive(&port->health);
	disown(port, &now);
	/* Pins bear the interface's name; the peer's link is of no use with another peer. */
	if (strcmp(netif->name, port->netif.name) != 0)
		rb_port_detach(port);
	else if (netif->peer_ifindex != port->netif.peer_ifindex)
		rb_port_detach_peer(port);
	port->netif = now;
	if (now.reply_mtu != before_mtu)
		rb_port_set_mtu(port);
	rb_probe_free(TAKE_PTR(port->probe));
	rb_program_unload(&port->program);
	plan(port);
	if (port->health.state == RB_PORT_ABSENT) {
		rb_port_detach(port);
		rb_port_close_sockets(port, RB_SOCKETS_TAKEN);
	}
}

void rb_port_detach(struct rb_port *port)
{
	const char *pin_dir = port->base->pin_dir;

	port->program.is_linked = false;
	/* Ours first: a peer without a program would swallow replies. */
	rb_xdp_pin_drop(pin_dir, RB_PIN_LINK, port->netif.name, &port->link_fd);
	rb_port_detach_peer(port);
}

void rb_port_leave(struct rb_port *port)
{
	struct rb_rtnl_link link;
	bool is_gone = rb_rtnl_link(port->netif.ifindex, &link) == -ENODEV;

	if (port->health.state == RB_PORT_ABSENT)
		return;
	rb_port_detach(port);
	rb_port_happens(&port->health, RB_PORT_GONE);
	rb_log_notice("%s: %s; its XDP program is detached", port->netif.name,
		      is_gone ? "the interface is gone"
			      : "nothing is to be done by XDP any more, as it carries no address "
				"that is served");
}

void rb_port_close(struct rb_port *port)
{
	rb_port_close_sockets(port, RB_SOCKETS_TAKEN);
	rb_program_unload(&port->program);
	rb_probe_free(TAKE_PTR(port->probe));
	rb_closep(&port->xsks_fd);
	rb_closep(&port->link_fd);
	rb_closep(&port->peer_link_fd);
	port->xsks_fd = port->link_fd = port->peer_link_fd = -1;
}
