/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Settings of one interface's program, written by userspace between open and load. The verifier
 * knows their values, so what is off is not in the JITed program at all.
 */
#ifndef RB_KNOBS_BPF_H
#define RB_KNOBS_BPF_H

#include "abi.h"

const volatile __u32 rb_egress = RB_EGRESS_TX; /* enum rb_egress */
const volatile __u32 rb_ifindex;               /* for RB_EGRESS_REDIRECT */
const volatile __u32 rb_to_xsk;              /* 1: hand over by AF_XDP, 0: by the kernel's stack */
const volatile __u32 rb_acl_open;            /* 1: everybody is allowed */
const volatile __u32 rb_acl_epoch = 1;       /* of the rules in rb_acl that count */
const volatile __u32 rb_edns_size = 1232;    /* bytes, as our OPT says it; host order */
const volatile __u32 rb_max_udp_size = 1232; /* bytes of DNS in a reply at most */
const volatile __u32 rb_mtu = 1500;          /* of the interface, and of each VLAN on it */
const volatile __u32 rb_ede_said;            /* enum rb_ede_said */

/* prefetch and serve-expired. */
const volatile __u32 rb_prefetch;  /* 1: ask for a refresh in the last tenth of a record's life */
const volatile __u64 rb_stale_ns;  /* how long past its expiry a record is served; 0: not at all */
const volatile __u32 rb_stale_ttl; /* seconds: what its TTLs then say */

/* The interface's own address: an untagged frame to any other is not for us. */
const volatile __u8 rb_mac[6] __attribute__((aligned(4)));

/* The VLANs on this interface whose frames are ours too; 0: untagged frames alone are. */
const volatile __u32 rb_vlan_count;
const volatile struct rb_vlan rb_vlans[RB_VLANS_MAX];

const volatile __u32 rb_locals4_count;
const volatile __u32 rb_locals6_count;
const volatile struct rb_local4 rb_locals4[RB_LOCALS_MAX];
const volatile struct rb_local6 rb_locals6[RB_LOCALS_MAX];

/* Whoever sends from one of these is no client: our own addresses, and the subnets' broadcast. */
const volatile __u32 rb_own4_count;
const volatile __u32 rb_own6_count;
const volatile __be32 rb_own4[RB_OWN_MAX];
const volatile struct rb_addr6 rb_own6[RB_OWN_MAX];

/* Of the table: its size and the secret of its hash. */
const volatile __u32 rb_buckets[RB_TIERS];
const volatile struct rb_hash_key rb_key;

#endif
