/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnetlink says that something changed, and what is served now is compared with what is attached.
 * Looking at everything again, at most once a second, needs no order among messages and survives
 * their loss.
 */
#include "datapath/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/attach.h"
#include "datapath/steering.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define LOOKS_MAX 3                    /* refused native XDP takes one more, for its VLANs */
#define SETTLE_NS (300 * RB_NS_PER_MS) /* a program takes most of that; then others have a turn */

static bool is_served(const struct rb_port *port, const struct rb_netif *netifs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (netifs[i].ifindex == port->netif.ifindex)
			return true;
	}
	return false;
}

static struct rb_port *port_by_index(const struct rb_xdp *xdp, int ifindex)
{
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		if (xdp->ports[i].netif.ifindex == ifindex)
			return &xdp->ports[i];
	}
	return NULL;
}

/* Ports whose interface went, or carries nothing that is served any more. */
static void ports_remove(struct rb_xdp *xdp, const struct rb_netif *netifs, size_t count)
{
	size_t i = 0;

	while (i < xdp->port_count) {
		struct rb_port *port = &xdp->ports[i];

		if (is_served(port, netifs, count)) {
			i++;
			continue;
		}
		rb_port_leave(port);
		rb_port_close(port);
		xdp->port_count--;
		memmove(port, port + 1, (xdp->port_count - i) * sizeof(*port));
	}
}

static int add(struct rb_xdp *xdp, const struct rb_netif *netif)
{
	struct rb_port *grown = reallocarray(xdp->ports, xdp->port_count + 1, sizeof(*xdp->ports));

	if (!grown)
		return -ENOMEM;
	xdp->ports = grown;
	rb_port_open(&grown[xdp->port_count++], &xdp->base, netif);
	return 0;
}

static void look_at(struct rb_xdp *xdp, const struct rb_netif *netif)
{
	struct rb_port *port = port_by_index(xdp, netif->ifindex);

	if (port && rb_port_has_changed(port, netif))
		rb_port_replan(port, netif);
	/* Where there is no memory it is looked at with the next change. */
	else if (!port)
		add(xdp, netif);
}

static bool serves_natively(const struct rb_xdp *xdp, int ifindex)
{
	const struct rb_port *port = port_by_index(xdp, ifindex);

	if (!port)
		return false;
	return (port->health.state == RB_PORT_PLANNED ? port->plan.best : rb_port_mode(port))
		       .mode == RB_MODE_NATIVE;
}

/* A peer that we serve too gets a program for its own sake. */
static void peers_plan(const struct rb_xdp *xdp)
{
	struct rb_plan plan;
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		struct rb_port *port = &xdp->ports[i];

		if (port->health.state == RB_PORT_ABSENT || !port->netif.peer_ifindex)
			continue;
		rb_plan_make(&port->netif, &plan);
		if (plan.needs_peer && serves_natively(xdp, port->netif.peer_ifindex))
			plan.needs_peer = false;
		/* The peer is served no more: it needs the pass program from now on. */
		if (plan.needs_peer && !port->plan.needs_peer)
			rb_port_happens(&port->health, RB_PORT_PLAN);
		port->plan.needs_peer = plan.needs_peer;
	}
}

static bool stands_above(const struct rb_port *upper, int ifindex)
{
	struct rb_rtnl_link link;

	if (!rb_rtnl_link(ifindex, &link) && link.master_ifindex == upper->netif.ifindex)
		return true;
	return !rb_rtnl_link(upper->netif.ifindex, &link) && link.lower_ifindex == ifindex &&
	       strcmp(link.kind, "veth") != 0;
}

/* The kernel takes no program below a device that has one: ours there goes, and comes after it. */
static void uppers_give_way(struct rb_xdp *xdp, int ifindex)
{
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		struct rb_port *upper = &xdp->ports[i];

		if (!rb_port_runs(upper) || upper->plan.best.mode != RB_MODE_GENERIC ||
		    !stands_above(upper, ifindex))
			continue;
		rb_port_detach(upper);
		rb_port_happens(&upper->health, RB_PORT_PLAN);
	}
}

static void settle_native(struct rb_xdp *xdp, struct rb_port *port)
{
	if (!rb_port_runs(port) || port->link_mode != RB_MODE_NATIVE)
		uppers_give_way(xdp, port->netif.ifindex);
	if (port->plan.needs_peer && port->peer_link_fd < 0)
		uppers_give_way(xdp, port->netif.peer_ifindex);
	/* Where this cannot be noted everything would be tried once more: better to leave it so. */
	if (rb_port_settle(port) && !rb_refusals_add(&xdp->refusals, &port->netif))
		xdp->needs_look = true;
}

/* Those of one mode. false: not all of them, for want of time. */
static bool settle_those(struct rb_xdp *xdp, enum rb_mode mode, uint64_t end_ns)
{
	for (size_t i = 0; i < xdp->port_count; i++) {
		struct rb_port *port = &xdp->ports[i];

		if (port->health.state != RB_PORT_PLANNED || port->plan.best.mode != mode)
			continue;
		if (rb_clock_ns() >= end_ns)
			return false;
		if (mode == RB_MODE_NATIVE)
			settle_native(xdp, port);
		else
			rb_port_settle(port);
	}
	return true;
}

void rb_follow_settle(struct rb_xdp *xdp)
{
	uint64_t end_ns = rb_clock_ns() + SETTLE_NS;

	xdp->is_unsettled = !settle_those(xdp, RB_MODE_NATIVE, end_ns) ||
			    !settle_those(xdp, RB_MODE_GENERIC, end_ns);
	/* Between two servers there are no queues to steer to; the rules stay for the next. */
	if (xdp->base.receiver.give)
		rb_steering_update(xdp->steering, xdp->ports, xdp->port_count);
}

/* What is served now against what is attached. */
static int look(struct rb_xdp *xdp)
{
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	size_t count, missing_count, i;
	int err;

	err = rb_trunk_find(&xdp->followed, &xdp->refusals, &netifs, &count, &missing,
			    &missing_count);
	if (err)
		return err;
	ports_remove(xdp, netifs, count);
	for (i = 0; i < count; i++)
		look_at(xdp, &netifs[i]);
	return 0;
}

/* Whether something may have changed. */
static bool changes_read(struct rb_xdp *xdp)
{
	if (xdp->changes_fd >= 0)
		return rb_rtnl_changes_read(xdp->changes_fd);
	return !rb_rtnl_changes_open(&xdp->changes_fd);
}

void rb_follow(struct rb_xdp *xdp)
{
	int rounds = LOOKS_MAX, err;

	xdp->needs_look |= changes_read(xdp);
	do {
		if (xdp->needs_look) {
			err = look(xdp);
			xdp->needs_look = err;
			if (err)
				rb_log_warn("the interfaces cannot be read (%s)", strerror(-err));
		}
		peers_plan(xdp);
		rb_follow_settle(xdp);
	} while (xdp->needs_look && --rounds);
}

static bool is_missing(size_t listen, const size_t *missing, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (missing[i] == listen)
			return true;
	}
	return false;
}

/* XDP must not answer where no socket takes what it passes on. */
static int listens_keep(struct rb_xdp *xdp, const struct rb_config *config, const size_t *missing,
			size_t missing_count)
{
	struct rb_listen *listens = calloc(config->plain_count + 1, sizeof(*listens));
	size_t i, kept = 0;

	if (!listens)
		return -ENOMEM;
	for (i = 0; i < config->plain_count; i++) {
		if (config->ip_freebind || config->ip_transparent ||
		    !is_missing(i, missing, missing_count))
			listens[kept++] = config->listens[i];
	}
	xdp->followed = (struct rb_served){config, listens, kept};
	return 0;
}

static void changes_open(struct rb_xdp *xdp)
{
	int err = rb_rtnl_changes_open(&xdp->changes_fd);

	if (err)
		rb_log_warn("changes of interfaces cannot be followed (%s)", strerror(-err));
}

int rb_follow_open(struct rb_xdp *xdp, const struct rb_config *config)
{
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	const struct rb_served all = rb_served_all(config);
	size_t count, missing_count, i;
	char unused[IF_NAMESIZE];
	int err;

	changes_open(xdp);
	err = rb_trunk_find(&all, &xdp->refusals, &netifs, &count, &missing, &missing_count);
	if (!err)
		err = listens_keep(xdp, config, missing, missing_count);
	for (i = 0; !err && i < count; i++)
		err = add(xdp, &netifs[i]);
	if (err)
		return err;
	if (rb_netifs_unused_name(config, netifs, count, unused))
		rb_log_warn("xdp-interface: %s carries no address that is served; XDP works on the "
			    "interface that carries it",
			    unused);
	peers_plan(xdp);
	return 0;
}

void rb_follow_close(struct rb_xdp *xdp)
{
	size_t i;

	for (i = 0; i < xdp->port_count; i++)
		rb_port_close(&xdp->ports[i]);
	free(xdp->ports);
	free(xdp->followed.listens);
	free(xdp->refusals.list);
	rb_closep(&xdp->changes_fd);
}
