/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devices between an interface and the wire: a veth's other end, a VLAN's parent, a bridge's or
 * bond's ports.
 *
 * Thread: any; pure functions on rtnetlink's data. Lifetime: steps point into the links given.
 */
#ifndef RB_NETIF_CHAIN_H
#define RB_NETIF_CHAIN_H

#include <stddef.h>

#include "netif/rtnl.h"

enum rb_role {
	RB_ROLE_SELF,
	RB_ROLE_PEER,   /* a veth's other end */
	RB_ROLE_MASTER, /* the bridge or bond of which the previous one is a port */
	RB_ROLE_PORT,   /* a port of the previous bridge or bond */
	RB_ROLE_PARENT, /* the device below a VLAN, macvlan or ipvlan */
};

struct rb_step {
	const struct rb_rtnl_link *link;
	enum rb_role role;
	unsigned int depth; /* 0: the interface itself */
};

/* Up to max steps from the interface to the wire, each device once. Returns how many. */
size_t rb_chain_walk(const struct rb_rtnl_link *links, size_t count, int ifindex,
		     struct rb_step *ret_steps, size_t max);

/* "veth-bnd: the other end, veth, port of br-rb, MTU 1500, up" */
#define RB_STEP_TEXT 256
void rb_chain_text(const struct rb_rtnl_link *links, size_t count, const struct rb_step *step,
		   char ret_text[RB_STEP_TEXT]);

/* NULL: no link with that index. */
const struct rb_rtnl_link *rb_chain_link(const struct rb_rtnl_link *links, size_t count,
					 int ifindex);

/* "802.3ad (LACP)" for BOND_MODE_8023AD, and so on. */
const char *rb_bond_mode_name(int mode);

#endif
