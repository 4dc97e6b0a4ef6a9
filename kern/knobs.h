/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Settings of one interface's program. Userspace fills them in between open and load. From then on
 * they are constants whose values the verifier knows: code for what is off is not in the JITed
 * program.
 */
#ifndef RB_KNOBS_H
#define RB_KNOBS_H

#include "locals.h"
#ifndef __bpf__
#include "reply.h"
#endif

struct rb_knobs {
	__u32 egress;           /* enum rb_egress */
	__u32 ifindex;          /* for RB_EGRESS_REDIRECT */
	__u32 to_xsk;           /* 1: hand over by AF_XDP, 0: by the kernel's stack */
	__u32 acl_open;         /* 1: everybody is allowed */
	__u32 acl_epoch;        /* of the rules in rb_acl that are in force; never 0 */
	__u32 acl_destinations; /* 1: some rules are for the address that is asked: rules4, rules6 */
	__u32 numbering;    /* of the client classes in those rules; 0: class 0 is the only one */
	__u32 edns_size;    /* bytes, as stated in our OPT; host order */
	__u32 max_udp_size; /* the largest reply, in bytes of DNS */
	__u32 all_fit;      /* 1: no reply is too large for a frame, see rb_knobs_set_room() */
	__u32 room4;        /* the most bytes of DNS in a frame, over IPv4 */
	__u32 room6;
	__u32 ede_said;     /* enum rb_ede_said */
	__u32 dscp;         /* ip-dscp, of replies */
	__u32 log_sample;   /* one in this many replies is logged; 0: none */
	__u32 log_whole;    /* 1: log the whole reply if there is room for it, not only its head */
	__u32 original_ttl; /* 1: TTLs do not count down */

	/* prefetch and serve-expired. */
	__u32 prefetch;    /* 1: ask for a refresh in the last tenth of a record's life */
	__u32 stale_ttl_s; /* the TTLs of a record that is served past its expiry */
	__u32 vlan_count;
	__u64 stale_ns; /* how long past its expiry a record is served; 0: not at all */

	/* The interface's own address: an untagged frame to any other is not for us. */
	__u8 mac[6];
	__u16 zero; /* mac is compared as a word */

	/* The table's size, and the secret of its hash. */
	__u32 buckets[RB_TIERS];
	struct rb_hash_key key;

	__u32 locals4_count;
	__u32 locals6_count;
	__u32 own6_count;
	/* The VLANs on this interface whose frames are also ours; none: only untagged ones are. */
	struct rb_vlan vlans[RB_VLANS_MAX];
	struct rb_local4 locals4[RB_LOCALS_MAX];
	struct rb_local6 locals6[RB_LOCALS_MAX];
	/* Each address's rule for clients that no other rule names: rb_acl_value(); 0: none. */
	__u32 rules4[RB_LOCALS_MAX];
	__u32 rules6[RB_LOCALS_MAX];
	/* No client sends from these: our own addresses, and their subnets' broadcast addresses. Unused
	 * entries of IPv4 are 0. */
	__be32 own4[RB_OWN_MAX];
	struct rb_addr6 own6[RB_OWN_MAX];
};

#ifndef __bpf__
/* For an interface with this MTU, and for each VLAN on it. max_udp_size is set before. */
static inline void rb_knobs_set_room(struct rb_knobs *knobs, __u32 mtu)
{
	knobs->room4 = rb_frame_room(mtu, 0);
	knobs->room6 = rb_frame_room(mtu, 1);
	knobs->all_fit = knobs->max_udp_size <= knobs->room4 && knobs->max_udp_size <= knobs->room6;
}
#endif

#endif
