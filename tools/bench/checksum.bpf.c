// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Verifies the UDP checksum of an IPv4 frame: what it would cost, and what a partial one looks like. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "sum.h"

#define WORDS_MAX 192 /* of 8 bytes in a datagram */

char _license[] SEC("license") = "Dual BSD/GPL";

/* Of what comes behind the address; not in line, since the verifier walks through all of it. */
static __noinline __u64 datagram_sum(struct xdp_md *ctx, __u32 len)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	__u8 *at = data + sizeof(struct ethhdr) + sizeof(struct iphdr);
	__u64 sum = 0;

	for (__u32 i = 0; i < WORDS_MAX && len >= 8; i++, len -= 8, at += 8) {
		if ((void *)(at + 8) > data_end)
			return sum;
		sum += ((__u32 *)at)[0];
		sum += ((__u32 *)at)[1];
	}
	for (__u32 i = 0; i < 4 && len >= 2; i++, len -= 2, at += 2) {
		if ((void *)(at + 2) > data_end)
			return sum;
		sum += *(__u16 *)at;
	}
	if (len && (void *)(at + 1) <= data_end)
		sum += *at;
	return sum;
}

/* XDP_TX: right, XDP_PASS: partial, XDP_DROP: wrong. */
SEC("xdp.frags")
int verify(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *data_end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct udphdr *udp = (void *)(ip + 1);
	__u64 pseudo;

	if ((void *)(udp + 1) > data_end)
		return XDP_ABORTED;
	pseudo = (__u64)ip->saddr + ip->daddr + udp->len + ((__u32)IPPROTO_UDP << 8);
	if (rb_sum_fold(pseudo) == udp->check)
		return XDP_PASS;
	pseudo += datagram_sum(ctx, __builtin_bswap16(udp->len));
	return rb_sum_fold(pseudo) == 0xffff ? XDP_TX : XDP_DROP;
}

SEC("xdp.frags")
int nothing(struct xdp_md *ctx)
{
	return XDP_PASS;
}
