/* SPDX-License-Identifier: BSD-2-Clause */
/* One interface from plan to program and link. */
#include "datapath/port.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "datapath/link.h"
#include "datapath/pins.h"
#include "datapath/sockets.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/log.h"

#define XSK_QUEUES_MAX 64 /* entries of rb_xsks */

static void port_init(struct rb_port *port, struct rb_ports_base *base,
		      const struct rb_netif *netif)
{
	*port = (struct rb_port){
		.base = base,
		.netif = *netif,
		.program = {.fd = -1, .xsks_fd = -1},
		.link_fd = -1,
		.peer_link_fd = -1,
	};
}

static void port_closep(struct rb_port *port)
{
	rb_port_close(port);
}

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

static void log_unproven(const struct rb_port *port)
{
	struct rb_rtnl_link link;

	if (!rb_rtnl_link(port->netif.ifindex, &link) && !(link.flags & IFF_RUNNING))
		rb_log_notice("%s: this veth or its other end is down; generic mode until it is up",
			      port->netif.name);
	else
		rb_log_warn("%s: what XDP redirects does not leave, for the other end of this veth "
			    "has GRO off; answering in generic mode, which is slower. On the host: "
			    "ethtool -K PEER gro on (if it is on: off and on again)",
			    port->netif.name);
}

/* Native only if a frame was seen to leave. It is tried again as long as we run. */
static int prove_egress(struct rb_port *port)
{
	int err = rb_probe_new(&port->netif, &port->probe);

	if (err)
		return err;
	if (rb_probe_run(port->probe)) {
		log_unproven(port);
		port->way = rb_plan_fallback();
	}
	return 0;
}

int rb_port_plan(struct rb_port *port)
{
	const struct rb_netif *netif = &port->netif;

	rb_plan_make(netif, &port->plan);
	if (port->plan.best.mode == RB_MODE_NONE) {
		if (netif->foreign_prog_id)
			log_foreign(netif);
		else if (netif->comes_in_on[0])
			rb_log_notice("%s: %s", netif->name, port->plan.reason);
		else
			rb_log_notice("%s: no XDP, %s; served by sockets", netif->name,
				      port->plan.reason);
		if (port->plan.advice[0])
			rb_log_warn("%s: %s", netif->name, port->plan.advice);
		return -ENOTSUP;
	}
	if (port->plan.reason[0])
		rb_log_notice("%s: %s; answering in generic mode, misses by socket", netif->name,
			      port->plan.reason);
	if (port->plan.advice[0])
		rb_log_warn("%s: %s", netif->name, port->plan.advice);
	port->way = port->plan.best;
	if (port->plan.needs_probe)
		return prove_egress(port);
	/* Native was refused when the link was made. Trying again would leave a gap. */
	if (port->link_fd >= 0 && port->link_mode == RB_MODE_GENERIC && !netif->vlan_count)
		port->way = rb_plan_fallback();
	return 0;
}

/* Also where the way in force does not use them: it may step up later, the workers' sets do not. */
static int open_sockets(struct rb_port *port)
{
	struct rb_xsk_opts opts = port->base->xsk;
	uint32_t queues = port->netif.rx_queues;

	if (port->base->sockets_dealt && port->plan.best.use_xsk) {
		rb_log_notice("%s: is new, so its misses come by socket until a restart",
			      port->netif.name);
		port->plan.best.use_xsk = port->way.use_xsk = false;
	}
	if (!port->plan.best.use_xsk)
		return 0;
	if (queues > XSK_QUEUES_MAX)
		queues = XSK_QUEUES_MAX;
	port->sockets = calloc(queues, sizeof(struct rb_xsk *));
	if (!port->sockets)
		return -ENOMEM;
	opts.ifname = port->netif.name;
	opts.mtu = port->netif.reply_mtu;
	for (; opts.queue < queues; opts.queue++) {
		if (!rb_sockets_open(&opts, &port->sockets[port->socket_count]))
			port->socket_count++;
	}
	rb_sockets_log(&opts, port->sockets, port->socket_count);
	if (!port->socket_count) {
		port->plan.best.use_xsk = false;
		port->way.use_xsk = false;
	}
	return 0;
}

static int map_sockets(const struct rb_port *port)
{
	size_t i;
	int err;

	for (i = 0; i < port->socket_count; i++) {
		uint32_t queue = rb_xsk_queue(port->sockets[i]);
		int fd = rb_xsk_fd(port->sockets[i]);

		err = bpf_map_update_elem(port->program.xsks_fd, &queue, &fd, BPF_ANY);
		if (err)
			return err;
	}
	return 0;
}

int rb_port_open(struct rb_ports_base *base, const struct rb_netif *netif, struct rb_port *ret_port)
{
	_cleanup_(port_closep) struct rb_port port;
	int err;

	port_init(&port, base, netif);
	adopt_links(&port);
	err = rb_port_plan(&port);
	if (!err)
		err = open_sockets(&port);
	if (!err)
		err = rb_program_load(&base->programs, netif, port.way, -1, &port.program);
	if (!err)
		err = map_sockets(&port);
	if (err)
		return err;
	*ret_port = port;
	port_init(&port, base, netif);
	return 0;
}

/* The link in the mode of port->way, running port->program. */
static int link_program(struct rb_port *port)
{
	char path[PATH_MAX];
	int err;

	if (port->link_fd >= 0 && port->link_mode == port->way.mode)
		return rb_link_update(port->link_fd, port->program.fd);
	err = rb_xdp_pin_path(port->base->pin_dir, RB_PIN_LINK, port->netif.name, path);
	if (err)
		return err;
	if (port->link_fd >= 0) {
		/* The kernel does not run both modes at a time. Sockets answer meanwhile. */
		rb_link_detach(port->link_fd, path);
		rb_closep(&port->link_fd);
		port->link_fd = -1;
	}
	err = rb_link_attach(port->program.fd, port->netif.ifindex, port->way.mode, path,
			     &port->link_fd);
	if (!err)
		port->link_mode = port->way.mode;
	return err;
}

int rb_port_apply(struct rb_port *port, struct rb_way way)
{
	struct rb_way before = port->way;
	struct rb_program program, old = port->program;
	int err;

	err = rb_program_load(&port->base->programs, &port->netif, way, old.xsks_fd, &program);
	if (err)
		return err;
	port->way = way;
	port->program = program;
	err = link_program(port);
	if (err) {
		port->way = before;
		port->program = old;
		rb_program_unload(&program);
		return err;
	}
	rb_program_unload(&old);
	return 0;
}

static void log_attached(const struct rb_port *port)
{
	unsigned int i;

	rb_log_notice("%s: %s XDP, replies by %s, misses by %s", port->netif.name,
		      rb_mode_name(port->way.mode), rb_egress_name(port->way.egress),
		      port->way.use_xsk ? "AF_XDP" : "socket");
	for (i = 0; i < port->netif.vlan_count; i++)
		rb_log_notice("%s: answers what comes for %s too", port->netif.name,
			      port->netif.vlan_names[i]);
	if (port->netif.locals_dropped)
		rb_log_warn("%s: %u of its addresses are more than XDP serves (%d per family); "
			    "served by sockets",
			    port->netif.name, port->netif.locals_dropped, RB_LOCALS_MAX);
}

/* A veth with its peer here needs that peer's help; without it replies would be lost in silence. */
static int attach_native(struct rb_port *port)
{
	int err;

	if (port->plan.needs_peer) {
		err = rb_port_attach_peer(port);
		/* Somebody was faster there: that is no program on the interface itself. */
		if (err)
			return err == -EBUSY || err == -EEXIST ? -EOPNOTSUPP : err;
	}
	return link_program(port);
}

int rb_port_attach(struct rb_port *port)
{
	char why[RB_PLAN_REFUSED];
	int err;

	if (port->way.mode == RB_MODE_NATIVE) {
		err = attach_native(port);
		if (!err) {
			log_attached(port);
			return 0;
		}
		if (err == -EBUSY || err == -EEXIST)
			return err;
		rb_plan_refused(&port->netif, why);
		port->refuses_native = port->netif.vlan_count;
		if (port->refuses_native) {
			rb_log_warn("%s: native XDP refused (%s); its VLANs are answered on "
				    "themselves, in generic mode. Probably %s.",
				    port->netif.name, strerror(-err), why);
			return err;
		}
		rb_log_warn("%s: native XDP refused (%s); answering in generic mode, misses by "
			    "socket. Probably %s.",
			    port->netif.name, strerror(-err), why);
		err = rb_port_apply(port, rb_plan_fallback());
	} else {
		err = link_program(port);
	}
	if (!err)
		log_attached(port);
	return err;
}

void rb_port_detach_link(const struct rb_port *port, const char *prefix, int *link_fd)
{
	char path[PATH_MAX];
	int err;

	if (*link_fd < 0)
		return;
	err = rb_xdp_pin_path(port->base->pin_dir, prefix, port->netif.name, path);
	rb_link_detach(*link_fd, err ? NULL : path);
	close(*link_fd);
	*link_fd = -1;
}

void rb_port_detach(struct rb_port *port)
{
	/* Ours first: a peer without a program would swallow replies. */
	rb_port_detach_link(port, RB_PIN_LINK, &port->link_fd);
	rb_port_detach_peer(port);
}

void rb_port_close_sockets(struct rb_port *port)
{
	size_t i;

	for (i = 0; i < port->socket_count; i++)
		rb_xsk_close(port->sockets[i]);
	free(port->sockets);
	port->sockets = NULL;
	port->socket_count = 0;
	port->plan.best.use_xsk = port->way.use_xsk = false;
	port->fresh = false;
}

void rb_port_close(struct rb_port *port)
{
	rb_port_close_sockets(port);
	rb_program_unload(&port->program);
	rb_probe_free(port->probe);
	rb_closep(&port->link_fd);
	rb_closep(&port->peer_link_fd);
	port_init(port, port->base, &port->netif);
}
