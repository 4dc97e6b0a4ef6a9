/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VLANs that are answered on the device below them, since VLAN devices have no native XDP: one
 * program there, which knows the tags, for the addresses of that device and of all its VLANs.
 *
 * Thread: main. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_DATAPATH_TRUNK_H
#define RB_DATAPATH_TRUNK_H

#include "netif/netif.h"

/*
 * A device that refused native XDP, with its state at that time: it may accept it with another MTU.
 */
struct rb_refusal {
	int ifindex;
	unsigned int mtu, rx_queues;
};

struct rb_refusals {
	struct rb_refusal *list; /* free() */
	size_t count;
};

int rb_refusals_add(struct rb_refusals *refusals, const struct rb_netif *netif);

/*
 * Move the addresses of VLANs to the devices below, where those have native XDP and see the tags,
 * and drop devices that then have no address. Pure. The caller plans each remaining device.
 */
void rb_trunk_fold(struct rb_netif *netifs, size_t *count);

/* Like rb_netifs_find(), folded. refusals: NULL: none. */
int rb_trunk_find(const struct rb_served *served, const struct rb_refusals *refusals,
		  struct rb_netif **ret_netifs, size_t *ret_count, size_t **ret_missing,
		  size_t *ret_missing_count);

#endif
