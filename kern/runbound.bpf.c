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
#include "log.bpf.h"
#include "verdict.bpf.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* Frames with one tag or two, of IPv4 and IPv6, are one path for the verifier from here on. */
static __always_inline void paths_join(struct packet *pkt)
{
	pkt->dns = forgotten(pkt->dns, pkt->epoch) & DNS_OFFSET_MASK;
	pkt->is_ipv6 = forgotten(pkt->is_ipv6, pkt->epoch) & 1;
	if (!rb_knobs.acl_open)
		pkt->refused = forgotten(pkt->refused, pkt->epoch) & 1;
	if (rb_knobs.numbering)
		pkt->client_class = forgotten(pkt->client_class, pkt->epoch) & (RB_CLASSES_MAX - 1);
}

/* Everything before the message: is it ours, may it ask? */
static __always_inline enum rb_result receive(struct packet *pkt)
{
	enum rb_result result;
	struct client client;

	pkt->epoch = rb_control.epoch;
	result = packet_parse(pkt, &client);
	if (result == RB_NEXT && rb_knobs.egress == RB_EGRESS_NONE)
		result = RB_NO_EGRESS;
	if (result == RB_NEXT)
		result = policy_check(pkt, &client);
	if (result == RB_NEXT && pkt->framing == FRAMING_OTHER)
		paths_join(pkt);
	return result;
}

static __always_inline int frame_process(struct xdp_md *ctx, enum framing framing,
					 struct packet *pkt)
{
	struct query query = {};
	int result;

	pkt->framing = framing;
	result = receive(pkt);
	if (result != RB_NEXT)
		return leave(ctx, pkt->cpu, result);
	result = query_parse(ctx, pkt, &query);
	if (result != RB_NEXT)
		return leave(ctx, pkt->cpu, result);
	/* However these end, the verifier follows what comes once. */
	if (pkt->refused)
		result = (int)forgotten((__u32)refuse(ctx, pkt, &query), pkt->epoch);
	else
		result = answer_from_table(ctx, pkt, &query);
	if (is_bare_reply(result))
		result = rb_reply_bare(ctx, packet_pack(pkt), query_pack(&query), result);
	if (!is_reply(result))
		return leave(ctx, pkt->cpu, result);
	reply_log(ctx, pkt, &query);
	return reply_send(pkt, &query, result);
}

SEC("xdp.frags")
int rb_main(struct xdp_md *ctx)
{
	struct packet pkt = {
		.data = frame_start(ctx), .data_end = frame_end(ctx), .cpu = cpu_get()};

	if (!pkt.cpu)
		return XDP_DROP;
	switch (framing_of(&pkt)) {
	case FRAMING_IPV4:
		return frame_process(ctx, FRAMING_IPV4, &pkt);
	case FRAMING_IPV6:
		return frame_process(ctx, FRAMING_IPV6, &pkt);
	default:
		return frame_process(ctx, FRAMING_OTHER, &pkt);
	}
}
