/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which receive queue a card brings DNS queries to: ntuple rules, by the ethtool ioctls.
 *
 * Thread:   any. Lifetime: plain data.
 * Units:    ports and addresses in network byte order.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 *
 * Changing rules takes CAP_NET_ADMIN, reading them nothing.
 */
#ifndef RB_NETIF_STEER_H
#define RB_NETIF_STEER_H

#include <linux/ethtool.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netif/netif.h"

#define RB_STEER_SLOTS_MAX 64 /* parts of the clients, by source port */
#define RB_STEER_RULES_MAX (2 * RB_LOCALS_MAX * RB_STEER_SLOTS_MAX)

/* UDP to addr and port, from source ports with these low bits, goes to queue. */
struct rb_steer_rule {
	int family;       /* AF_INET or AF_INET6 */
	uint8_t addr[16]; /* 4 or 16 bytes of it */
	uint16_t port;
	uint16_t source;
	uint16_t source_mask; /* 0: from any port */
	uint32_t queue;
};

enum rb_steer_spread {
	RB_STEER_BY_SOURCE,  /* each address over all queues, by the client's port */
	RB_STEER_BY_ADDRESS, /* each address to one queue, in turn: for cards without masks */
};

/* The rules for the addresses of netif to these queues. How many; at most RB_STEER_RULES_MAX. */
size_t rb_steer_plan(const struct rb_netif *netif, const uint32_t *queues, size_t queue_count,
		     enum rb_steer_spread spread, struct rb_steer_rule *ret_rules);

/* As the driver is to be given it, but for its location. */
void rb_steer_spec(const struct rb_steer_rule *rule, struct ethtool_rx_flow_spec *ret_spec);

/* Whether both match the same packets; the queue may be another. */
bool rb_steer_same_match(const struct ethtool_rx_flow_spec *a,
			 const struct ethtool_rx_flow_spec *b);

/* Whether the rule takes UDP packets to this address and port, alone or among others. */
bool rb_steer_takes(const struct ethtool_rx_flow_spec *spec, int family, const uint8_t *addr,
		    uint16_t port);

/* The rules that a card has now. -EOPNOTSUPP: its driver has none. Free with free(). */
int rb_steer_list(const char *ifname, struct ethtool_rx_flow_spec **ret_specs, size_t *ret_count);

/*
 * Give the card one more rule, at a place that is free. -EEXIST: there is one that matches the
 * same packets. -EOPNOTSUPP: the driver takes none. -EINVAL, -EOPNOTSUPP, ... : not such a one.
 */
int rb_steer_insert(const char *ifname, const struct rb_steer_rule *rule, uint32_t *ret_location);

/* Take it away again. -ESTALE: another rule is at its place now, and stays. */
int rb_steer_delete(const char *ifname, const struct rb_steer_rule *rule, uint32_t location);

/* The feature "rx-ntuple-filter". */
int rb_steer_feature(const char *ifname, bool *ret_on);
int rb_steer_feature_set(const char *ifname, bool on);

#endif
