/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Count how the packet ended, by name, and choose what XDP does with the frame. */
#ifndef RB_VERDICT_BPF_H
#define RB_VERDICT_BPF_H

#include "maps.bpf.h"
#include "packet.bpf.h"
#include "query.bpf.h"

/*
 * Hand the frame to the AF_XDP socket of this queue, or to the stack's sockets; it is never lost.
 */
static __always_inline int hand_over(struct xdp_md *ctx)
{
	int action;

	if (!rb_knobs.to_xsk)
		return XDP_PASS;
	action = bpf_redirect_map(&rb_xsks, ctx->rx_queue_index, XDP_PASS);
	if (action == XDP_REDIRECT)
		count(RB_EVENT_REDIRECTED);
	return action;
}

/* Count the properties of a query that a record has answered. */
static __always_inline void answered_count(struct rb_counts *counts, const struct packet *pkt,
					   const struct query *query)
{
	__u32 type = (__u16)RB_HTONS(query_type(query));
	struct rb_edns edns = query_edns(query);
	__u32 traits = (pkt->is_ipv6 ? RB_TRAIT_IPV6 : 0) | (edns.present ? RB_TRAIT_EDNS : 0) |
		       (edns.dnssec_ok ? RB_TRAIT_EDNS_DO : 0) | (query->ad ? RB_TRAIT_AD : 0);

	counts->types[type < RB_COUNTED_TYPES ? type : RB_COUNTED_TYPES] += 1;
	/* The verifier of 6.1 forgets bounds over an OR. */
	counts->traits[masked(traits, RB_TRAIT_SETS - 1)] += 1;
}

static __always_inline void end_count(const struct packet *pkt, const struct query *query,
				      __u32 result)
{
	struct rb_counts *counts = counts_get();

	if (!counts || result >= RB_RESULT_COUNT)
		return;
	counts->counters[result] += 1;
	if (rb_result_group(result) == RB_GROUP_REPLY && result != RB_REFUSED)
		answered_count(counts, pkt, query);
}

static __always_inline int verdict(struct xdp_md *ctx, const struct packet *pkt,
				   const struct query *query, enum rb_result result)
{
	end_count(pkt, query, result);
	switch (rb_result_group(result)) {
	case RB_GROUP_PASS:
		return XDP_PASS;
	case RB_GROUP_HANDOVER:
		return hand_over(ctx);
	case RB_GROUP_REPLY:
		if (rb_knobs.egress == RB_EGRESS_REDIRECT)
			return bpf_redirect(rb_knobs.ifindex, 0);
		return XDP_TX;
	default:
		return XDP_DROP;
	}
}

#endif
