/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses Ethernet/VLAN/IP/UDP frames, and swaps their headers' addresses for a reply. */
#include "serve/frame.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

#include "../kern/sum.h"
#include "dns/bytes.h"

#define VLAN_TAG_BYTES 4
#define VLAN_TAGS_MAX  2
#define REPLY_TTL      64

static uint16_t load16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void store16(uint8_t *bytes, size_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void swap(uint8_t *a, uint8_t *b, size_t len)
{
	uint8_t saved[16];

	memcpy(saved, a, len);
	memcpy(a, b, len);
	memcpy(b, saved, len);
}

/* Length of the UDP datagram that fills the IPv4 packet, or -EBADMSG. */
static int ipv4_parse(const uint8_t *ip, size_t room)
{
	size_t len;

	if (room < sizeof(struct iphdr) || ip[0] != 0x45 ||
	    ip[offsetof(struct iphdr, protocol)] != IPPROTO_UDP)
		return -EBADMSG;
	if (load16(ip + offsetof(struct iphdr, frag_off)) & (IP_MF | IP_OFFMASK))
		return -EBADMSG;
	len = load16(ip + offsetof(struct iphdr, tot_len));
	if (len > room || len < sizeof(struct iphdr))
		return -EBADMSG;
	return (int)(len - sizeof(struct iphdr));
}

/* The same for IPv6. */
static int ipv6_parse(const uint8_t *ip, size_t room)
{
	size_t len;

	if (room < sizeof(struct ip6_hdr) || ip[0] >> 4 != 6 ||
	    ip[offsetof(struct ip6_hdr, ip6_nxt)] != IPPROTO_UDP)
		return -EBADMSG;
	len = load16(ip + offsetof(struct ip6_hdr, ip6_plen));
	if (len > room - sizeof(struct ip6_hdr))
		return -EBADMSG;
	return (int)len;
}

int rb_frame_parse(const uint8_t *packet, size_t len, struct rb_frame *ret_frame)
{
	size_t ip = ETH_HLEN, udp;
	uint16_t protocol;
	int datagram;

	if (len < ETH_HLEN)
		return -EBADMSG;
	protocol = load16(packet + ETH_HLEN - 2);
	for (int i = 0; i < VLAN_TAGS_MAX; i++) {
		if (protocol != ETH_P_8021Q && protocol != ETH_P_8021AD)
			break;
		if (len < ip + VLAN_TAG_BYTES)
			return -EBADMSG;
		protocol = load16(packet + ip + 2);
		ip += VLAN_TAG_BYTES;
	}
	if (protocol == ETH_P_IP) {
		datagram = ipv4_parse(packet + ip, len - ip);
		udp = ip + sizeof(struct iphdr);
	} else if (protocol == ETH_P_IPV6) {
		datagram = ipv6_parse(packet + ip, len - ip);
		udp = ip + sizeof(struct ip6_hdr);
	} else {
		return -EBADMSG;
	}
	if (datagram < (int)sizeof(struct udphdr))
		return -EBADMSG;
	if (load16(packet + udp + offsetof(struct udphdr, len)) != datagram)
		return -EBADMSG;
	if (!load16(packet + udp + offsetof(struct udphdr, source)))
		return -EBADMSG;
	ret_frame->ip = (uint16_t)ip;
	ret_frame->udp = (uint16_t)udp;
	ret_frame->payload = (uint16_t)(udp + sizeof(struct udphdr));
	ret_frame->payload_len = (uint16_t)(datagram - (int)sizeof(struct udphdr));
	ret_frame->is_ipv6 = protocol == ETH_P_IPV6;
	return 0;
}

void rb_frame_source(const uint8_t *packet, const struct rb_frame *frame, uint8_t ret_addr[16])
{
	const uint8_t *ip = packet + frame->ip;

	if (frame->is_ipv6) {
		memcpy(ret_addr, ip + offsetof(struct ip6_hdr, ip6_src), 16);
		return;
	}
	memset(ret_addr, 0, 10);
	memset(ret_addr + 10, 0xff, 2);
	memcpy(ret_addr + 12, ip + offsetof(struct iphdr, saddr), 4);
}

uint16_t rb_frame_source_port(const uint8_t *packet, const struct rb_frame *frame)
{
	return rb_bytes_get16(packet + frame->payload - sizeof(struct udphdr));
}

/* The sum of addresses, protocol and length, RFC 768 and RFC 8200 8.1. */
static uint64_t pseudo_header_sum(const uint8_t *packet, const struct rb_frame *frame)
{
	uint16_t datagram = (uint16_t)(sizeof(struct udphdr) + frame->payload_len);
	uint64_t sum = (uint64_t)htons(IPPROTO_UDP) + htons(datagram);

	if (frame->is_ipv6)
		return sum + rb_sum_bytes(packet + frame->ip + offsetof(struct ip6_hdr, ip6_src),
					  2 * sizeof(struct in6_addr));
	return sum + rb_sum_bytes(packet + frame->ip + offsetof(struct iphdr, saddr),
				  2 * sizeof(struct in_addr));
}

bool rb_frame_is_whole(const uint8_t *packet, const struct rb_frame *frame)
{
	const uint8_t *udp = packet + frame->udp;
	uint64_t pseudo = pseudo_header_sum(packet, frame);
	uint16_t check;

	memcpy(&check, udp + offsetof(struct udphdr, check), sizeof(check));
	if (!check)
		return !frame->is_ipv6;
	if (check == rb_sum_fold(pseudo))
		return true;
	pseudo += rb_sum_bytes(udp, (uint32_t)sizeof(struct udphdr) + frame->payload_len);
	return rb_sum_fold(pseudo) == 0xffff;
}

static struct sockaddr_in end4(const uint8_t *addr, const uint8_t *port)
{
	struct sockaddr_in end = {.sin_family = AF_INET};

	memcpy(&end.sin_addr, addr, sizeof(end.sin_addr));
	memcpy(&end.sin_port, port, sizeof(end.sin_port));
	return end;
}

static struct sockaddr_in6 end6(const uint8_t *addr, const uint8_t *port, unsigned int ifindex)
{
	struct sockaddr_in6 end = {.sin6_family = AF_INET6};

	memcpy(&end.sin6_addr, addr, sizeof(end.sin6_addr));
	memcpy(&end.sin6_port, port, sizeof(end.sin6_port));
	if (IN6_IS_ADDR_LINKLOCAL(&end.sin6_addr))
		end.sin6_scope_id = ifindex;
	return end;
}

bool rb_frame_ends(const uint8_t *packet, const struct rb_frame *frame, unsigned int ifindex,
		   struct rb_frame_ends *ret_ends)
{
	const uint8_t *ip = packet + frame->ip, *udp = packet + frame->udp;
	const uint8_t *from = udp + offsetof(struct udphdr, source);
	const uint8_t *to = udp + offsetof(struct udphdr, dest);
	struct sockaddr_in6 client, server;

	*ret_ends = (struct rb_frame_ends){0};
	if (!frame->is_ipv6) {
		struct sockaddr_in client4 = end4(ip + offsetof(struct iphdr, saddr), from);
		struct sockaddr_in server4 = end4(ip + offsetof(struct iphdr, daddr), to);

		memcpy(&ret_ends->client, &client4, sizeof(client4));
		memcpy(&ret_ends->server, &server4, sizeof(server4));
		return true;
	}
	client = end6(ip + offsetof(struct ip6_hdr, ip6_src), from, ifindex);
	server = end6(ip + offsetof(struct ip6_hdr, ip6_dst), to, ifindex);
	memcpy(&ret_ends->client, &client, sizeof(client));
	memcpy(&ret_ends->server, &server, sizeof(server));
	return frame->ip == ETH_HLEN || !(client.sin6_scope_id || server.sin6_scope_id);
}

/* IPv4 header of a reply; returns the sum of its pseudo header's addresses. */
static uint64_t ipv4_reply(uint8_t *ip, size_t datagram, uint8_t dscp)
{
	uint8_t *saddr = ip + offsetof(struct iphdr, saddr);
	uint16_t sum;

	swap(saddr, ip + offsetof(struct iphdr, daddr), 4);
	ip[offsetof(struct iphdr, tos)] = (uint8_t)(dscp << 2);
	store16(ip + offsetof(struct iphdr, tot_len), sizeof(struct iphdr) + datagram);
	/* An id has no meaning in a packet that may not be fragmented (RFC 6864 4.1). */
	store16(ip + offsetof(struct iphdr, id), 0);
	store16(ip + offsetof(struct iphdr, frag_off), IP_DF);
	ip[offsetof(struct iphdr, ttl)] = REPLY_TTL;
	store16(ip + offsetof(struct iphdr, check), 0);
	sum = (uint16_t)~rb_sum_fold(rb_sum_bytes(ip, sizeof(struct iphdr)));
	memcpy(ip + offsetof(struct iphdr, check), &sum, sizeof(sum));
	return rb_sum_bytes(saddr, 8);
}

/* The same for IPv6. */
static uint64_t ipv6_reply(uint8_t *ip, size_t datagram, uint8_t dscp)
{
	uint8_t *saddr = ip + offsetof(struct ip6_hdr, ip6_src);

	swap(saddr, ip + offsetof(struct ip6_hdr, ip6_dst), 16);
	/* The traffic class has the code point in its upper six bits; we have no flows to label. */
	memcpy(ip, (const uint8_t[]){0x60 | dscp >> 2, (uint8_t)(dscp << 6), 0, 0}, 4);
	store16(ip + offsetof(struct ip6_hdr, ip6_plen), datagram);
	ip[offsetof(struct ip6_hdr, ip6_hlim)] = REPLY_TTL;
	return rb_sum_bytes(saddr, 32);
}

size_t rb_frame_reply(uint8_t *packet, const struct rb_frame *frame, size_t payload_len,
		      uint8_t dscp)
{
	uint8_t *udp = packet + frame->udp;
	size_t datagram = sizeof(struct udphdr) + payload_len;
	uint64_t sum;
	uint16_t check;

	swap(packet, packet + ETH_ALEN, ETH_ALEN);
	sum = frame->is_ipv6 ? ipv6_reply(packet + frame->ip, datagram, dscp)
			     : ipv4_reply(packet + frame->ip, datagram, dscp);
	swap(udp + offsetof(struct udphdr, source), udp + offsetof(struct udphdr, dest), 2);
	store16(udp + offsetof(struct udphdr, len), datagram);
	store16(udp + offsetof(struct udphdr, check), 0);
	/* In full: the query may only have had the sum of a pseudo header. */
	sum += htons(IPPROTO_UDP);
	sum += htons((uint16_t)datagram);
	sum += rb_sum_bytes(udp, (uint32_t)datagram);
	check = (uint16_t)~rb_sum_fold(sum);
	if (!check)
		check = 0xffff; /* 0 would mean that there is none */
	memcpy(udp + offsetof(struct udphdr, check), &check, sizeof(check));
	return frame->payload + payload_len;
}
