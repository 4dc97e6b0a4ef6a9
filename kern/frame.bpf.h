/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prepare the frame for the way back: its length, Ethernet, IP and UDP headers, checksums. */
#ifndef RB_FRAME_BPF_H
#define RB_FRAME_BPF_H

#include "packet.bpf.h"
#include "sum.h"

#define IP_DF        0x4000
#define HOP_LIMIT    64
#define ETHERNET_MAX (sizeof(struct ethhdr) + VLAN_TAGS_MAX * sizeof(struct vlan_tag))

/*
 * The most bytes that a frame grows by at its head: XDP's headroom of 256, less the 40 that the kernel
 * writes in front of a frame (struct xdp_frame), and 20 that virtio_net has to put there: without them
 * it drops the frame, after the program has ended.
 */
#define HEAD_GROWTH_MAX 192

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

/* The frame when it has its new size. */
struct resized {
	void *data, *data_end;
	__u32 grown; /* bytes at its head: so far behind data is what came */
};

/*
 * Resize the frame for a message of dns_len bytes. Pointers into the frame are invalid afterwards.
 *
 * It grows at its head if there is room, which takes half the time: bpf_xdp_adjust_tail() clears
 * the new bytes, by a call. Besides, the copy that veth makes of a datagram from a socket has
 * little room behind it (about 60 bytes at most), but 200 in front.
 */
static __always_inline enum rb_result frame_resize(struct xdp_md *ctx, const struct packet *pkt,
						   __u32 dns_len, struct resized *frame)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	__u32 frame_len = pkt->dns + pkt->dns_len;
	__u32 growth;

	/* The frame may be padded to 60 bytes: only then is asking for its length worth a call. */
	if (data + frame_len + 1 <= data_end)
		frame_len = bpf_xdp_get_buff_len(ctx);
	growth = pkt->dns + dns_len - frame_len;
	frame->grown = 0;
	if (growth - 1 < HEAD_GROWTH_MAX && !bpf_xdp_adjust_head(ctx, -(int)growth))
		frame->grown = growth;
	else if (bpf_xdp_adjust_tail(ctx, (int)growth))
		return ended(RB_NO_ROOM);
	frame->grown = masked(frame->grown, FRAME_MASK);
	frame->data = frame_start(ctx);
	frame->data_end = frame_end(ctx);
	return RB_NEXT;
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
		sum += rb_sum_word(word);
	}
	if (bytes % 8) {
		if (!frame_load(ctx, offset + bytes - 8, &word))
			return -1;
		word &= ~0ULL << (-bytes * 8 & 56);
		sum += rb_sum_shift(rb_sum_word(word), bytes);
	}
	return rb_sum_fold(sum);
}

/*
 * The headers of the reply are made from those that came, which the frame's growth has left behind
 * them: each is read before it is written, and none reaches to where the next one came.
 */

/* The 12 bytes of both addresses are exchanged, and the type and the tags follow. */
static __always_inline void ethernet_turn(const struct packet *pkt, void *to, const void *from)
{
	__u64 head = RB_LOAD64(from), tail = RB_LOAD64(from + 4);

	*(__u64 *)to = tail >> 16 | head << 48;
	*(__u32 *)(to + 8) = head >> 16;
	*(__u16 *)(to + 12) = *(const __u16 *)(from + 12);
	for (__u32 at = sizeof(struct ethhdr); at < ETHERNET_MAX && at < ip_offset(pkt);
	     at += sizeof(struct vlan_tag))
		*(__u32 *)(to + at) = RB_LOAD32(from + at);
}

/* Returns the addresses' part of the UDP checksum. */
static __always_inline __u64 ipv4_turn(struct iphdr *to, const struct iphdr *from, __u32 ip_len)
{
	__u64 addresses = RB_LOAD64((void *)from + 12);
	__u64 sum = rb_sum_word(addresses);
	__u32 lifetime = RB_HTONS(HOP_LIMIT << 8 | IPPROTO_UDP);
	__u32 length = RB_HTONS(ip_len);
	__u32 begin = 0x45 | rb_knobs.dscp << 10;
	__u16 check = ~rb_sum_fold(sum + begin + length + RB_HTONS(IP_DF) + lifetime);

	/* Written in words. The id has no meaning if DF is set, RFC 6864 4.1. */
	*(__u64 *)to = begin | length << 16 | (__u64)RB_HTONS(IP_DF) << 48;
	((__u32 *)to)[2] = lifetime | (__u32)check << 16;
	*(__u64 *)((void *)to + 12) = addresses << 32 | addresses >> 32;
	return sum;
}

static __always_inline __u64 ipv6_turn(struct ipv6hdr *to, const struct ipv6hdr *from,
				       __u32 udp_len)
{
	const __u64 *client = (const void *)&from->saddr, *server = (const void *)&from->daddr;
	__u64 client0 = client[0], client1 = client[1], server0 = server[0], server1 = server[1];
	__u64 *addresses = (void *)&to->saddr;

	/* The traffic class has the code point in its upper six bits; there is no flow label. */
	*(__be32 *)to = bpf_htonl(0x60000000 | rb_knobs.dscp << 22);
	to->payload_len = RB_HTONS(udp_len);
	to->nexthdr = IPPROTO_UDP;
	to->hop_limit = HOP_LIMIT;
	addresses[0] = server0;
	addresses[1] = server1;
	addresses[2] = client0;
	addresses[3] = client1;
	return rb_sum_word(client0) + rb_sum_word(client1) + rb_sum_word(server0) +
	       rb_sum_word(server1);
}

/* The UDP header without its checksum, and the message's id. Returns the sum of both. */
static __always_inline __u64 udp_turn(struct udphdr *to, const struct udphdr *from, __u32 udp_len)
{
	__u32 ports = *(const __u32 *)from, length = RB_HTONS(udp_len);
	__be16 id = *(const __be16 *)(from + 1);

	*(__u32 *)to = ports << 16 | ports >> 16;
	to->len = length;
	*(__be16 *)(to + 1) = id;
	/* The length counts twice: in the pseudo header and in its own. */
	return RB_HTONS(IPPROTO_UDP) + (__u64)ports + 2 * length + id;
}

/* Both IP headers with UDP's and the message's behind them are in the frame: then turn Ethernet's. */
static __always_inline bool heads_turn(const struct packet *pkt, const struct resized *frame,
				       const void *to_ip, const void *from_ip, __u32 ip_bytes)
{
	__u32 bytes = ip_bytes + sizeof(struct udphdr) + sizeof(struct rb_dns_header);
	void *to = frame->data, *from = to + frame->grown;

	if (to_ip + bytes > frame->data_end || from_ip + bytes > frame->data_end)
		return false;
	if (pkt->framing == FRAMING_OTHER &&
	    (to + ETHERNET_MAX > frame->data_end || from + ETHERNET_MAX > frame->data_end))
		return false;
	ethernet_turn(pkt, to, from);
	return true;
}

/*
 * All headers in front of a message of dns_len bytes, with its id. Adds to sum what the UDP checksum
 * covers of them. It is computed from scratch, never updated: frames from a local veth or VM carry
 * only the pseudo header's part.
 */
static __always_inline enum rb_result
headers_turn(const struct packet *pkt, const struct resized *frame, __u32 dns_len, __u64 *sum)
{
	__u32 udp_len = sizeof(struct udphdr) + dns_len;
	void *to = frame->data + ip_offset(pkt);
	const void *from = to + frame->grown;

	if (pkt->is_ipv6) {
		struct ipv6hdr *ip = to;
		const struct ipv6hdr *old = from;

		if (!heads_turn(pkt, frame, to, from, sizeof(*ip)))
			return ended(RB_INTERNAL);
		*sum += ipv6_turn(ip, old, udp_len);
		*sum += udp_turn((void *)(ip + 1), (void *)(old + 1), udp_len);
	} else {
		struct iphdr *ip = to;
		const struct iphdr *old = from;

		if (!heads_turn(pkt, frame, to, from, sizeof(*ip)))
			return ended(RB_INTERNAL);
		*sum += ipv4_turn(ip, old, sizeof(*ip) + udp_len);
		*sum += udp_turn((void *)(ip + 1), (void *)(old + 1), udp_len);
	}
	RB_PIN_REGISTER(*sum);
	return RB_NEXT;
}

/*
 * question_move() of a long question, in a function for its loop: in pairs of words, of which the last
 * ends with the question. 0, or -1 if it is not in the frame.
 */
#define PAIR_BYTES 16

__noinline int rb_question_move(struct xdp_md *ctx, __u32 offset, __u32 bytes, __u32 grown)
{
	void *data_end = frame_end(ctx);
	__u64 *to = frame_start(ctx) + masked(offset, FRAME_MASK);
	__u64 *to_last = frame_start(ctx) + masked(offset + bytes - PAIR_BYTES, FRAME_MASK);
	const __u64 *from = (void *)to + masked(grown, FRAME_MASK);
	const __u64 *from_last = (void *)to_last + masked(grown, FRAME_MASK);
	__u64 last[2];

	if ((void *)(from_last + 2) > data_end || (void *)(to_last + 2) > data_end)
		return -1;
	/* Read before the other words may overwrite it. */
	last[0] = from_last[0];
	last[1] = from_last[1];
	for (__u32 at = PAIR_BYTES; at < RB_NAME_MAX + RB_QUESTION_TAIL; at += PAIR_BYTES) {
		__u64 first, second;

		if (at >= bytes)
			break;
		/* No index, which clang would add to both anew for each access. */
		RB_PIN_REGISTER(from);
		RB_PIN_REGISTER(to);
		if ((void *)(from + 2) > data_end || (void *)(to + 2) > data_end)
			return -1;
		first = from[0];
		second = from[1];
		to[0] = first;
		to[1] = second;
		from += 2;
		to += 2;
	}
	to_last[0] = last[0];
	to_last[1] = last[1];
	return 0;
}

static __always_inline void word_copy(void *to, const void *from)
{
	*(__u64 *)to = RB_LOAD64(from);
}

/*
 * Move the question to behind the header, if the frame has grown at its head. A short one is moved in
 * words, of which the last ends with it. The first may begin in the header, whose end is written
 * later.
 */
#define QUESTION_SHORT 48

static __always_inline enum rb_result question_move(struct xdp_md *ctx, const struct packet *pkt,
						    const struct resized *frame, __u32 bytes)
{
	__u32 offset = name_offset(pkt) + bytes - QUESTION_SHORT;
	void *to = frame->data + masked(offset, FRAME_MASK);
	const void *from = to + frame->grown;

	if (!frame->grown)
		return RB_NEXT;
	if (bytes > QUESTION_SHORT)
		return rb_question_move(ctx, name_offset(pkt), bytes, frame->grown) ? RB_INTERNAL
										    : RB_NEXT;
	if (from + QUESTION_SHORT > frame->data_end || to + QUESTION_SHORT > frame->data_end)
		return ended(RB_INTERNAL);
	switch ((bytes - 1) / 8) {
	case 5:
		word_copy(to, from);
		/* fall through */
	case 4:
		word_copy(to + 8, from + 8);
		/* fall through */
	case 3:
		word_copy(to + 16, from + 16);
		/* fall through */
	case 2:
		word_copy(to + 24, from + 24);
		/* fall through */
	case 1:
		word_copy(to + 32, from + 32);
		/* fall through */
	default:
		word_copy(to + 40, from + 40);
	}
	return RB_NEXT;
}

/* All that the frame keeps of the query, and the room for the rest of the reply. */
static __always_inline enum rb_result frame_turn(struct xdp_md *ctx, const struct packet *pkt,
						 __u32 question_bytes, __u32 dns_len,
						 struct resized *frame, __u64 *sum)
{
	enum rb_result result = frame_resize(ctx, pkt, dns_len, frame);

	if (result == RB_NEXT)
		result = headers_turn(pkt, frame, dns_len, sum);
	if (result == RB_NEXT)
		result = question_move(ctx, pkt, frame, question_bytes);
	return result;
}

/* The last that is written. sum: of the message and, by headers_turn(), of what is in front of it. */
static __always_inline enum rb_result checksum_write(const struct packet *pkt,
						     const struct resized *frame, __u64 sum)
{
	struct udphdr *udp = frame->data + offset_before(pkt, sizeof(*udp));

	if (pkt->framing == FRAMING_OTHER && (void *)(udp + 1) > frame->data_end)
		return ended(RB_INTERNAL);
	/* Its complement, and never zero, which would mean that there is no checksum. */
	udp->check = rb_sum_fold(RB_SUM_ZERO * 2 - sum);
	return RB_NEXT;
}

#endif
