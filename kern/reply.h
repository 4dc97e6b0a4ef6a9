/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The rules by which a stored response becomes a reply, for the XDP program and for userspace. */
#ifndef RB_REPLY_H
#define RB_REPLY_H

#include "abi.h"
#include "wire.h"

/*
 * Whole seconds since the insertion of a record that expires in left_ns: the age to subtract from
 * every TTL. Rounded down, as two readings of a clock of seconds within one second are equal.
 */
static inline __attribute__((always_inline)) __u32 rb_age_s(__u64 left_ns, __u32 ttl_s)
{
	__u32 left_s = (__u32)((left_ns + 999999999ULL) / 1000000000ULL);

	return left_s < ttl_s ? ttl_s - left_s : 0;
}

/* Whether a record is in the last tenth of its life: prefetch, as in Unbound. */
static inline __attribute__((always_inline)) int rb_is_due(__u64 left_ns, __u32 ttl_s)
{
	return left_ns < (__u64)ttl_s * 100000000ULL;
}

/*
 * A stale limit is a number of seconds in one byte: the lower three bits follow the leading 1, the
 * upper five say how far these are shifted. Rounding shortens the time, by an eighth at most.
 */
static inline __attribute__((always_inline)) __u64 rb_stale_limit_s(__u8 limit)
{
	__u32 shift = limit >> 3;

	return shift ? (8ULL + (limit & 7)) << (shift - 1) : limit;
}

/* The longest limit of at most this many seconds. */
static inline __u8 rb_stale_limit_make(__u64 seconds)
{
	__u32 shift = seconds < 8 ? 0 : 61 - (__u32)__builtin_clzll(seconds);

	if (!shift)
		return (__u8)seconds;
	if (shift > 31)
		return RB_STALE_ENDLESS - 1;
	return (__u8)(shift << 3 | (seconds >> (shift - 1) & 7));
}

/*
 * serve-expired: whether a record may be served past_ns after its expiry, and then used by clients
 * for ttl_s. stale_ns 0: never. limit: the record's stale_limit, after which its signatures have
 * expired.
 */
static inline __attribute__((always_inline)) int
rb_may_be_stale(__u8 traits, __u8 limit, __u64 past_ns, __u64 stale_ns, __u32 ttl_s)
{
	if (past_ns >= stale_ns || traits & RB_NO_STALE)
		return 0;
	return limit == RB_STALE_ENDLESS ||
	       past_ns + ttl_s * 1000000000ULL <= rb_stale_limit_s(limit) * 1000000000ULL;
}

/* The length of the RDATA that rrset-roundrobin rotates: A or AAAA. 0: another type. */
static inline __attribute__((always_inline)) __u32 rb_rotate_rdata_bytes(__be16 qtype)
{
	return qtype == RB_HTONS(RB_TYPE_A) ? 4 : qtype == RB_HTONS(RB_TYPE_AAAA) ? 16 : 0;
}

/* Before the address, in a record with a compressed owner: pointer, type, class, TTL, length. */
#define RB_ROTATE_FIXED_BYTES 12
#define RB_COMPRESSED_TTL     6 /* where its TTL is */

/* The extended error of an expired record, in the format of rb_record.ede. */
static inline __attribute__((always_inline)) __u8 rb_ede_of_stale(__be16 flags)
{
	return (flags & RB_HTONS(RB_FLAG_RCODE)) == RB_HTONS(RB_RCODE_NXDOMAIN)
		       ? RB_EDE_STALE_NXDOMAIN + 1
		       : RB_EDE_STALE + 1;
}

/* Whether the extended error says that local policy gave the answer in place of another. */
static inline __attribute__((always_inline)) int rb_ede_is_blocked(__u8 ede)
{
	return ede == RB_EDE_BLOCKED + 1 || ede == RB_EDE_FILTERED + 1;
}

/* The extended error that a reply may name, given the record's. said: enum rb_ede_said. */
static inline __attribute__((always_inline)) __u8 rb_ede_allowed(__u8 ede, __u32 said)
{
	int stale = ede == RB_EDE_STALE + 1 || ede == RB_EDE_STALE_NXDOMAIN + 1;

	if (!(said & RB_EDE_SAYS) || (stale && !(said & RB_EDE_SAYS_STALE)))
		return 0;
	return ede;
}

/* The largest UDP reply, in bytes of DNS. max_udp_size as configured. */
static inline __attribute__((always_inline)) __u32 rb_reply_limit(const struct rb_edns *edns,
								  __u32 max_udp_size)
{
	__u32 limit = edns->udp_size;

	if (!edns->present || limit < RB_RESPONSE_MIN)
		return RB_RESPONSE_MIN;
	return limit < max_udp_size ? limit : max_udp_size;
}

/*
 * The largest reply in one frame on an interface with this MTU, in bytes of DNS. A larger one that
 * the client accepts leaves by a socket, so that Linux fragments it: XDP cannot. A larger MTU than
 * the Internet's is useless, and not every IPv6 path accepts more than 1280 bytes.
 */
static inline __attribute__((always_inline)) __u32 rb_frame_room(__u32 mtu, int is_ipv6)
{
	__u32 headers = is_ipv6 ? 40 + 8 : 20 + 8, most = is_ipv6 ? 1280 : 1500;

	if (mtu > most)
		mtu = most;
	return mtu > headers ? mtu - headers : 0;
}

/*
 * The second header word of a reply. stored: QR, AA, RD, RA and rcode of the response; AD is added
 * if the query shows that the client understands it (RFC 6840 5.7 and 5.8).
 */
static inline __attribute__((always_inline)) __be16
rb_reply_flags(__be16 stored, __be16 query, __u8 traits, const struct rb_edns *edns)
{
	__be16 flags = stored;

	if (traits & RB_SECURE && (edns->dnssec_ok || query & RB_HTONS(RB_FLAG_AD)))
		flags |= RB_HTONS(RB_FLAG_AD);
	return flags;
}

#endif
