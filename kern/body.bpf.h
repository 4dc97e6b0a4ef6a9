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

#define RR_BYTES_MIN 11 /* root owner, no data: no body is shorter */

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

	/* In the form that the verifier of 6.1 tracks: a bound from below, then one from above. */
	if (len < RR_BYTES_MIN || len > hit->data_bytes)
		return RB_INTERNAL;
	if (bpf_xdp_store_bytes(ctx, reply->body, hit->record->data, len))
		return RB_INTERNAL;
	reply->sum += hit->record->body_sum;
	if (reply->age_s)
		reply->sum += rb_sum_aged(hit->record->ttl_weight, reply->age_s);
	return RB_NEXT;
}

/* One TTL of the frame: less its age (the sum knows already), or the short one of a stale reply. */
static __always_inline void ttl_write(__be32 *ttl, __u32 offset, struct reply *reply)
{
	__be32 before = *ttl, after = bpf_htonl(rb_stale_ttl);

	if (!rb_stale_ns || !reply->stale) {
		*ttl = bpf_htonl(bpf_ntohl(before) - reply->age_s);
		return;
	}
	*ttl = after;
	reply->sum += rb_sum_shift((after & 0xffff) + (after >> 16), offset);
	reply->sum += (__u16)~rb_sum_shift((before & 0xffff) + (before >> 16), offset);
}

/* Every TTL of the body, where it now stands in the frame. dns: offset of the message. */
static __always_inline enum rb_result ttls_write(struct xdp_md *ctx, const struct hit *hit,
						 __u32 dns, struct reply *reply)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	__u32 steps = hit->record->ttl_steps;
	__u32 cursor = reply->body;

	if (!reply->age_s && !reply->stale)
		return RB_NEXT;
	/* The class bounds the loop: no resource record is shorter than RR_BYTES_MIN. */
	for (__u32 i = 0; i < RB_TTL_STEPS_MAX && i < hit->data_bytes / RR_BYTES_MIN; i++) {
		__u32 place = hit->data_bytes - 1 - i;
		__be32 *ttl;
		__u8 distance;

		if (i + 1 > steps)
			break;
		RB_PIN_REGISTER(place);
		if (place >= hit->data_bytes)
			return RB_INTERNAL;
		distance = hit->record->data[place];
		cursor += distance;
		if (cursor > RB_LARGE_BYTES + 512)
			return RB_INTERNAL;
		if (distance == RB_TTL_SKIP)
			continue;
		ttl = data + cursor;
		if ((void *)(ttl + 1) > data_end)
			return RB_INTERNAL;
		ttl_write(ttl, cursor - dns, reply);
	}
	return RB_NEXT;
}

static __always_inline void address_copy(void *to, const void *from, __u32 bytes)
{
	__u32 *out = to;
	const __u32 *in = from;

	out[0] = in[0];
	if (bytes == 4)
		return;
	out[1] = in[1];
	out[2] = in[2];
	out[3] = in[3];
}

/*
 * rrset-roundrobin: the addresses at the end of the body begin with another one for each query id,
 * as in Unbound. Only the addresses move, by an even number of bytes, so the sum stays as it is.
 */
static __always_inline enum rb_result addresses_turn(struct xdp_md *ctx, const struct hit *hit,
						     const struct query *query,
						     const struct reply *reply)
{
	__u32 bytes = rb_rotate_rdata_bytes(query->qtype);
	__u32 stride = RB_ROTATE_FIXED_BYTES + bytes;
	__u32 count = hit->record->rotate;
	__u32 from, start, turned;

	if (!bytes || count < 2 || count > RB_ROTATE_MAX)
		return RB_NEXT;
	from = query->id % count;
	start = reply->body_len - count * stride + RB_ROTATE_FIXED_BYTES;
	for (__u32 i = 0; i < RB_ROTATE_MAX; i++) {
		void *data = frame_start(ctx);
		__u32 place, out;

		if (i + 1 > count)
			break;
		turned = from + i < count ? from + i : from + i - count;
		place = start + turned * stride;
		out = reply->body + start + i * stride;
		RB_PIN_REGISTER(place);
		RB_PIN_REGISTER(out);
		if (place > hit->data_bytes - bytes || out > RB_LARGE_BYTES + 512)
			return RB_INTERNAL;
		if (data + out + bytes > frame_end(ctx))
			return RB_INTERNAL;
		address_copy(data + out, hit->record->data + place, bytes);
	}
	return RB_NEXT;
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
	if (result == RB_NEXT)
		result = ttls_write(ctx, hit, pkt_dns, reply);
	if (result == RB_NEXT)
		result = addresses_turn(ctx, hit, query, reply);
	return result;
}

#endif
