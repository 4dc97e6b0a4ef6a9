/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Count how the packet ended, by name, and choose what XDP does with the frame. */
#ifndef RB_VERDICT_BPF_H
#define RB_VERDICT_BPF_H

#include "maps.bpf.h"

/* To the AF_XDP socket of this queue, or to the sockets on the stack: never lost. */
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

static __always_inline int verdict(struct xdp_md *ctx, enum rb_result result)
{
	count(result);
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
