/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules about devices: mode, egress and AF_XDP by kind. */
#include "datapath/plan.h"

#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* Kinds without native XDP. For others that lack it the attempt to attach tells. */
static bool kind_is_generic(const char *kind)
{
	static const char *const kinds[] = {"vlan",   "macvlan", "macvtap", "ipvlan",
					    "ipvtap", "bridge",  "vxlan",   "dummy"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kind, kinds[i]))
			return true;
	}
	return false;
}

static void plan_none(struct rb_plan *plan, const char *reason)
{
	plan->best = (struct rb_way){.mode = RB_MODE_NONE, .egress = RB_EGRESS_NONE};
	snprintf(plan->reason, sizeof(plan->reason), "%s", reason);
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

void rb_plan_make(const struct rb_netif *netif, struct rb_plan *ret_plan)
{
	struct rb_plan plan = {
		.best = {.mode = RB_MODE_NATIVE, .egress = RB_EGRESS_TX, .use_xsk = true},
	};

	if (netif->foreign_prog_id) {
		plan_none(&plan, "");
		snprintf(plan.reason, sizeof(plan.reason),
			 "it carries somebody else's XDP program (id %d)", netif->foreign_prog_id);
	} else if (netif->is_loopback) {
		plan_none(&plan, "loopback has no native XDP, and its clients' addresses "
				 "(127.0.0.1) are never answered by XDP");
	} else if (!netif->is_ethernet) {
		plan_none(&plan, "it has no Ethernet header");
	} else if (kind_is_generic(netif->kind)) {
		plan.best = rb_plan_fallback();
		snprintf(plan.reason, sizeof(plan.reason), "a %s device has no native XDP",
			 netif->kind);
	} else if (!strcmp(netif->kind, "veth")) {
		plan_veth(netif, &plan);
	}
	*ret_plan = plan;
}

struct rb_way rb_plan_fallback(void)
{
	return (struct rb_way){.mode = RB_MODE_GENERIC, .egress = RB_EGRESS_TX};
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
