/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces come, go and change while we run: rtnetlink says that something did, and what is
 * served now is compared with what is attached. Looking at everything again, at most once a second,
 * needs no order among messages and survives their loss.
 */
#include "datapath/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/steering.h"
#include "datapath/trunk.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"
#include "util/log.h"

static const struct rb_netif *netif_by_index(const struct rb_netif *netifs, size_t count,
					     int ifindex)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (netifs[i].ifindex == ifindex)
			return &netifs[i];
	}
	return NULL;
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

static struct rb_port *port_by_index(struct rb_xdp *xdp, int ifindex)
{
	size_t i;

	for (i = 0; i < xdp->port_count; i++) {
		if (xdp->ports[i].netif.ifindex == ifindex)
			return &xdp->ports[i];
	}
	return NULL;
}

/* Ports whose interface went. Those stay whose AF_XDP sockets a worker has for good. */
static void retire_ports(struct rb_xdp *xdp, const struct rb_netif *netifs, size_t count)
{
	size_t i = 0;

	while (i < xdp->port_count) {
		struct rb_port *port = &xdp->ports[i];

		if (netif_by_index(netifs, count, port->netif.ifindex)) {
			i++;
			continue;
		}
		if (!port->idle)
			rb_port_retire(port);
		if (!rb_xdp_undeal(xdp, port)) {
			i++;
			continue;
		}
		rb_port_close(port);
		xdp->port_count--;
		memmove(port, port + 1, (xdp->port_count - i) * sizeof(*port));
	}
}

static void log_failure(const char *name, int err)
{
	rb_log_error("%s: XDP cannot follow its change (%s); served by sockets", name,
		     strerror(-err));
}

static void open_late(struct rb_xdp *xdp, const struct rb_netif *netif)
{
	struct rb_port *grown = reallocarray(xdp->ports, xdp->port_count + 1, sizeof(*xdp->ports));
	int err;

	if (!grown)
		return;
	xdp->ports = grown;
	err = rb_port_open(&xdp->base, netif, &xdp->ports[xdp->port_count]);
	if (err == -ENOTSUP)
		return;
	if (err) {
		log_failure(netif->name, err);
		return;
	}
	xdp->ports[xdp->port_count].changed = true;
	xdp->ports[xdp->port_count].fresh = true;
	rb_xdp_deal(xdp, &xdp->ports[xdp->port_count++]);
}

static void change_port(struct rb_port *port, const struct rb_netif *netif)
{
	int err = rb_port_replan(port, netif);

	if (!err)
		return;
	if (err != -ENOTSUP)
		log_failure(netif->name, err);
	rb_port_retire(port);
}

static void look_at(struct rb_xdp *xdp, const struct rb_netif *netif)
{
	const struct rb_netif *before = netif_by_index(xdp->seen, xdp->seen_count, netif->ifindex);
	struct rb_port *port = port_by_index(xdp, netif->ifindex);

	if (port) {
		if (!port->lost && (port->idle || !netif_same(&port->netif, netif)))
			change_port(port, netif);
		return;
	}
	/* What was declined before is looked at again only if it is another case now. */
	if (!before || !netif_same(before, netif) ||
	    before->foreign_prog_id != netif->foreign_prog_id)
		open_late(xdp, netif);
}

static void attach_changed(struct rb_xdp *xdp)
{
	size_t i;
	int err;

	for (i = 0; i < xdp->port_count; i++) {
		struct rb_port *port = &xdp->ports[i];

		if (!port->changed)
			continue;
		port->changed = false;
		err = rb_port_renew(port);
		if (!err)
			continue;
		if (port->refuses_native)
			rb_xdp_look_again(xdp, port);
		else
			log_failure(port->netif.name, err);
		rb_port_retire(port);
	}
}

void rb_xdp_look_again(struct rb_xdp *xdp, struct rb_port *port)
{
	port->refuses_native = false;
	/* Without it everything would be tried once more: better to leave things as they are. */
	xdp->looks_again = !rb_refusals_add(&xdp->refusals, &port->netif);
}

/* What is served now against what is attached. */
static void look(struct rb_xdp *xdp)
{
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	bool has_maps = xdp->base.programs.acl_fd >= 0;
	size_t count, missing_count, i;
	int err;

	err = rb_trunk_find(&xdp->followed, &xdp->refusals, &netifs, &count, &missing,
			    &missing_count);
	if (err) {
		rb_log_warn("the interfaces cannot be read (%s)", strerror(-err));
		return;
	}
	retire_ports(xdp, netifs, count);
	for (i = 0; i < count; i++)
		look_at(xdp, &netifs[i]);
	rb_xdp_excuse_peers(xdp);
	err = rb_xdp_open_refreshes(xdp);
	if (err) {
		rb_log_warn("what the kernel asks to be refreshed cannot be read (%s): neither "
			    "prefetch nor serve-expired there",
			    strerror(-err));
		xdp->base.programs.prefetch = false;
		xdp->base.programs.stale_ns = 0;
		for (i = 0; i < xdp->port_count; i++)
			xdp->ports[i].fresh = false;
	}
	if (!has_maps && xdp->port_count) {
		err = rb_xdp_share_maps(xdp);
		if (err)
			rb_log_warn("%s: %s", xdp->pin_dir, strerror(-err));
	}
	attach_changed(xdp);
	rb_steering_update(xdp->steering, xdp->ports, xdp->port_count);
	free(xdp->seen);
	xdp->seen = TAKE_PTR(netifs);
	xdp->seen_count = count;
}

void rb_xdp_follow(struct rb_xdp *xdp)
{
	bool changed = xdp->changes_fd >= 0 && rb_rtnl_changes_read(xdp->changes_fd);

	while (changed || xdp->looks_again) {
		changed = false;
		xdp->looks_again = false;
		look(xdp);
	}
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

int rb_xdp_follow_open(struct rb_xdp *xdp, const struct rb_config *config, struct rb_netif **netifs,
		       size_t count, const size_t *missing, size_t missing_count)
{
	struct rb_listen *listens = calloc(config->listen_count + 1, sizeof(*listens));
	char unused[IF_NAMESIZE];
	size_t i, kept = 0;
	int err;

	if (!listens)
		return -ENOMEM;
	/* XDP must not answer where no socket takes what it passes on. */
	for (i = 0; i < config->listen_count; i++) {
		if (config->ip_freebind || config->ip_transparent ||
		    !is_missing(i, missing, missing_count))
			listens[kept++] = config->listens[i];
	}
	xdp->followed = *config;
	xdp->followed.listens = listens;
	xdp->followed.listen_count = kept;
	xdp->seen = TAKE_PTR(*netifs);
	xdp->seen_count = count;
	if (rb_netifs_unused_name(config, xdp->seen, count, unused))
		rb_log_warn("xdp-interface: %s carries no address that is served; XDP works on the "
			    "interface that carries it",
			    unused);
	err = rb_rtnl_changes_open(&xdp->changes_fd);
	if (err)
		rb_log_warn("changes of interfaces cannot be followed (%s)", strerror(-err));
	return 0;
}

void rb_xdp_follow_close(struct rb_xdp *xdp)
{
	free(xdp->followed.listens);
	free(xdp->refusals.list);
	free(xdp->seen);
	rb_closep(&xdp->changes_fd);
}
