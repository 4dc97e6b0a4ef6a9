/* SPDX-License-Identifier: BSD-2-Clause */
/* Which VLANs are answered on the device below them. */
#include "datapath/trunk.h"

#include <errno.h>
#include <string.h>

#include "datapath/link.h"
#include "datapath/pins.h"
#include "datapath/plan.h"
#include "netif/locals.h"
#include "util/cleanup.h"

int rb_refusals_add(struct rb_refusals *refusals, const struct rb_netif *netif)
{
	struct rb_refusal *grown =
		reallocarray(refusals->list, refusals->count + 1, sizeof(*refusals->list));

	if (!grown)
		return -ENOMEM;
	refusals->list = grown;
	grown[refusals->count++] = (struct rb_refusal){
		.ifindex = netif->ifindex, .mtu = netif->mtu, .rx_queues = netif->rx_queues};
	return 0;
}

static bool has_refused(const struct rb_refusals *refusals, const struct rb_netif *netif)
{
	size_t i;

	for (i = 0; refusals && i < refusals->count; i++) {
		const struct rb_refusal *refusal = &refusals->list[i];

		if (refusal->ifindex == netif->ifindex && refusal->mtu == netif->mtu &&
		    refusal->rx_queues == netif->rx_queues)
			return true;
	}
	return false;
}

static bool has_foreign_program(const struct rb_netif *netif)
{
	return netif->foreign_prog_id && !netif->runs_ours;
}

/* By the rules for the device itself. */
static bool sends_natively(const struct rb_netif *netif)
{
	struct rb_netif bare = *netif;
	struct rb_plan plan;

	bare.foreign_prog_id = 0;
	rb_plan_make(&bare, &plan);
	return plan.best.mode == RB_MODE_NATIVE && plan.best.egress == RB_EGRESS_TX;
}

static enum rb_below below_of(const struct rb_netif *vlan, const struct rb_netif *parent)
{
	if (!parent)
		return RB_BELOW_NONE;
	if (!vlan->is_up)
		return RB_BELOW_DOWN;
	if (parent->is_excluded)
		return RB_BELOW_EXCLUDED;
	if (has_foreign_program(vlan) || has_foreign_program(parent))
		return RB_BELOW_FOREIGN;
	if (!strcmp(parent->kind, "veth"))
		return RB_BELOW_VETH;
	/* A bond's port has no VLANs of its own that would see a frame. */
	if (!sends_natively(parent) || !strcmp(parent->master_kind, "bond"))
		return RB_BELOW_GENERIC;
	if (parent->strips_tags[0])
		return RB_BELOW_STRIPS;
	if (parent->refuses_native)
		return RB_BELOW_REFUSES;
	return parent->vlan_count < RB_VLANS_MAX ? RB_BELOW_ANSWERS : RB_BELOW_FULL;
}

static void move_locals(const struct rb_netif *vlan, struct rb_netif *parent)
{
	uint16_t number = (uint16_t)parent->vlan_count;
	unsigned int i;

	for (i = 0; i < vlan->locals4_count; i++) {
		if (parent->locals4_count == RB_LOCALS_MAX) {
			parent->locals_dropped++;
			continue;
		}
		parent->locals4[parent->locals4_count] = vlan->locals4[i];
		parent->locals4[parent->locals4_count++].vlan = number;
	}
	for (i = 0; i < vlan->locals6_count; i++) {
		if (parent->locals6_count == RB_LOCALS_MAX) {
			parent->locals_dropped++;
			continue;
		}
		parent->locals6[parent->locals6_count] = vlan->locals6[i];
		parent->locals6[parent->locals6_count++].vlan = number;
	}
	parent->locals_dropped += vlan->locals_dropped;
}

static void fold(const struct rb_netif *vlan, struct rb_netif *parent)
{
	struct rb_vlan *ref = &parent->vlans[parent->vlan_count];

	ref->tags = vlan->tags;
	memcpy(ref->mac, vlan->mac, sizeof(ref->mac));
	memcpy(parent->vlan_names[parent->vlan_count], vlan->name, sizeof(vlan->name));
	parent->vlan_count++;
	move_locals(vlan, parent);
	rb_locals_copy_own(parent, vlan);
	if (vlan->reply_mtu < parent->reply_mtu)
		parent->reply_mtu = vlan->reply_mtu;
}

static struct rb_netif *parent_of(struct rb_netif *netifs, size_t count,
				  const struct rb_netif *vlan)
{
	size_t i;

	for (i = 0; vlan->parent_ifindex && i < count; i++) {
		if (netifs[i].ifindex == vlan->parent_ifindex)
			return &netifs[i];
	}
	return NULL;
}

static bool has_locals(const struct rb_netif *netif)
{
	return netif->locals4_count || netif->locals6_count;
}

void rb_trunk_fold(struct rb_netif *netifs, size_t *count)
{
	size_t kept = 0, i;

	for (i = 0; i < *count; i++) {
		struct rb_netif *parent = parent_of(netifs, *count, &netifs[i]);

		netifs[i].below = below_of(&netifs[i], parent);
		if (parent && netifs[i].below == RB_BELOW_ANSWERS)
			fold(&netifs[i], parent);
		else if (parent)
			memcpy(netifs[i].strips_tags, parent->strips_tags,
			       sizeof(parent->strips_tags));
	}
	for (i = 0; i < *count; i++) {
		if (netifs[i].below != RB_BELOW_ANSWERS && has_locals(&netifs[i]))
			netifs[kept++] = netifs[i];
	}
	*count = kept;
}

/* What is attached there is ours if it is what we have pinned for that name. */
static bool runs_ours(const struct rb_config *config, const struct rb_netif *netif)
{
	_cleanup_close_ int link_fd = -1;
	char path[PATH_MAX];

	if (!netif->foreign_prog_id ||
	    rb_xdp_pin_path(config->pin_dir, RB_PIN_LINK, netif->name, path))
		return false;
	return !rb_link_adopt(path, netif->ifindex, netif->foreign_prog_id, &link_fd);
}

int rb_trunk_find(const struct rb_served *served, const struct rb_refusals *refusals,
		  struct rb_netif **ret_netifs, size_t *ret_count, size_t **ret_missing,
		  size_t *ret_missing_count)
{
	int err = rb_netifs_find(served, ret_netifs, ret_count, ret_missing, ret_missing_count);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < *ret_count; i++) {
		(*ret_netifs)[i].runs_ours = runs_ours(served->config, &(*ret_netifs)[i]);
		(*ret_netifs)[i].refuses_native = has_refused(refusals, &(*ret_netifs)[i]);
	}
	rb_trunk_fold(*ret_netifs, ret_count);
	return 0;
}
