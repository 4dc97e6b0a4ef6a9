/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Choose the receive queue of DNS queries: ntuple rules of cards, by the ethtool ioctls.
 *
 * Thread:   any. Lifetime: plain data.
 * Units:    ports and addresses in network byte order.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 *
 * Changing rules requires CAP_NET_ADMIN; reading them requires nothing.
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

/* Send UDP to addr and port, from source ports with these low bits, to queue. */
struct rb_steer_rule {
	int family;       /* AF_INET or AF_INET6 */
	uint8_t addr[16]; /* 4 or 16 bytes of it */
	uint16_t port;
	uint16_t source;
	uint16_t source_mask; /* 0: from any port */
	uint32_t queue;
};

enum rb_steer_spread {
	RB_STEER_BY_SOURCE,  /* spread each address over all queues, by the client's port */
	RB_STEER_BY_ADDRESS, /* send each address to one queue, in turn: for cards without masks */
};

/*
 * Make the rules for the addresses of netif and these queues. Returns how many; at most
 * RB_STEER_RULES_MAX.
 */
size_t rb_steer_plan(const struct rb_netif *netif, const uint32_t *queues, size_t queue_count,
		     enum rb_steer_spread spread, struct rb_steer_rule *ret_rules);

/* The rule for the driver, except its location. */
void rb_steer_spec(const struct rb_steer_rule *rule, struct ethtool_rx_flow_spec *ret_spec);

/* Whether both match the same packets; the queues may differ. */
bool rb_steer_same_match(const struct ethtool_rx_flow_spec *a,
			 const struct ethtool_rx_flow_spec *b);

/* Whether the rule matches UDP packets to this address and port, perhaps among others. */
bool rb_steer_takes(const struct ethtool_rx_flow_spec *spec, int family, const uint8_t *addr,
		    uint16_t port);

/* The card's current rules. -EOPNOTSUPP: its driver supports none. Free with free(). */
int rb_steer_list(const char *ifname, struct ethtool_rx_flow_spec **ret_specs, size_t *ret_count);

/*
 * Add a rule to the card, at a free location. -EEXIST: another rule matches the same packets.
 * -EOPNOTSUPP: the driver supports no rules. -EINVAL, -EOPNOTSUPP, ...: it does not support this
 * one.
 */
int rb_steer_insert(const char *ifname, const struct rb_steer_rule *rule, uint32_t *ret_location);

/* Remove it. -ESTALE: another rule is at its location now, and stays. */
int rb_steer_delete(const char *ifname, const struct rb_steer_rule *rule, uint32_t location);

/* The feature "rx-ntuple-filter". */
int rb_steer_feature(const char *ifname, bool *ret_on);
int rb_steer_feature_set(const char *ifname, bool on);

#endif
