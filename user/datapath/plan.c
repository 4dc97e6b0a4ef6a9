/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules about devices: mode, egress and AF_XDP by kind. */
#include "datapath/plan.h"

#include <linux/if_bonding.h>
#include <stdio.h>
#include <string.h>

#include "netif/locals.h"
#include "util/cleanup.h"

/* A page less headroom and tailroom: what a driver without fragments (xdp.frags) takes. */
#define MTU_OF_ONE_PAGE 3498

/* Kinds without native XDP. For others that lack it the attempt to attach tells. */
static bool kind_is_generic(const char *kind)
{
	static const char *const kinds[] = {"macvlan", "macvtap", "ipvlan",
					    "ipvtap",  "bridge",  "vxlan"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kind, kinds[i]))
			return true;
	}
	return false;
}

static void plan_none(struct rb_plan *plan, const char *reason)
{
	plan->best = (struct rb_attach_mode){.mode = RB_MODE_NONE, .egress = RB_EGRESS_NONE};
	snprintf(plan->reason, sizeof(plan->reason), "%s", reason);
}

/* The modes in which a slave is chosen per frame by what XDP sees of it. */
static bool bond_has_native(int mode)
{
	return mode == BOND_MODE_ROUNDROBIN || mode == BOND_MODE_ACTIVEBACKUP ||
	       mode == BOND_MODE_XOR || mode == BOND_MODE_8023AD;
}

/*
 * A port's own address is served all the same: XDP in the driver comes before the bridge. What
 * XDP passes on (TCP, and misses without AF_XDP) is the bridge's, which may or may not deliver it.
 */
static void advise_port(const struct rb_netif *netif, struct rb_plan *plan)
{
	snprintf(plan->advice, sizeof(plan->advice),
		 "it is a port of %s, which takes whatever XDP passes on: give the address to %s, "
		 "or take %s out ('ip link set %s nomaster')",
		 netif->master, netif->master, netif->name, netif->name);
}

/*
 * A veth drops what XDP_TX sends, silently, unless its peer has a program. We can give the peer one
 * only where we see it. A redirect to the veth itself arrives where the peer runs NAPI (GRO on, or
 * a program), which cannot be seen from here either, but tried.
 */
static void plan_veth(const struct rb_netif *netif, struct rb_plan *plan)
{
	if (netif->peer_ifindex) {
		plan->needs_peer = true;
		return;
	}
	plan->best.egress = RB_EGRESS_REDIRECT;
	plan->needs_probe = true;
}

/* Why a VLAN is not answered on the device below it: a text that its name goes into. */
static const char *why_not_below(enum rb_below below)
{
	switch (below) {
	case RB_BELOW_EXCLUDED:
		return "xdp-interface: does not name %s";
	case RB_BELOW_FOREIGN:
		return "%s carries somebody else's XDP program";
	case RB_BELOW_GENERIC:
		return "native XDP is not to be had on %s";
	case RB_BELOW_REFUSES:
		return "%s refused native XDP";
	case RB_BELOW_VETH:
		return "%s is a veth, which hands VLAN tags on beside the frame";
	case RB_BELOW_STRIPS:
		return "%s takes VLAN tags out of frames before XDP sees them (rxvlan on)";
	case RB_BELOW_FULL:
		return "as many VLANs as can be are answered on %s";
	default:
		return NULL;
	}
}

/* Where XDP can be had below it the VLAN's addresses are that device's: see trunk.c. */
static void plan_vlan(const struct rb_netif *netif, struct rb_plan *plan)
{
	static const char none[] = "devices of kind vlan have no native XDP";
	const char *why = why_not_below(netif->below);
	char below[96];

	plan->best = rb_plan_fallback();
	if (!why) {
		snprintf(plan->reason, sizeof(plan->reason), "%s", none);
		return;
	}
	snprintf(below, sizeof(below), why,
		 netif->below == RB_BELOW_STRIPS ? netif->strips_tags : netif->parent);
	snprintf(plan->reason, sizeof(plan->reason), "%s, and %s", none, below);
	if (netif->below == RB_BELOW_STRIPS)
		snprintf(plan->advice, sizeof(plan->advice),
			 "native XDP on %s would answer it after 'ethtool -K %s rxvlan off txvlan "
			 "off'",
			 netif->parent, netif->strips_tags);
}

/* Its own clients have addresses that XDP never answers; others' packets come in elsewhere. */
static void plan_sink(const struct rb_netif *netif, struct rb_plan *plan)
{
	plan_none(plan, netif->is_loopback
				? "loopback's clients (127.0.0.1) are never answered by XDP"
				: "nothing comes in on a dummy");
	if (!rb_locals_have_outer(netif))
		return;
	if (netif->comes_in_on[0])
		snprintf(plan->reason, sizeof(plan->reason),
			 "its addresses are answered where xdp-interface: says that they come in "
			 "(%s)",
			 netif->comes_in_on);
	else
		snprintf(
			plan->advice, sizeof(plan->advice),
			"what is sent to its addresses comes in on another interface: name that in "
			"xdp-interface:, or the kernel does not answer it");
}

void rb_plan_make(const struct rb_netif *netif, struct rb_plan *ret_plan)
{
	struct rb_plan plan = {
		.best = {.mode = RB_MODE_NATIVE, .egress = RB_EGRESS_TX, .use_xsk = true},
	};

	if (netif->is_sink) {
		plan_sink(netif, &plan);
	} else if (netif->is_excluded) {
		plan_none(&plan, "xdp-interface: does not name it");
	} else if (netif->foreign_prog_id) {
		plan_none(&plan, "");
		snprintf(plan.reason, sizeof(plan.reason),
			 "it carries somebody else's XDP program (id %d)", netif->foreign_prog_id);
	} else if (!netif->is_ethernet) {
		plan_none(&plan, "it has no Ethernet header");
	} else if (!strcmp(netif->kind, "vlan")) {
		plan_vlan(netif, &plan);
	} else if (netif->is_l3s) {
		/* Measured on 6.1: a program is attached, and never run. */
		plan_none(&plan, "XDP sees no packet of an ipvlan in mode l3s (l2 and l3 have it)");
	} else if (kind_is_generic(netif->kind)) {
		plan.best = rb_plan_fallback();
		snprintf(plan.reason, sizeof(plan.reason), "devices of kind %s have no native XDP",
			 netif->kind);
	} else if (!strcmp(netif->kind, "bond") && !bond_has_native(netif->bond_mode)) {
		plan.best = rb_plan_fallback();
		snprintf(plan.reason, sizeof(plan.reason),
			 "a bond has native XDP in the modes balance-rr, active-backup, "
			 "balance-xor and 802.3ad alone");
	} else if (!strcmp(netif->kind, "bond") && netif->has_veth_slave) {
		/* Measured on 6.1: lost without an error, as on a veth whose peer has no program.
		 */
		plan.best = rb_plan_fallback();
		snprintf(plan.reason, sizeof(plan.reason),
			 "a slave of the bond is a veth, which loses what XDP sends");
	} else if (!strcmp(netif->kind, "bond")) {
		/* A frame carries its slave's queue, and a socket of the bond's refuses it then:
		 * after the redirect, so that no XDP_PASS is left. Measured on 6.1: all lost. */
		plan.best.use_xsk = false;
	} else if (!strcmp(netif->kind, "veth")) {
		plan_veth(netif, &plan);
	}
	if (netif->master[0])
		advise_port(netif, &plan);
	*ret_plan = plan;
}

struct rb_attach_mode rb_plan_fallback(void)
{
	return (struct rb_attach_mode){.mode = RB_MODE_GENERIC, .egress = RB_EGRESS_TX};
}

void rb_plan_refused(const struct rb_netif *netif, char ret_text[RB_PLAN_REFUSED])
{
	const char *name = netif->name;

	if (!strcmp(netif->driver, "virtio_net") && netif->mtu <= MTU_OF_ONE_PAGE)
		snprintf(
			ret_text, RB_PLAN_REFUSED,
			"virtio-net refuses XDP while the host passes large packets and partial "
			"checksums to the guest: 'ethtool -K %s lro off gro-hw off', or the host's "
			"guest_csum=off guest_tso4=off guest_tso6=off guest_ufo=off; and give it "
			"two queues for each CPU",
			name);
	else if (netif->mtu > MTU_OF_ONE_PAGE)
		snprintf(ret_text, RB_PLAN_REFUSED,
			 "its MTU of %u is more than many drivers take with XDP: "
			 "'ip link set %s mtu 1500'",
			 netif->mtu, name);
	else if (!strcmp(netif->kind, "bond"))
		snprintf(ret_text, RB_PLAN_REFUSED,
			 "every slave of the bond must have native XDP, and none a program of its "
			 "own: see 'ip -d link show master %s'",
			 name);
	else
		snprintf(ret_text, RB_PLAN_REFUSED,
			 "the driver has none or its settings forbid it: see 'dmesg' and "
			 "'ethtool -k %s'",
			 name);
}

const char *rb_mode_name(enum rb_mode mode)
{
	static const char *const names[] = {
		[RB_MODE_NONE] = "no", [RB_MODE_GENERIC] = "generic", [RB_MODE_NATIVE] = "native"};

	return names[mode];
}

const char *rb_egress_name(enum rb_egress egress)
{
	static const char *const names[] = {[RB_EGRESS_NONE] = "sockets",
					    [RB_EGRESS_TX] = "XDP_TX",
					    [RB_EGRESS_REDIRECT] = "redirect"};

	return names[egress];
}
