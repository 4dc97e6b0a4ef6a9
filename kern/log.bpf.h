/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Replies for log-queries, log-replies, top-sample and dnstap: not in the program while all are off. */
#ifndef RB_LOG_BPF_H
#define RB_LOG_BPF_H

#include "maps.bpf.h"
#include "query.bpf.h"

#define LOGGED_LEAST                                                                               \
	26 /* Ethernet and the message's header: a bound that the verifier of 6.1 tracks */

/* Log the first bytes of the frame, in a function that is verified separately. */
__noinline int rb_log(struct xdp_md *ctx, __u32 dns, __u32 bytes, __u32 is_ipv6)
{
	__u32 whole = (__u32)(ctx->data_end - ctx->data);
	struct rb_logged *logged;

	if (!rb_knobs.log_sample ||
	    (rb_knobs.log_sample > 1 && bpf_get_prandom_u32() % rb_knobs.log_sample))
		return 0;
	logged = bpf_ringbuf_reserve(&rb_logged, sizeof(*logged), 0);
	if (!logged) {
		count(RB_EVENT_UNLOGGED);
		return 0;
	}
	if (rb_knobs.log_whole && whole <= RB_LOGGED_BYTES)
		bytes = whole;
	logged->dns = (__u16)dns;
	logged->bytes = (__u16)bytes;
	logged->is_ipv6 = is_ipv6 != 0;
	RB_PIN_REGISTER(bytes);
	if (bytes < LOGGED_LEAST || bytes > RB_LOGGED_BYTES ||
	    bpf_xdp_load_bytes(ctx, 0, logged->frame, bytes)) {
		bpf_ringbuf_discard(logged, 0);
		return 0;
	}
	bpf_ringbuf_submit(logged, 0);
	return 0;
}

static __always_inline void reply_log(struct xdp_md *ctx, const struct packet *pkt,
				      const struct query *query)
{
	if (rb_knobs.log_sample)
		rb_log(ctx, pkt->dns,
		       pkt->dns + sizeof(struct rb_dns_header) + question_bytes(query),
		       pkt->is_ipv6);
}

#endif
