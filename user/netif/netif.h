/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interface carries which configured address, and the kernel's data on that interface.
 *
 * Thread: main. Lifetime: plain data; rb_netifs_free(). Errors: 0 or -errno. Never logs.
 * Sources: rtnetlink's links and addresses and ethtool ioctls of our own network namespace; never
 * sysfs (it shows the namespace in which it was mounted) and never the routing table (two
 * interfaces may share a subnet, and the one that carries the address is meant).
 */
#ifndef RB_NETIF_NETIF_H
#define RB_NETIF_NETIF_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/locals.h"
#include "config/config.h"

/* Whether a VLAN's addresses are answered on the device below it, and if not, why: see trunk.c. */
enum rb_below {
	RB_BELOW_NONE,     /* not a VLAN, or in another namespace, or with more than two tags */
	RB_BELOW_ANSWERS,  /* they are */
	RB_BELOW_DOWN,     /* the VLAN is down, so nobody should answer */
	RB_BELOW_EXCLUDED, /* xdp-interface: does not name that device */
	RB_BELOW_FOREIGN,  /* that device carries someone else's program */
	RB_BELOW_GENERIC,  /* that device has no native XDP */
	RB_BELOW_REFUSES,  /* it was tried */
	RB_BELOW_VETH,     /* that device is a veth, which passes tags beside the frame */
	RB_BELOW_STRIPS,   /* that device removes tags from frames */
	RB_BELOW_FULL,     /* that device has too many VLANs */
};

struct rb_netif {
	char name[IF_NAMESIZE];
	int ifindex;
	char kind[32]; /* IFLA_INFO_KIND: "veth", "vlan", "bridge", "bond", ...; "" for hardware */
	int bond_mode; /* BOND_MODE_* where kind is "bond" */
	bool has_veth_slave;      /* one of its ports is a veth */
	bool is_l3s;              /* as in struct rb_rtnl_link */
	char parent[IF_NAMESIZE]; /* "vlan": the device below it and all its VLANs */
	int parent_ifindex;       /* of that; 0: RB_BELOW_NONE */
	uint64_t tags;            /* "vlan": of its frames there, as in struct rb_vlan */
	enum rb_below below;
	/*
	 * The device, itself or a bond's port, that passes frames of VLANs on without tags; "":
	 * none
	 */
	char strips_tags[IF_NAMESIZE];
	bool refuses_native;      /* it was tried; see trunk.h */
	bool runs_ours;           /* foreign_prog_id is one of our own programs; see trunk.h */
	char driver[32];          /* "virtio_net", "ixgbe", ...; "" if unknown */
	char master[IF_NAMESIZE]; /* the bridge, bond, ... of which it is a port; "": none */
	char master_kind[32];     /* IFLA_INFO_KIND of that */
	bool is_up;
	bool is_excluded; /* xdp-interface: names only others */
	bool is_ethernet; /* ARPHRD_ETHER */
	bool is_loopback;
	bool is_sink; /* loopback or a dummy: no packets from other machines come in there */
	/* A sink: an interface of xdp-interface: on which its addresses are answered; "": none */
	char comes_in_on[IF_NAMESIZE];
	uint8_t mac[6];
	unsigned int mtu;
	unsigned int reply_mtu; /* the smallest MTU of itself and of its VLANs that are answered */
	unsigned int rx_queues; /* at least 1 */
	int peer_ifindex;       /* veth: the peer, if it is in our namespace; else 0 */
	int peer_prog_id;       /* the XDP program attached to that peer now; 0: none */
	int foreign_prog_id;    /* the XDP program attached now; 0: none */
	struct rb_local4 locals4[RB_LOCALS_MAX];
	struct rb_local6 locals6[RB_LOCALS_MAX];
	unsigned int locals4_count, locals6_count;
	/*
	 * Addresses that no client of it has: its own, its subnets' broadcast addresses, and those
	 * of the machine's other interfaces. Up to RB_OWN_MAX: packets from further ones are not
	 * recognised.
	 */
	__be32 own4[RB_OWN_MAX];
	struct rb_addr6 own6[RB_OWN_MAX];
	unsigned int own4_count, own6_count;
	unsigned int locals_dropped; /* addresses beyond RB_LOCALS_MAX: served only by sockets */
	struct rb_vlan vlans[RB_VLANS_MAX]; /* whose frames are answered here: see trunk.h */
	char vlan_names[RB_VLANS_MAX][IF_NAMESIZE];
	unsigned int vlan_count;
};

/*
 * What is served: a configuration, and which of its addresses. The configuration is borrowed; each
 * user says who owns the listens.
 */
struct rb_served {
	const struct rb_config *config;
	struct rb_listen *listens;
	size_t listen_count;
};

/* All addresses of a configuration, borrowed from it. */
static inline struct rb_served rb_served_all(const struct rb_config *config)
{
	return (struct rb_served){config, config->listens, config->plain_count};
}

/*
 * The interfaces that carry the addresses of served->listens (a wildcard means every address, those
 * of loopback included), by ifindex. Families that do-ip4/do-ip6 turn off are left out, and without
 * do-udp everything is, since XDP answers only UDP. The result includes the devices below VLANs,
 * even without addresses. Packets to an address of a sink come in on other interfaces, so it also
 * counts as an address of every interface that xdp-interface: names (a routing daemon's anycast is
 * set up this way). ret_missing has the addresses that no interface carries (indexes into listens),
 * for the log; never a wildcard.
 */
int rb_netifs_find(const struct rb_served *served, struct rb_netif **ret_netifs, size_t *ret_count,
		   size_t **ret_missing, size_t *ret_missing_count);
void rb_netifs_free(struct rb_netif *netifs);

/* The first name of xdp-interface: that is not one of these interfaces; false: there is none. */
bool rb_netifs_unused_name(const struct rb_config *config, const struct rb_netif *netifs,
			   size_t count, char ret_name[IF_NAMESIZE]);

/* One counter of `ethtool -S`, by its full name; -ENOENT: no such counter. */
int rb_ethtool_counter(const char *ifname, const char *counter, uint64_t *ret_value);

/*
 * Sums of counters whose names match shell patterns ("tx_queue_*_xdp_xmit"), from one reading; a
 * pattern without a match gives 0. -EOPNOTSUPP: the device has no counters.
 */
int rb_ethtool_sums(const char *ifname, const char *const *patterns, size_t count,
		    uint64_t *ret_sums);

/* "virtio_net", "ixgbe", ...; -EOPNOTSUPP: the device does not say. */
int rb_ethtool_driver(const char *ifname, char ret_driver[32]);

enum rb_offload {
	RB_OFFLOAD_GRO,    /* on a veth: NAPI receives packets to it */
	RB_OFFLOAD_RXVLAN, /* tags are removed before XDP sees the frame */
	RB_OFFLOAD_LRO,
};

int rb_ethtool_offload(const char *ifname, enum rb_offload offload, bool *ret_on);

/* Receive queues in use, by the driver; -EOPNOTSUPP: it does not say. */
int rb_ethtool_rx_queues(const char *ifname, unsigned int *ret_queues);

#endif
