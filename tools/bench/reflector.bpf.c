// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The limit on a machine: turns every UDP datagram round and sends it back, and does nothing else.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define ETH_P_IP   0x0800
#define ETH_P_IPV6 0x86dd

const volatile __u32 ifindex; /* other than 0: frames leave by a redirect to it, not by XDP_TX */

char _license[] SEC("license") = "Dual BSD/GPL";

static __always_inline void ports_swap(struct udphdr *udp)
{
	__be16 source = udp->source;

	udp->source = udp->dest;
	udp->dest = source;
}

static __always_inline void addresses_swap(struct ethhdr *eth)
{
	__u8 source[6];

	__builtin_memcpy(source, eth->h_source, 6);
	__builtin_memcpy(eth->h_source, eth->h_dest, 6);
	__builtin_memcpy(eth->h_dest, source, 6);
}

SEC("xdp.frags")
int reflect(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;

	if ((void *)(eth + 1) > data_end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);
		struct udphdr *udp = (void *)(ip + 1);
		__be32 source;

		if ((void *)(udp + 1) > data_end || ip->protocol != IPPROTO_UDP)
			return XDP_PASS;
		source = ip->saddr;
		ip->saddr = ip->daddr;
		ip->daddr = source;
		ports_swap(udp);
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = (void *)(eth + 1);
		struct udphdr *udp = (void *)(ip + 1);
		struct in6_addr source;

		if ((void *)(udp + 1) > data_end || ip->nexthdr != IPPROTO_UDP)
			return XDP_PASS;
		source = ip->saddr;
		ip->saddr = ip->daddr;
		ip->daddr = source;
		ports_swap(udp);
	} else {
		return XDP_PASS;
	}
	addresses_swap(eth);
	return ifindex ? bpf_redirect(ifindex, 0) : XDP_TX;
}

/* For the cost of the generator alone. */
SEC("xdp.frags")
int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}
