/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk from an interface to the wire, and its text. */
#include "netif/chain.h"

#include <linux/if_bonding.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

struct walk {
	const struct rb_rtnl_link *links;
	size_t link_count;
	struct rb_step *steps;
	size_t count, max;
};

const struct rb_rtnl_link *rb_chain_link(const struct rb_rtnl_link *links, size_t count,
					 int ifindex)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (links[i].ifindex == ifindex)
			return &links[i];
	}
	return NULL;
}

/* Each device once, so that no loop of devices is one of ours. */
static void add(struct walk *walk, const struct rb_rtnl_link *link, enum rb_role role,
		unsigned int depth)
{
	size_t i;

	if (!link || walk->count == walk->max)
		return;
	for (i = 0; i < walk->count; i++) {
		if (walk->steps[i].link == link)
			return;
	}
	walk->steps[walk->count++] = (struct rb_step){link, role, depth};
}

static bool gathers_ports(const struct rb_rtnl_link *link)
{
	static const char *const kinds[] = {"bridge", "bond", "team", "openvswitch"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(link->kind, kinds[i]))
			return true;
	}
	return false;
}

/* What comes after a step on the way to the wire. */
static void expand(struct walk *walk, const struct rb_step *step)
{
	const struct rb_rtnl_link *link = step->link;
	unsigned int depth = step->depth + 1;
	bool is_veth = !strcmp(link->kind, "veth");
	size_t i;

	if (gathers_ports(link)) {
		for (i = 0; i < walk->link_count; i++) {
			if (walk->links[i].master_ifindex == link->ifindex)
				add(walk, &walk->links[i], RB_ROLE_PORT, depth);
		}
	} else if (link->lower_ifindex) {
		add(walk, rb_chain_link(walk->links, walk->link_count, link->lower_ifindex),
		    is_veth ? RB_ROLE_PEER : RB_ROLE_PARENT, depth);
	}
	/* From a port we came down; only our own way leads up into a bridge. */
	if (link->master_ifindex && (step->role == RB_ROLE_SELF || step->role == RB_ROLE_PEER))
		add(walk, rb_chain_link(walk->links, walk->link_count, link->master_ifindex),
		    RB_ROLE_MASTER, depth);
}

size_t rb_chain_walk(const struct rb_rtnl_link *links, size_t count, int ifindex,
		     struct rb_step *ret_steps, size_t max)
{
	struct walk walk = {.links = links, .link_count = count, .steps = ret_steps, .max = max};
	size_t i;

	add(&walk, rb_chain_link(links, count, ifindex), RB_ROLE_SELF, 0);
	for (i = 0; i < walk.count; i++)
		expand(&walk, &walk.steps[i]);
	return walk.count;
}

const char *rb_bond_mode_name(int mode)
{
	static const char *const names[] = {
		[BOND_MODE_ROUNDROBIN] = "balance-rr", [BOND_MODE_ACTIVEBACKUP] = "active-backup",
		[BOND_MODE_XOR] = "balance-xor",       [BOND_MODE_BROADCAST] = "broadcast",
		[BOND_MODE_8023AD] = "802.3ad (LACP)", [BOND_MODE_TLB] = "balance-tlb",
		[BOND_MODE_ALB] = "balance-alb",
	};

	return mode >= 0 && (size_t)mode < ARRAY_SIZE(names) ? names[mode] : "of unknown mode";
}

/* A buffer that is written piece by piece and never overrun. */
struct text {
	char *at;
	size_t room;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->at, text->room, format, args);
	va_end(args);
	if (length < 0 || (size_t)length >= text->room)
		length = (int)text->room - 1;
	text->at += length;
	text->room -= (size_t)length;
}

void rb_chain_text(const struct rb_rtnl_link *links, size_t count, const struct rb_step *step,
		   char ret_text[RB_STEP_TEXT])
{
	static const char *const roles[] = {
		[RB_ROLE_SELF] = "",
		[RB_ROLE_PEER] = "its other end, ",
		[RB_ROLE_MASTER] = "",
		[RB_ROLE_PORT] = "a port, ",
		[RB_ROLE_PARENT] = "below it, ",
	};
	const struct rb_rtnl_link *link = step->link, *master, *lower;
	struct text text = {ret_text, RB_STEP_TEXT};
	bool is_veth = !strcmp(link->kind, "veth");

	master = rb_chain_link(links, count, link->master_ifindex);
	lower = rb_chain_link(links, count, link->lower_ifindex);
	put(&text, "%s: %s%s", link->name, roles[step->role],
	    link->flags & IFF_LOOPBACK ? "loopback"
	    : link->kind[0]            ? link->kind
				       : "hardware");
	if (link->vlan_id)
		put(&text, " %u", link->vlan_id);
	if (!strcmp(link->kind, "bond"))
		put(&text, " %s", rb_bond_mode_name(link->bond_mode));
	if (lower && !is_veth)
		put(&text, " on %s", lower->name);
	if (is_veth && !lower)
		put(&text, " whose other end is in another network namespace");
	if (master)
		put(&text, ", port of %s", master->name);
	put(&text, ", MTU %u, %s", link->mtu,
	    link->flags & IFF_RUNNING ? "up"
	    : link->flags & IFF_UP    ? "up without carrier"
				      : "down");
	if (link->xdp_prog_id)
		put(&text, ", %s XDP program %d", link->xdp_native ? "native" : "generic",
		    link->xdp_prog_id);
}
