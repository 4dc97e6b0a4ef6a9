/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prepare the frame for the way back: its length, Ethernet, IP and UDP headers, checksums. */
#ifndef RB_FRAME_BPF_H
#define RB_FRAME_BPF_H

#include "packet.bpf.h"
#include "sum.h"

#define IP_DF     0x4000
#define HOP_LIMIT 64

/*
 * The most bytes that a frame grows by at its head: XDP's headroom of 256, less the 40 that the kernel
 * writes in front of a frame (struct xdp_frame), and 20 that virtio_net has to put there: without them
 * it drops the frame, after the program has ended.
 */
#define HEAD_GROWTH_MAX 192

/*
 * What is kept when a frame grows at its head: headers and question. The least is a question for
 * the root in a packet of IPv4.
 */
#define KEPT_ALWAYS 48
#define PAIR_BYTES  16
#define KEPT_PAIRS_MAX                                                                             \
	((DNS_OFFSET_MAX + sizeof(struct rb_dns_header) + RB_NAME_MAX + 4 - KEPT_ALWAYS + 15) / 16)

static __always_inline bool frame_load(struct xdp_md *ctx, __u32 offset, __u64 *word)
{
	void *bytes;

	RB_PIN_REGISTER(offset);
	if (offset > DNS_OFFSET_MAX + 1024)
		return false;
	bytes = frame_start(ctx) + offset;
	if (bytes + sizeof(*word) > frame_end(ctx))
		return false;
	*word = *(__u64 *)bytes;
	return true;
}

static __always_inline void pair_copy(__u64 *to, const __u64 *from)
{
	__u64 first = from[0], second = from[1];

	to[0] = first;
	to[1] = second;
}

/*
 * Move the first kept bytes of the frame to its start, in pairs of words, from where they are after
 * it has grown at its head.
 */
static __always_inline enum rb_result frame_move(struct xdp_md *ctx, __u32 kept, __u32 grown)
{
	__u32 last = masked(kept - PAIR_BYTES, FRAME_MASK);
	void *data_end = frame_end(ctx);
	__u64 *to = frame_start(ctx), *to_last = (void *)to + last;
	const __u64 *from = (void *)to + masked(grown, FRAME_MASK);
	const __u64 *from_last = (void *)from + last;
	__u64 last_words[2];

	if ((void *)(from_last + 2) > data_end || (void *)(to_last + 2) > data_end ||
	    (void *)from + KEPT_ALWAYS > data_end || (void *)to + KEPT_ALWAYS > data_end)
		return ended(RB_INTERNAL);
	/* Read before the other words may overwrite it. */
	last_words[0] = from_last[0];
	last_words[1] = from_last[1];
	pair_copy(to, from);
	pair_copy(to + 2, from + 2);
	pair_copy(to + 4, from + 4);
	for (__u32 at = KEPT_ALWAYS; at < KEPT_ALWAYS + PAIR_BYTES * KEPT_PAIRS_MAX;
	     at += PAIR_BYTES) {
		if (at >= last)
			break;
		from += 2;
		to += 2;
		/* No index, which clang would add to both anew for each access. */
		RB_PIN_REGISTER(from);
		RB_PIN_REGISTER(to);
		if ((void *)(from + 6) > data_end || (void *)(to + 6) > data_end)
			return ended(RB_INTERNAL);
		pair_copy(to + 4, from + 4);
	}
	to_last[0] = last_words[0];
	to_last[1] = last_words[1];
	return RB_NEXT;
}

/*
 * Resize the frame for a message of dns_len bytes. kept: how many of its first bytes are still
 * needed. Pointers into the frame are invalid afterwards; offsets stay valid.
 *
 * It grows at its head if there is room, which takes half the time: bpf_xdp_adjust_tail() clears
 * the new bytes, by a call. Besides, the copy that veth makes of a datagram from a socket has
 * little room behind it (about 60 bytes at most), but 200 in front.
 */
static __always_inline enum rb_result frame_resize(struct xdp_md *ctx, const struct packet *pkt,
						   __u32 kept, __u32 dns_len)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	__u32 frame_len = pkt->dns + pkt->dns_len;
	__u32 growth;

	/* The frame may be padded to 60 bytes: only then is asking for its length worth a call. */
	if (data + frame_len + 1 <= data_end)
		frame_len = bpf_xdp_get_buff_len(ctx);
	growth = pkt->dns + dns_len - frame_len;
	if (growth - 1 < HEAD_GROWTH_MAX && !bpf_xdp_adjust_head(ctx, -(int)growth))
		return frame_move(ctx, kept, growth);
	return bpf_xdp_adjust_tail(ctx, (int)growth) ? ended(RB_NO_ROOM) : RB_NEXT;
}

/*
 * The sum of bytes of the frame, in memory order from their start: in words, and then the eight
 * bytes that end with the last (the message's header at least is before the first). -1: they are
 * not in the frame. For replies without records; for others the record has the sum.
 */
__noinline int rb_sum_frame(struct xdp_md *ctx, __u32 offset, __u32 bytes)
{
	__u64 sum = 0, word;
	__u32 at = offset;

	if (offset > DNS_OFFSET_MAX + sizeof(struct rb_dns_header) || bytes > RB_NAME_MAX + 8)
		return -1;
	for (__u32 i = 0; i < RB_NAME_WORDS + 1; i++, at += 8) {
		if (i + 1 > bytes / 8)
			break;
		if (!frame_load(ctx, at, &word))
			return -1;
		sum += (word & 0xffffffff) + (word >> 32);
	}
	if (bytes % 8) {
		if (!frame_load(ctx, offset + bytes - 8, &word))
			return -1;
		word &= ~0ULL << (-bytes * 8 & 56);
		sum += rb_sum_shift((word & 0xffffffff) + (word >> 32), bytes);
	}
	return rb_sum_fold(sum);
}

/* Both addresses are three words, whose halves are swapped. */
static __always_inline void ethernet_swap(struct ethhdr *eth)
{
	__u32 *words = (__u32 *)eth;
	__u32 first = words[0], middle = words[1], last = words[2];

	words[0] = middle >> 16 | last << 16;
	words[1] = last >> 16 | first << 16;
	words[2] = first >> 16 | middle << 16;
}

/* Returns the addresses' part of the UDP checksum. */
static __always_inline __u64 ipv4_swap(struct iphdr *ip, __u32 ip_len)
{
	__be32 client = ip->saddr, server = ip->daddr;
	__u64 addresses = (__u64)client + server;
	__u32 lifetime = RB_HTONS(HOP_LIMIT << 8 | IPPROTO_UDP);
	__u32 length = RB_HTONS(ip_len);
	__u32 begin = RB_HTONS(0x4500 | rb_knobs.dscp << 2);
	__u64 sum = addresses + begin + length + RB_HTONS(IP_DF) + lifetime;

	/* Written in words. The id has no meaning if DF is set, RFC 6864 4.1. */
	((__u32 *)ip)[0] = begin | length << 16;
	((__u32 *)ip)[1] = (__u32)RB_HTONS(IP_DF) << 16;
	((__u32 *)ip)[2] = lifetime | (__u32)(__u16)~rb_sum_fold(sum) << 16;
	ip->saddr = server;
	ip->daddr = client;
	return addresses;
}

static __always_inline __u64 ipv6_swap(struct ipv6hdr *ip, __u32 udp_len)
{
	struct in6_addr client = ip->saddr, server = ip->daddr;
	__u64 sum = 0;

	for (int i = 0; i < 4; i++)
		sum += (__u64)client.in6_u.u6_addr32[i] + server.in6_u.u6_addr32[i];
	/* The traffic class has the code point in its upper six bits; there is no flow label. */
	*(__be32 *)ip = bpf_htonl(0x60000000 | rb_knobs.dscp << 22);
	ip->payload_len = RB_HTONS(udp_len);
	ip->hop_limit = HOP_LIMIT;
	ip->saddr = server;
	ip->daddr = client;
	return sum;
}

/*
 * Swap the headers' addresses and ports for a message of dns_len bytes whose sum is dns_sum. The
 * UDP checksum is computed from scratch, never updated: frames from a local veth or VM carry only
 * the pseudo header's part.
 */
static __always_inline enum rb_result frame_swap(struct xdp_md *ctx, const struct packet *pkt,
						 __u32 dns_len, __u64 dns_sum)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	__u32 udp_len = sizeof(struct udphdr) + dns_len;
	__u32 length = RB_HTONS(udp_len), ports;
	struct udphdr *udp;
	__u16 check;
	__u64 sum;

	if (data + sizeof(struct ethhdr) > data_end)
		return ended(RB_INTERNAL);
	if (pkt->is_ipv6) {
		struct ipv6hdr *ip = data + ip_offset(pkt);

		udp = (void *)(ip + 1);
		if ((void *)(udp + 1) > data_end)
			return ended(RB_INTERNAL);
		sum = ipv6_swap(ip, udp_len);
	} else {
		struct iphdr *ip = data + ip_offset(pkt);

		udp = (void *)(ip + 1);
		if ((void *)(udp + 1) > data_end)
			return ended(RB_INTERNAL);
		sum = ipv4_swap(ip, sizeof(*ip) + udp_len);
	}
	ethernet_swap(data);
	ports = *(__u32 *)udp;
	*(__u32 *)udp = ports << 16 | ports >> 16;
	/* The length counts twice: in the pseudo header and in its own. */
	sum += dns_sum + RB_HTONS(IPPROTO_UDP) + ports + 2 * length;
	check = (__u16)~rb_sum_fold(sum);
	if (!check)
		check = 0xffff;
	((__u32 *)udp)[1] = length | (__u32)check << 16;
	return RB_NEXT;
}

#endif
