/* SPDX-License-Identifier: BSD-2-Clause */
/* The report on served interfaces: chain, plan, findings. */
#include "checkup/view.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "datapath/link.h"
#include "datapath/pins.h"
#include "datapath/plan.h"
#include "datapath/probe.h"
#include "datapath/trunk.h"
#include "netif/chain.h"
#include "netif/netif.h"
#include "util/cleanup.h"

#define STEPS_MAX 48

/* " 192.0.2.1@53", or " 192.0.2.1@53 (eth0.10)" where it is that VLAN's. */
static void print_address(FILE *out, const struct rb_netif *netif, int family, const void *addr,
			  __be16 port, unsigned int vlan)
{
	char text[INET6_ADDRSTRLEN];

	fprintf(out, " %s@%u", inet_ntop(family, addr, text, sizeof(text)), ntohs(port));
	if (vlan)
		fprintf(out, " (%s)", netif->vlan_names[vlan - 1]);
}

static void print_addresses(const struct rb_report_view *view, const struct rb_netif *netif)
{
	FILE *out = view->report->out;
	unsigned int i;

	fprintf(out, "\n%s serves", netif->name);
	for (i = 0; i < netif->locals4_count; i++)
		print_address(out, netif, AF_INET, &netif->locals4[i].addr, netif->locals4[i].port,
			      netif->locals4[i].vlan);
	for (i = 0; i < netif->locals6_count; i++)
		print_address(out, netif, AF_INET6, netif->locals6[i].addr, netif->locals6[i].port,
			      netif->locals6[i].vlan);
	fputc('\n', out);
}

static void print_vlans(const struct rb_report_view *view, const struct rb_netif *netif)
{
	char text[RB_STEP_TEXT];
	unsigned int v;
	size_t i;

	for (v = 0; v < netif->vlan_count; v++) {
		for (i = 0; i < view->link_count; i++) {
			const struct rb_step step = {&view->links[i], RB_ROLE_SELF, 0};

			if (strcmp(step.link->name, netif->vlan_names[v]) != 0)
				continue;
			rb_chain_text(view->links, view->link_count, &step, text);
			fprintf(view->report->out, "    %s\n", text);
		}
	}
}

static size_t print_chain(const struct rb_report_view *view, const struct rb_netif *netif,
			  struct rb_step steps[STEPS_MAX])
{
	size_t count =
		rb_chain_walk(view->links, view->link_count, netif->ifindex, steps, STEPS_MAX);
	char text[RB_STEP_TEXT];
	size_t i;

	for (i = 0; i < count; i++) {
		rb_chain_text(view->links, view->link_count, &steps[i], text);
		fprintf(view->report->out, "    %*s%s\n", (int)steps[i].depth * 2, "", text);
	}
	if (count == STEPS_MAX)
		fprintf(view->report->out, "    ...\n");
	return count;
}

/* A running runbound's program is no foreign one. */
static bool disown(const struct rb_report_view *view, const char *prefix,
		   const struct rb_netif *netif, int ifindex, int *prog_id)
{
	_cleanup_close_ int link_fd = -1;
	char path[PATH_MAX];

	if (!*prog_id || rb_xdp_pin_path(view->config->pin_dir, prefix, netif->name, path) ||
	    rb_link_adopt(path, ifindex, *prog_id, &link_fd))
		return false;
	*prog_id = 0;
	return true;
}

static void print_plan(const struct rb_report_view *view, const struct rb_netif *netif,
		       const struct rb_plan *plan)
{
	FILE *out = view->report->out;

	if (!view->config->xdp) {
		fprintf(out, "    plan: sockets alone, because of xdp: no\n");
		return;
	}
	fprintf(out, "    plan: %s XDP", rb_mode_name(plan->best.mode));
	if (plan->best.mode != RB_MODE_NONE)
		fprintf(out, ", replies by %s, misses by %s", rb_egress_name(plan->best.egress),
			plan->best.use_xsk ? "AF_XDP" : "socket");
	if (plan->best.use_xsk)
		fprintf(out, " on %u queue%s", netif->rx_queues, netif->rx_queues == 1 ? "" : "s");
	if (plan->reason[0])
		fprintf(out, ", because %s", plan->reason);
	fputc('\n', out);
}

/* The plan of a veth whose other end nobody here can see is proven or refuted by one frame. */
static void report_unseen_peer(const struct rb_report_view *view, const struct rb_netif *netif)
{
	_cleanup_(rb_probe_freep) struct rb_probe *probe = NULL;
	int err = rb_probe_new(netif, &probe);

	if (!err)
		err = rb_probe_run(probe);
	if (!err)
		rb_report_add(view->report, RB_LEVEL_OK,
			      "%s: the other end takes what XDP sends (tried)", netif->name);
	else if (err == -ENETUNREACH)
		rb_report_add(view->report, RB_LEVEL_WARN,
			      "%s: the other end, in another network namespace, does not take what "
			      "XDP sends: generic XDP will answer, which is slower. On the host: "
			      "ethtool -K PEER gro on, and for good in its interfaces file",
			      netif->name);
	else
		rb_report_add(
			view->report, RB_LEVEL_INFO,
			"%s: whether the other end, in another network namespace, takes what "
			"XDP sends cannot be tried by this process (%s). It must have GRO on; "
			"on the host: ethtool -K PEER gro on",
			netif->name, strerror(-err));
}

static void report_peer(const struct rb_report_view *view, const struct rb_netif *netif)
{
	const struct rb_rtnl_link *peer =
		rb_chain_link(view->links, view->link_count, netif->peer_ifindex);
	bool gro_on = false;

	if (!peer)
		return;
	if (rb_ethtool_offload(peer->name, RB_OFFLOAD_GRO, &gro_on))
		gro_on = false;
	rb_report_add(view->report, RB_LEVEL_OK,
		      "%s: its other end %s gets a program that passes everything, without which "
		      "replies would be lost, and loses it at the end%s",
		      netif->name, peer->name,
		      gro_on ? "" : " (it has GRO off, so without that program it has no NAPI)");
}

static void report_vlans(const struct rb_report_view *view, const struct rb_netif *netif,
			 const struct rb_step *steps, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct rb_rtnl_link *link = steps[i].link, *parent;
		bool stripped = false;

		parent = rb_chain_link(view->links, view->link_count, link->lower_ifindex);
		/* Of the interface itself the plan says it. */
		if (!i || strcmp(link->kind, "vlan") != 0 || !parent ||
		    rb_ethtool_offload(parent->name, RB_OFFLOAD_RXVLAN, &stripped))
			continue;
		if (stripped)
			rb_report_add(view->report, RB_LEVEL_INFO,
				      "%s: %s takes VLAN tags out of frames before XDP sees them "
				      "(rxvlan on), so XDP works on %s and above, not on %s",
				      netif->name, parent->name, link->name, parent->name);
	}
}

/* A bond that is a port of a bridge while something on the bond itself is to serve. */
static void report_enslaved(const struct rb_report_view *view, const struct rb_netif *netif,
			    const struct rb_step *steps, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++) {
		const struct rb_rtnl_link *link = steps[i].link, *master;

		master = rb_chain_link(view->links, view->link_count, link->master_ifindex);
		if (steps[i].role != RB_ROLE_PARENT || !master ||
		    strcmp(master->kind, "bridge") != 0)
			continue;
		rb_report_add(
			view->report, RB_LEVEL_WARN,
			"%s: %s below it is a port of bridge %s, which may take frames before "
			"%s sees them; then nothing is answered. Take it out (ip link set %s "
			"nomaster), or make %s the port instead",
			netif->name, link->name, master->name, netif->name, link->name,
			netif->name);
	}
}

static void report_program(const struct rb_report_view *view, const struct rb_netif *netif,
			   bool is_ours)
{
	char name[RB_PROGRAM_NAME];

	if (is_ours)
		rb_report_add(view->report, RB_LEVEL_INFO, "%s: runbound's program is attached now",
			      netif->name);
	if (!netif->foreign_prog_id)
		return;
	rb_link_program_name(netif->foreign_prog_id, name);
	rb_report_add(
		view->report, RB_LEVEL_WARN,
		"%s: carries somebody else's XDP program%s%s (id %d), which is left alone, so "
		"sockets serve; 'bpftool net' shows it, 'ip link set %s xdp off' removes it",
		netif->name, name[0] ? " " : "", name, netif->foreign_prog_id, netif->name);
}

static void report_device(const struct rb_report_view *view, const struct rb_netif *netif,
			  const struct rb_plan *plan)
{
	char why[RB_PLAN_REFUSED];

	if (!netif->is_up)
		rb_report_add(view->report, RB_LEVEL_WARN, "%s: is down: ip link set %s up",
			      netif->name, netif->name);
	if (plan->advice[0])
		rb_report_add(view->report, RB_LEVEL_WARN, "%s: %s", netif->name, plan->advice);
	if (plan->best.mode == RB_MODE_NATIVE && strcmp(netif->kind, "veth") != 0) {
		rb_plan_refused(netif, why);
		rb_report_add(view->report, RB_LEVEL_INFO,
			      "%s: should %s refuse native XDP at the start, generic XDP answers. "
			      "Then probably %s",
			      netif->name, netif->driver[0] ? netif->driver : "the driver", why);
	}
	if (netif->locals_dropped)
		rb_report_add(view->report, RB_LEVEL_WARN,
			      "%s: %u addresses are more than XDP serves on one interface (%d for "
			      "each family); sockets serve them",
			      netif->name, netif->locals_dropped, RB_LOCALS_MAX);
}

static void report_netif(const struct rb_report_view *view, const struct rb_netif *found)
{
	struct rb_netif netif = *found;
	struct rb_step steps[STEPS_MAX];
	struct rb_plan plan;
	size_t count;
	bool is_ours;

	is_ours = disown(view, RB_PIN_LINK, &netif, netif.ifindex, &netif.foreign_prog_id);
	disown(view, RB_PIN_PEER, &netif, netif.peer_ifindex, &netif.peer_prog_id);
	rb_plan_make(&netif, &plan);
	print_addresses(view, &netif);
	print_vlans(view, &netif);
	count = print_chain(view, &netif, steps);
	print_plan(view, &netif, &plan);
	if (!view->config->xdp)
		return;
	if (netif.is_sink) {
		if (plan.advice[0])
			rb_report_add(view->report, RB_LEVEL_WARN, "%s: %s", netif.name,
				      plan.advice);
		return;
	}
	report_program(view, &netif, is_ours);
	report_device(view, &netif, &plan);
	if (plan.needs_probe)
		report_unseen_peer(view, &netif);
	if (plan.needs_peer)
		report_peer(view, &netif);
	report_vlans(view, &netif, steps, count);
	report_enslaved(view, &netif, steps, count);
	rb_report_subnets(view, &netif);
	rb_xdp_report_steering(view->report, view->config, &netif);
}

static void report_missing(const struct rb_report_view *view, const size_t *missing, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct rb_listen *listen = &view->config->listens[missing[i]];

		rb_report_add(view->report, RB_LEVEL_WARN,
			      "no interface carries %s ('ip address' shows what there is); %s",
			      listen->text ? listen->text : "an address that is to be served",
			      view->config->ip_freebind || view->config->ip_transparent
				      ? "it is served as soon as one does"
				      : "when one does later, restart runbound, or allow "
					"ip-freebind:");
	}
}

int rb_xdp_report_netifs(struct rb_report *report, const struct rb_config *config)
{
	_cleanup_free_ struct rb_rtnl_link *links = NULL;
	_cleanup_free_ struct rb_rtnl_addr *addrs = NULL;
	_cleanup_free_ struct rb_netif *netifs = NULL;
	_cleanup_free_ size_t *missing = NULL;
	struct rb_report_view view = {.report = report, .config = config};
	const struct rb_served served = rb_served_all(config);
	char unused[IF_NAMESIZE];
	size_t count, missing_count, i;
	int err = rb_rtnl_links(&links, &view.link_count);

	if (!err)
		err = rb_rtnl_addrs(&addrs, &view.addr_count);
	if (!err)
		err = rb_trunk_find(&served, NULL, &netifs, &count, &missing, &missing_count);
	if (err)
		return err;
	view.links = links;
	view.addrs = addrs;
	for (i = 0; i < count; i++)
		report_netif(&view, &netifs[i]);
	if (count)
		fputc('\n', report->out);
	report_missing(&view, missing, missing_count);
	if (rb_netifs_unused_name(config, netifs, count, unused))
		rb_report_add(
			report, RB_LEVEL_WARN,
			"xdp-interface: names %s, which carries no address that is served; XDP "
			"works on the interface that carries it, not below",
			unused);
	return 0;
}
