// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The XDP program: answers a question from the hot table in the frame that brought it, or hands the
 * frame on. Each stage returns RB_NEXT or how the packet ends; the end is counted once.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define ETH_ALEN 6

#include "abi.h"
#include "knobs.bpf.h"
#include "maps.bpf.h"
#include "packet.bpf.h"
#include "policy.bpf.h"
#include "query.bpf.h"
#include "lookup.bpf.h"
#include "reply.bpf.h"
#include "answer.bpf.h"
#include "verdict.bpf.h"

char _license[] SEC("license") = "Dual BSD/GPL";

static __always_inline __u32 current_epoch(void)
{
	__u32 zero = 0;
	const struct rb_control *control = bpf_map_lookup_elem(&rb_control, &zero);

	return control ? control->epoch : 0;
}

/*
 * Everything before the message: is it ours, may it ask? A function of its own, so that what it
 * needs of the stack (512 bytes for all calls together) is free again when it is left.
 */
__noinline int rb_receive(struct xdp_md *ctx, struct packet *ret_pkt)
{
	struct packet pkt = {.epoch = current_epoch()};
	enum rb_result result;
	struct client client;

	if (!ret_pkt)
		return RB_INTERNAL;
	result = packet_parse(ctx, &pkt, &client);
	if (result == RB_NEXT && rb_egress == RB_EGRESS_NONE)
		result = RB_NO_EGRESS;
	if (result == RB_NEXT)
		result = policy_check(&pkt, &client);
	if (result == RB_NEXT)
		*ret_pkt = pkt;
	return result;
}

SEC("xdp.frags")
int rb_main(struct xdp_md *ctx)
{
	struct packet pkt = {};
	struct query query = {};
	enum rb_result result;

	result = rb_receive(ctx, &pkt);
	if (result == RB_NEXT)
		result = query_parse(ctx, &pkt, &query);
	if (result == RB_NEXT && pkt.refused)
		result = rb_refuse(ctx, &pkt, &query);
	if (result == RB_NEXT)
		result = answer_from_table(ctx, &pkt, &query);
	return verdict(ctx, result);
}
