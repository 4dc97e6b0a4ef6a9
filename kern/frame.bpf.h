/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prepare the frame for the way back: its length, Ethernet, IP and UDP headers, checksums. */
#ifndef RB_FRAME_BPF_H
#define RB_FRAME_BPF_H

#include "packet.bpf.h"
#include "sum.h"

#define IP_DF     0x4000
#define HOP_LIMIT 64

#define HEAD_GROWTH_MAX 224 /* bytes: XDP's headroom of 256 less what the kernel uses of it */

/* What is kept when a frame grows at its head: headers and question, in 8-byte words. */
#define KEPT_WORDS_MAX ((DNS_OFFSET_MAX + sizeof(struct rb_dns_header) + RB_NAME_MAX + 12) / 8)

static __always_inline bool frame_load(struct xdp_md *ctx, __u32 offset, __u64 *word)
{
	void *place;

	RB_PIN_REGISTER(offset);
	if (offset > DNS_OFFSET_MAX + 1024)
		return false;
	place = frame_start(ctx) + offset;
	if (place + sizeof(*word) > frame_end(ctx))
		return false;
	*word = *(__u64 *)place;
	return true;
}

static __always_inline bool frame_store(struct xdp_md *ctx, __u32 offset, __u64 word)
{
	void *place;

	RB_PIN_REGISTER(offset);
	if (offset > DNS_OFFSET_MAX + 1024)
		return false;
	place = frame_start(ctx) + offset;
	if (place + sizeof(word) > frame_end(ctx))
		return false;
	*(__u64 *)place = word;
	return true;
}

/*
 * Grow the frame at its head by this many bytes, and move its first kept bytes there. It is a
 * separate function, so that the verifier follows its loop once. It is for veth, where the copy of
 * a datagram from a socket has little room behind it (about 60 bytes at most), but 200 in front.
 */
__noinline int rb_grow_head(struct xdp_md *ctx, __u32 kept, __u32 bytes)
{
	__u32 last_at = kept - 8;
	__u64 last;

	if (last_at > 8 * KEPT_WORDS_MAX || bytes > HEAD_GROWTH_MAX ||
	    bpf_xdp_adjust_head(ctx, -(int)bytes))
		return RB_NO_ROOM;
	/* Read the last word before the others may overwrite it. */
	if (!frame_load(ctx, last_at + bytes, &last))
		return RB_INTERNAL;
	for (__u32 i = 0; i < KEPT_WORDS_MAX; i++) {
		__u64 word;

		if (i * 8 >= last_at)
			break;
		if (!frame_load(ctx, i * 8 + bytes, &word) || !frame_store(ctx, i * 8, word))
			return RB_INTERNAL;
	}
	return frame_store(ctx, last_at, last) ? RB_NEXT : RB_INTERNAL;
}

/*
 * Resize the frame for a message of dns_len bytes. kept: how many of its first bytes are still
 * needed. Pointers into the frame are invalid afterwards; offsets stay valid.
 */
static __always_inline enum rb_result frame_resize(struct xdp_md *ctx, const struct packet *pkt,
						   __u32 kept, __u32 dns_len)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	__u32 frame_len = pkt->dns + pkt->dns_len;
	__u32 wanted_len = pkt->dns + dns_len;

	/* The frame may be padded to 60 bytes: only then is asking for its length worth a call. */
	if (data + frame_len + 1 <= data_end)
		frame_len = bpf_xdp_get_buff_len(ctx);
	if (!bpf_xdp_adjust_tail(ctx, (int)wanted_len - (int)frame_len))
		return RB_NEXT;
	if (wanted_len <= frame_len)
		return RB_NO_ROOM;
	return rb_grow_head(ctx, kept, wanted_len - frame_len);
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
		return RB_INTERNAL;
	if (pkt->is_ipv6) {
		struct ipv6hdr *ip = data + ip_offset(pkt);

		udp = (void *)(ip + 1);
		if ((void *)(udp + 1) > data_end)
			return RB_INTERNAL;
		sum = ipv6_swap(ip, udp_len);
	} else {
		struct iphdr *ip = data + ip_offset(pkt);

		udp = (void *)(ip + 1);
		if ((void *)(udp + 1) > data_end)
			return RB_INTERNAL;
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
