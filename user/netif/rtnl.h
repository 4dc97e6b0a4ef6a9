/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links and addresses of our network namespace, from rtnetlink.
 *
 * Thread: any. Lifetime: plain data, freed with free(). Errors: 0 or -errno. Never logs.
 */
#ifndef RB_NETIF_RTNL_H
#define RB_NETIF_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rb_rtnl_link {
	char name[IF_NAMESIZE];
	char kind[32]; /* IFLA_INFO_KIND; "" where there is none */
	int ifindex;
	unsigned int flags; /* IFF_* */
	unsigned int type;  /* ARPHRD_* */
	unsigned int mtu;
	unsigned int rx_queues; /* allocated, not necessarily in use */
	uint8_t mac[6];
	int lower_ifindex;      /* IFLA_LINK if it is in our namespace (a veth's peer), else 0 */
	int master_ifindex;     /* the bridge, bond, ... of which it is a port; 0: none */
	uint16_t vlan_id;       /* of a "vlan" */
	uint16_t vlan_protocol; /* of a "vlan": ETH_P_8021Q or ETH_P_8021AD, host order */
	int bond_mode;          /* BOND_MODE_* of a "bond", else -1 */
	bool is_l3s;            /* an "ipvlan" whose packets come from netfilter, not from the
				 * device */
	int xdp_prog_id;        /* 0: none */
	bool xdp_native;        /* the program runs in the driver (or in hardware) */
};

struct rb_rtnl_addr {
	int ifindex;
	int family;       /* AF_INET or AF_INET6 */
	uint8_t addr[16]; /* 4 or 16 bytes of it */
	uint8_t prefix;   /* prefix length of its subnet */
};

int rb_rtnl_links(struct rb_rtnl_link **ret_links, size_t *ret_count);
int rb_rtnl_addrs(struct rb_rtnl_addr **ret_addrs, size_t *ret_count);

/* One link; -ENODEV: not in our namespace. */
int rb_rtnl_link(int ifindex, struct rb_rtnl_link *ret_link);

/* Open a non-blocking socket that receives every change of links and addresses from now on. */
int rb_rtnl_changes_open(int *ret_fd);

/* Read pending changes; returns whether there were any, or some were lost for lack of room. */
bool rb_rtnl_changes_read(int fd);

#endif
