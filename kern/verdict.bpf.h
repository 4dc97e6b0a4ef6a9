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

/* Count the properties of a query that a record has answered, by one increment. */
static __always_inline void answered_count(struct rb_cpu *cpu, const struct packet *pkt,
					   const struct query *query)
{
	__u32 row = (__u16)RB_HTONS(query_type(query));
	__u32 traits = query->edns >> QUERY_TRAITS_SHIFT;

	_Static_assert(RB_TRAIT_IPV6 == 1, "as is_ipv6");
	/*
	 * The same register must be compared and used: the verifier of 6.1 loses a bound on the way
	 * to the stack and back.
	 */
	RB_PIN_REGISTER(row);
	if (row > RB_PLAIN_TYPES)
		row = RB_PLAIN_TYPES;
	/* The verifier of 6.1 loses bounds in an OR. */
	cpu->answered[row][masked(traits | pkt->is_ipv6, RB_TRAIT_SETS - 1)] += 1;
}

/* No result is above this mask, and each number up to it is a counter's. */
#define RESULT_MASK 31
_Static_assert(RB_RESULT_COUNT <= RESULT_MASK + 1 && RESULT_MASK < RB_COUNTER_COUNT, "");

static __always_inline void result_count(struct rb_cpu *cpu, enum rb_result result)
{
	cpu->counters[masked((__u32)result, RESULT_MASK)] += 1;
}

/*
 * End a packet that is not answered. This needs nothing of what has been read, so that the stages'
 * many paths to here carry only the result.
 */
static __always_inline int leave(struct xdp_md *ctx, struct rb_cpu *cpu, enum rb_result result)
{
	result_count(cpu, result);
	switch (rb_result_group(result)) {
	case RB_GROUP_PASS:
		return XDP_PASS;
	case RB_GROUP_HANDOVER:
		return hand_over(ctx);
	default:
		return XDP_DROP;
	}
}

/* Whether the result is of RB_GROUP_REPLY, as one comparison: they are neighbours. */
static __always_inline bool is_reply(int result)
{
	return (__u32)result - RB_ANSWERED <= RB_REFUSED - RB_ANSWERED;
}

/* End a packet that is answered. result: of RB_GROUP_REPLY. */
static __always_inline int reply_send(const struct packet *pkt, const struct query *query,
				      enum rb_result result)
{
	result_count(pkt->cpu, result);
	if (result != RB_REFUSED)
		answered_count(pkt->cpu, pkt, query);
	if (rb_knobs.egress == RB_EGRESS_REDIRECT)
		return bpf_redirect(rb_knobs.ifindex, 0);
	return XDP_TX;
}

#endif
