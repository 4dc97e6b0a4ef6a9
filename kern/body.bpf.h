/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The reply's records: copied from the record behind the question, then aged and turned where they
 * stand in the frame.
 */
#ifndef RB_BODY_BPF_H
#define RB_BODY_BPF_H

#include "lookup.bpf.h"
#include "reply.h"
#include "sum.h"
#include "ttl.bpf.h"
#include "turn.bpf.h"

/* The reply as it is put together. */
struct reply {
	__be16 flags;
	__be16 ancount, nscount, arcount;
	__u32 body; /* offset of what follows the question, in the frame */
	__u32 body_len;
	__u32 opt_len;
	__u32 dns_len; /* of the whole message */
	__u32 age_s;
	bool stale; /* past its expiry: its TTLs are rb_stale_ttl */
	__u64 sum;  /* of the whole message, in memory order */
	__u8 ede;   /* RFC 8914 info code + 1; 0: none */
};

/* Copy the record's body behind the question, and take what it adds to the sum. */
static __always_inline enum rb_result body_copy(struct xdp_md *ctx, const struct hit *hit,
						struct reply *reply)
{
	__u32 len = reply->body_len;

	/*
	 * In the form that the verifier of 6.1 tracks: a bound from below, then one from above, of
	 * a register that is used for nothing else. clang would make one comparison of the two.
	 */
	RB_PIN_REGISTER(len);
	if (len < RR_BYTES_MIN)
		return RB_INTERNAL;
	RB_PIN_REGISTER(len);
	if (len > hit->data_bytes)
		return RB_INTERNAL;
	if (bpf_xdp_store_bytes(ctx, reply->body, hit->record->data, len))
		return RB_INTERNAL;
	reply->sum += hit->record->body_sum;
	if (reply->age_s)
		reply->sum += rb_sum_aged(hit->record->ttl_weight, reply->age_s);
	return RB_NEXT;
}

static __always_inline int ttls_write_of(struct xdp_md *ctx, const struct hit *hit, __u32 dns,
					 const struct reply *reply)
{
	__u32 age_s = rb_stale_ns && reply->stale ? AGE_STALE : reply->age_s;

	switch (hit->class) {
	case RB_SMALL:
		return rb_ttls_small(ctx, hit->index, reply->body, dns, age_s);
	case RB_MEDIUM:
		return rb_ttls_medium(ctx, hit->index, reply->body, dns, age_s);
	default:
		return rb_ttls_large(ctx, hit->index, reply->body, dns, age_s);
	}
}

static __always_inline int turn_of(struct xdp_md *ctx, const struct hit *hit,
				   const struct query *query, const struct reply *reply)
{
	switch (hit->class) {
	case RB_SMALL:
		return rb_turn_small(ctx, hit->index, reply->body, query->qtype, query->id);
	case RB_MEDIUM:
		return rb_turn_medium(ctx, hit->index, reply->body, query->qtype, query->id);
	default:
		return rb_turn_large(ctx, hit->index, reply->body, query->qtype, query->id);
	}
}

/* All of the records; pkt_dns: where the message starts in the frame. */
static __always_inline enum rb_result body_write(struct xdp_md *ctx, const struct hit *hit,
						 const struct query *query, __u32 pkt_dns,
						 struct reply *reply)
{
	enum rb_result result;

	if (!reply->body_len)
		return RB_NEXT;
	result = body_copy(ctx, hit, reply);
	if (result != RB_NEXT)
		return result;
	if (reply->age_s || reply->stale) {
		int sum = ttls_write_of(ctx, hit, pkt_dns, reply);

		if (sum < 0)
			return RB_INTERNAL;
		reply->sum += (__u32)sum;
	}
	if (hit->record->rotate && turn_of(ctx, hit, query, reply))
		return RB_INTERNAL;
	return RB_NEXT;
}

#endif
