/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From a frame to the DNS message in it: Ethernet, VLAN tags, IPv4 or IPv6, UDP. Anything that is
 * not an ordinary datagram to one of our addresses is left to the kernel's stack.
 */
#ifndef RB_PACKET_BPF_H
#define RB_PACKET_BPF_H

#include "ethernet.h"
#include "knobs.bpf.h"
#include "ours.bpf.h"
#include "sum.h"
#include "verifier.bpf.h"
#include "wire.h"

#define IP_FRAGMENT     0x3fff /* more fragments, or an offset */
#define DNS_OFFSET_MAX  70     /* Ethernet, two tags, IPv6, UDP */
#define DNS_OFFSET_MASK 127
#define FRAME_MASK      0x7ff /* offsets of a reply's bytes: below 2048 */

/*
 * What is behind Ethernet. Most frames have no tag. The code that follows is in the program once for
 * each of these, since for both kinds without one all offsets are constants: neither do they have to
 * be kept on the stack, nor does the processor wait for them before it can load what is there. These
 * two have at least a question for the root, so that one comparison is enough for all headers.
 */
enum framing {
	FRAMING_IPV4,
	FRAMING_IPV6,
	FRAMING_OTHER,
};

/*
 * Where everything is in the frame; offsets and lengths in bytes. What can be computed from these
 * fields is not stored, since all calls together have 512 bytes of stack.
 */
struct packet {
	/* The frame's bounds, until it is resized. One pointer for all: what the verifier has learned of
	 * it holds where it is used next. */
	void *data, *data_end;
	enum framing framing; /* a constant */
	__u32 dns;            /* offset of the DNS header */
	__u32 dns_len;        /* of the message, as UDP says */
	__u32 is_ipv6;
	__u32 epoch;   /* of the configuration when the packet came */
	__u32 refused; /* by access-control: the client gets a REFUSED */
	__u32 client_class;
	struct rb_cpu *cpu; /* see maps.bpf.h */
};

#define QUESTION_LEAST (sizeof(struct rb_dns_header) + 1 + RB_QUESTION_TAIL)
#define HEADERS_IPV4   (sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct udphdr))
#define HEADERS_IPV6   (sizeof(struct ethhdr) + sizeof(struct ipv6hdr) + sizeof(struct udphdr))

/* The client that sent the packet, for access-control. */
struct client {
	__u32 addr[4]; /* network order; v4-mapped for IPv4; not set if rb_knobs.acl_open */
	__u32 rule;    /* the rule of the address that it asks, if rb_knobs.acl_destinations */
};

struct vlan_tag {
	__be16 tci;
	__be16 protocol; /* of what follows */
};

/*
 * Functions that are not inlined take a packet as a number: a struct that is passed by its address
 * has to be on the stack, and the verifier forgets the bounds of its fields.
 */
static __always_inline __u64 packet_pack(const struct packet *pkt)
{
	__u32 client_class = rb_knobs.numbering ? pkt->client_class : 0;

	return (__u64)pkt->dns_len << 32 | client_class << 16 | pkt->is_ipv6 << 8 | pkt->dns;
}

static __always_inline void packet_unpack(__u64 packed, struct packet *pkt)
{
	pkt->framing = FRAMING_OTHER;
	pkt->dns = packed & DNS_OFFSET_MASK;
	pkt->is_ipv6 = packed >> 8 & 1;
	pkt->client_class = packed >> 16 & (RB_CLASSES_MAX - 1);
	pkt->dns_len = packed >> 32 & 0xffff;
}

/* The offset of what is so many bytes in front of the message. */
static __always_inline __u32 offset_before(const struct packet *pkt, __u32 bytes)
{
	if (pkt->framing != FRAMING_OTHER)
		return pkt->dns - bytes;
	return masked(pkt->dns - bytes, DNS_OFFSET_MASK);
}

/* Where the IP header is. There are neither options nor extension headers. */
static __always_inline __u32 ip_offset(const struct packet *pkt)
{
	__u32 bytes = pkt->is_ipv6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);

	return offset_before(pkt, bytes + sizeof(struct udphdr));
}

/* Where the qname starts in the frame. */
static __always_inline __u32 name_offset(const struct packet *pkt)
{
	return pkt->dns + sizeof(struct rb_dns_header);
}

/* A header without options is ten words whose sum is 0xffff, RFC 1071. */
static __always_inline bool ipv4_is_whole(const struct iphdr *ip)
{
	const __u32 *words = (const __u32 *)ip;
	__u64 sum = (__u64)words[0] + words[1] + words[2] + words[3] + words[4];

	return rb_sum_fold(sum) == 0xffff;
}

/* The number of the VLAN with these tags; 0: it is none of ours. */
static __always_inline __u32 vlan_number(__u64 tags)
{
	for (__u32 i = 0; i < RB_VLANS_MAX && i < rb_knobs.vlan_count; i++)
		if (tags == rb_knobs.vlans[i].tags)
			return i + 1;
	return 0;
}

/* Step over the frame's tags. RB_NEXT only if it belongs to no VLAN, or to one of ours. */
static __always_inline enum rb_result vlan_parse(void *data, void *data_end, __be16 *protocol,
						 __u32 *offset, __u32 *vlan)
{
	__u64 tags = 0;

	for (int i = 0; i < VLAN_TAGS_MAX; i++) {
		struct vlan_tag *tag = data + *offset;
		__u16 id;

		if (*protocol != RB_HTONS(ETH_P_8021Q) && *protocol != RB_HTONS(ETH_P_8021AD))
			break;
		if ((void *)(tag + 1) > data_end)
			return ended(RB_NOT_IP);
		id = RB_HTONS(tag->tci) & VLAN_ID;
		/* A tag with id 0 carries a priority, and belongs to no VLAN (802.1Q 6.9). */
		if (id) {
			if (!rb_knobs.vlan_count)
				return ended(RB_NOT_IP);
			tags = tags << 32 | (__u32)RB_HTONS(*protocol) << 16 | id;
		}
		*protocol = tag->protocol;
		*offset += sizeof(*tag);
	}
	*vlan = 0;
	if (!tags)
		return RB_NEXT;
	*vlan = forgotten(vlan_number(tags), (__u8)tags);
	return *vlan ? RB_NEXT : RB_NOT_IP;
}

/* RB_NEXT if behind this header, without options and not of a fragment, there is one of UDP. */
static __always_inline enum rb_result ipv4_udp_check(enum framing framing, const struct iphdr *ip,
						     const void *data_end)
{
	const struct udphdr *udp = (const void *)(ip + 1);

	if (framing == FRAMING_OTHER && (void *)(ip + 1) > data_end)
		return ended(RB_NOT_UDP);
	if (ip->protocol != IPPROTO_UDP)
		return ended(RB_NOT_UDP);
	if (*(__u8 *)ip != 0x45 || ip->frag_off & RB_HTONS(IP_FRAGMENT) ||
	    (framing == FRAMING_OTHER && (void *)(udp + 1) > data_end))
		return ended(RB_IP_ODD);
	return RB_NEXT;
}

/* The same without extension headers. */
static __always_inline enum rb_result ipv6_udp_check(enum framing framing, const struct ipv6hdr *ip,
						     const void *data_end)
{
	const struct udphdr *udp = (const void *)(ip + 1);

	if (framing == FRAMING_OTHER && (void *)(ip + 1) > data_end)
		return ended(RB_NOT_UDP);
	if (ip->nexthdr != IPPROTO_UDP)
		return ended(RB_NOT_UDP);
	if (*(__u8 *)ip >> 4 != 6 || (framing == FRAMING_OTHER && (void *)(udp + 1) > data_end))
		return ended(RB_IP_ODD);
	return RB_NEXT;
}

static __always_inline enum rb_result ipv4_parse(enum framing framing, __u32 offset, __u32 vlan,
						 struct packet *pkt, struct client *client)
{
	void *data = pkt->data;
	struct iphdr *ip = data + offset;
	struct udphdr *udp = (void *)(ip + 1);
	enum rb_result result = ipv4_udp_check(framing, ip, pkt->data_end);
	__u32 ip_len, udp_len;

	if (result != RB_NEXT)
		return result;
	if (!local4_is_ours(ip, vlan, &client->rule))
		return ended(RB_NOT_LOCAL);
	result = stations_check(data, vlan);
	if (result != RB_NEXT)
		return result;
	/* The frame may be padded to 60 bytes: only the IP header knows where the query ends. */
	ip_len = RB_HTONS(ip->tot_len);
	udp_len = RB_HTONS(udp->len);
	if (udp_len < sizeof(*udp) || ip_len != sizeof(*ip) + udp_len || !udp->source)
		return ended(RB_IP_ODD);
	if (!ipv4_is_whole(ip))
		return ended(RB_IP_CHECKSUM);
	if (source4_is_bad(ip->saddr))
		return ended(RB_SOURCE);
	pkt->is_ipv6 = 0;
	pkt->dns = offset + sizeof(*ip) + sizeof(*udp);
	pkt->dns_len = udp_len - sizeof(*udp);
	if (rb_knobs.acl_open)
		return RB_NEXT;
	client->addr[0] = 0;
	client->addr[1] = 0;
	client->addr[2] = bpf_htonl(0xffff);
	client->addr[3] = ip->saddr;
	return RB_NEXT;
}

static __always_inline enum rb_result ipv6_parse(enum framing framing, __u32 offset, __u32 vlan,
						 struct packet *pkt, struct client *client)
{
	void *data = pkt->data;
	struct ipv6hdr *ip = data + offset;
	struct udphdr *udp = (void *)(ip + 1);
	enum rb_result result = ipv6_udp_check(framing, ip, pkt->data_end);
	__u32 udp_len;

	if (result != RB_NEXT)
		return result;
	if (!local6_is_ours(ip->daddr.in6_u.u6_addr32, udp->dest, vlan, &client->rule))
		return ended(RB_NOT_LOCAL);
	result = stations_check(data, vlan);
	if (result != RB_NEXT)
		return result;
	udp_len = RB_HTONS(udp->len);
	if (udp_len < sizeof(*udp) || RB_HTONS(ip->payload_len) != udp_len || !udp->source)
		return ended(RB_IP_ODD);
	/* RFC 8200 8.1. In IPv4, a checksum of zero means that the sender computed none. */
	if (!udp->check)
		return ended(RB_NO_CHECKSUM);
	if (source6_is_bad(ip->saddr.in6_u.u6_addr32))
		return ended(RB_SOURCE);
	pkt->is_ipv6 = 1;
	pkt->dns = offset + sizeof(*ip) + sizeof(*udp);
	pkt->dns_len = udp_len - sizeof(*udp);
	if (!rb_knobs.acl_open)
		__builtin_memcpy(client->addr, &ip->saddr, sizeof(client->addr));
	return RB_NEXT;
}

static __always_inline enum framing framing_of(const struct packet *pkt)
{
	const struct ethhdr *eth = pkt->data;

	if (pkt->data + HEADERS_IPV4 + QUESTION_LEAST > pkt->data_end)
		return FRAMING_OTHER;
	if (eth->h_proto == RB_HTONS(ETH_P_IP))
		return FRAMING_IPV4;
	if (eth->h_proto == RB_HTONS(ETH_P_IPV6) &&
	    pkt->data + HEADERS_IPV6 + QUESTION_LEAST <= pkt->data_end)
		return FRAMING_IPV6;
	return FRAMING_OTHER;
}

/* Frames with a tag, what is neither IPv4 nor IPv6, and what is too short for a query. */
static __always_inline enum rb_result other_parse(struct packet *pkt, struct client *client)
{
	struct ethhdr *eth = pkt->data;
	__u32 offset = sizeof(*eth), vlan;
	enum rb_result result;
	__be16 protocol;

	if ((void *)(eth + 1) > pkt->data_end)
		return ended(RB_NOT_IP);
	protocol = eth->h_proto;
	result = vlan_parse(pkt->data, pkt->data_end, &protocol, &offset, &vlan);
	if (result != RB_NEXT)
		return result;
	if (protocol == RB_HTONS(ETH_P_IP))
		return ipv4_parse(FRAMING_OTHER, offset, vlan, pkt, client);
	if (protocol == RB_HTONS(ETH_P_IPV6))
		return ipv6_parse(FRAMING_OTHER, offset, vlan, pkt, client);
	return RB_NOT_IP;
}

static __always_inline enum rb_result packet_parse(struct packet *pkt, struct client *client)
{
	enum rb_result result;

	if (pkt->framing == FRAMING_IPV4)
		result = ipv4_parse(FRAMING_IPV4, sizeof(struct ethhdr), 0, pkt, client);
	else if (pkt->framing == FRAMING_IPV6)
		result = ipv6_parse(FRAMING_IPV6, sizeof(struct ethhdr), 0, pkt, client);
	else
		result = other_parse(pkt, client);
	if (result != RB_NEXT)
		return result;
	if (pkt->data + pkt->dns + pkt->dns_len > pkt->data_end)
		return ended(RB_IP_ODD);
	return RB_NEXT;
}

#endif
