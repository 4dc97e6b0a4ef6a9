/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which addresses of a frame are ours, and which no client has. */
#ifndef RB_OURS_BPF_H
#define RB_OURS_BPF_H

#include "ethernet.h"
#include "knobs.bpf.h"
#include "verifier.bpf.h"
#include "wire.h"

/* vlan, here and below: the number of the frame's VLAN in rb_knobs.vlans, from 1 on; 0: no tag. */

/* The MAC that frames to us have, as the word that begins with it; the other bytes are zero. */
static __always_inline __u64 mac_ours(__u32 vlan)
{
	if (rb_knobs.vlan_count && vlan)
		return *(const volatile __u64 *)rb_knobs.vlans[(vlan - 1) % RB_VLANS_MAX].mac;
	return *(const volatile __u64 *)rb_knobs.mac;
}

static __always_inline bool local4_is_ours(const struct iphdr *ip, __u32 vlan, __u32 *rule)
{
	/* The destination's address and port as in struct rb_local4. */
	__u64 asked = RB_LOAD64((const void *)ip + 16) & 0xffff0000ffffffff;

	if (rb_knobs.vlan_count)
		asked |= (__u64)vlan << 32;
	for (__u32 i = 0; i < RB_LOCALS_MAX && i < rb_knobs.locals4_count; i++)
		if (asked == *(const volatile __u64 *)&rb_knobs.locals4[i]) {
			if (rb_knobs.acl_destinations)
				*rule = forgotten(rb_knobs.rules4[i], asked);
			return true;
		}
	return false;
}

static __always_inline bool local6_is_ours(const __be32 *addr, __be16 port, __u32 vlan, __u32 *rule)
{
	for (__u32 i = 0; i < RB_LOCALS_MAX && i < rb_knobs.locals6_count; i++)
		if (addr[3] == rb_knobs.locals6[i].addr[3] &&
		    addr[2] == rb_knobs.locals6[i].addr[2] &&
		    addr[1] == rb_knobs.locals6[i].addr[1] &&
		    addr[0] == rb_knobs.locals6[i].addr[0] && port == rb_knobs.locals6[i].port &&
		    (!rb_knobs.vlan_count || vlan == rb_knobs.locals6[i].vlan)) {
			if (rb_knobs.acl_destinations)
				*rule = forgotten(rb_knobs.rules6[i], port);
			return true;
		}
	return false;
}

/*
 * Source addresses that no client has. Linux drops such packets too, but XDP sees them first. In
 * IPv4 these are "this network", loopback, multicast, broadcast, and our own.
 */
static __always_inline bool source4_is_bad(__be32 addr)
{
	__u8 first = addr & 0xff;

	if (first == 0 || first == 127 || (first & 0xf0) == 224 || addr == 0xffffffff)
		return true;
#pragma unroll
	for (__u32 i = 0; i < RB_OWN_MAX; i++) {
		__be32 own = rb_knobs.own4[i];

		if (!own)
			break;
		if (addr == own)
			return true;
	}
	return false;
}

/* In IPv6: multicast, ::/96 (with the unspecified address and loopback), ::ffff:0:0/96, our own. */
static __always_inline bool source6_is_bad(const __be32 *addr)
{
	if ((addr[0] & 0xff) == 0xff)
		return true;
	if (!(addr[0] | addr[1]) && (!addr[2] || addr[2] == bpf_htonl(0xffff)))
		return true;
#pragma unroll
	for (__u32 i = 0; i < RB_OWN_MAX; i++) {
		if (i >= rb_knobs.own6_count)
			break;
		if (addr[3] == rb_knobs.own6[i].addr[3] && addr[2] == rb_knobs.own6[i].addr[2] &&
		    addr[1] == rb_knobs.own6[i].addr[1] && addr[0] == rb_knobs.own6[i].addr[0])
			return true;
	}
	return false;
}

/*
 * Check the MACs of a packet to one of our addresses. It must be for this station, and that is
 * checked before anything can drop it, since a bridge sees other stations' packets. It must be from
 * a station: nothing is sent from a group address (IEEE 802). One comparison tells of both.
 */
#define MAC_MASK  0x0000ffffffffffffULL
#define MAC_GROUP (1ULL << 48) /* of the second address in the word that begins with the first */

static __always_inline enum rb_result stations_check(const struct ethhdr *eth, __u32 vlan)
{
	__u64 different = RB_LOAD64(eth) ^ mac_ours(vlan);

	if (!(different & (MAC_MASK | MAC_GROUP)))
		return RB_NEXT;
	return different & MAC_MASK ? ended(RB_NOT_MAC) : ended(RB_SOURCE_MAC);
}

#endif
