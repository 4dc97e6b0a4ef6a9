/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The reply's records: copied from the record to behind the question, then aged and rotated in the
 * frame.
 */
#ifndef RB_BODY_BPF_H
#define RB_BODY_BPF_H

#include "lookup.bpf.h"
#include "reply.h"
#include "sum.h"
#include "ttl.bpf.h"
#include "rotate.bpf.h"

/* The reply while it is built. */
struct reply {
	__u32 body; /* offset of what follows the question, in the frame */
	__u32 body_len;
	__u32 dns_len; /* of the whole message */
	__u32 age_s;   /* AGE_STALE: past its expiry, its TTLs end at rb_knobs.stale_ttl_s */
	__u64 sum;     /* of the whole message, in memory order; grows while it is built */
	__u8 ede;      /* RFC 8914 info code + 1; 0: none */
};

static __always_inline bool is_stale(const struct reply *reply)
{
	return rb_knobs.stale_ns && reply->age_s == AGE_STALE;
}

/* Bodies up to two addresses are copied without a call: all of the first half, all of the last. */
#define HALF_BYTES 16

static __always_inline bool half_copy(struct xdp_md *ctx, __u32 to, const __u8 *from)
{
	__u8 *out = frame_start(ctx) + to;

	if ((void *)(out + HALF_BYTES) > frame_end(ctx))
		return false;
	*(__u64 *)out = RB_LOAD64(from);
	*(__u64 *)(out + 8) = RB_LOAD64(from + 8);
	return true;
}

static __always_inline bool short_copy(struct xdp_md *ctx, const struct hit *hit, __u32 body,
				       __u32 last)
{
	const __u8 *from = hit->record->data;

	if (!half_copy(ctx, body, from))
		return false;
	return !last || half_copy(ctx, masked(body + last, FRAME_MASK), from + last);
}

/* Bodies of medium records are copied without a call, too, in pieces that are larger. */
#define PIECE_BYTES 32

static __always_inline bool piece_copy(struct xdp_md *ctx, __u8 *out, const __u8 *from)
{
	if ((void *)(out + PIECE_BYTES) > frame_end(ctx))
		return false;
	*(__u64 *)out = RB_LOAD64(from);
	*(__u64 *)(out + 8) = RB_LOAD64(from + 8);
	*(__u64 *)(out + 16) = RB_LOAD64(from + 16);
	*(__u64 *)(out + 24) = RB_LOAD64(from + 24);
	return true;
}

/* Piece by piece, and then the bytes that end with the last: len is more than PIECE_BYTES. */
static __always_inline bool pieces_copy(struct xdp_md *ctx, const struct hit *hit, __u32 body,
					__u32 len)
{
	const __u8 *from = hit->record->data;
	__u8 *out = frame_start(ctx) + body;
	__u32 last = len - PIECE_BYTES;

	RB_PIN_REGISTER(last);
	if (last > hit->data_bytes - PIECE_BYTES)
		return false;
	for (__u32 i = 0; i < hit->data_bytes / PIECE_BYTES; i++, out += PIECE_BYTES) {
		if (i * PIECE_BYTES >= last)
			break;
		if (!piece_copy(ctx, out, from + i * PIECE_BYTES))
			return false;
	}
	return piece_copy(ctx, frame_start(ctx) + masked(body + last, FRAME_MASK), from + last);
}

/* Copy the record's body behind the question. */
static __always_inline enum rb_result body_copy(struct xdp_md *ctx, const struct hit *hit,
						const struct reply *reply)
{
	__u32 len = reply->body_len;
	__u32 last = len - HALF_BYTES;

	RB_PIN_REGISTER(last);
	if (last <= HALF_BYTES)
		return short_copy(ctx, hit, reply->body, last) ? RB_NEXT : RB_INTERNAL;
	if (hit->tier == RB_MEDIUM)
		return pieces_copy(ctx, hit, reply->body, len) ? RB_NEXT : RB_INTERNAL;
	/*
	 * The verifier of 6.1 tracks this form: a lower bound, then an upper one, of a register
	 * with no other use. clang would merge the two comparisons.
	 */
	RB_PIN_REGISTER(len);
	if (len < RR_BYTES_MIN)
		return ended(RB_INTERNAL);
	RB_PIN_REGISTER(len);
	if (len > hit->data_bytes)
		return ended(RB_INTERNAL);
	if (bpf_xdp_store_bytes(ctx, reply->body, hit->record->data, len))
		return ended(RB_INTERNAL);
	return RB_NEXT;
}

/* Age the TTL of a record with only one, without a call. */
static __always_inline bool ttl_write_only(struct xdp_md *ctx, const struct hit *hit, __u32 body,
					   __u32 age_s)
{
	const __u8 *stored = hit->record->data;
	__u32 offset = hit->data_bytes - 1 - hit->record->qname_len;
	__u32 distance;
	__be32 *ttl;

	RB_PIN_REGISTER(offset);
	if (offset >= hit->data_bytes)
		return false;
	distance = stored[offset];
	RB_PIN_REGISTER(distance);
	if (distance > hit->data_bytes - sizeof(*ttl))
		return false;
	ttl = frame_start(ctx) + masked(body + distance, FRAME_MASK);
	if ((void *)(ttl + 1) > frame_end(ctx))
		return false;
	/*
	 * Read from the record: a read from the frame may span two words that are still being
	 * written.
	 */
	*ttl = bpf_htonl(bpf_ntohl(RB_LOAD32(stored + distance)) - age_s);
	return true;
}

/* Large records alone have so many TTLs and addresses that the loops are functions of their own. */
static __always_inline int ttls_write_of(struct xdp_md *ctx, const struct hit *hit, __u32 dns,
					 const struct reply *reply)
{
	if (hit->tier == RB_LARGE)
		return rb_ttls_large(ctx, hit->index, reply->body, dns, reply->age_s);
	return ttls_write(ctx, hit->record, hit->data_bytes, reply->body, dns, reply->age_s);
}

static __always_inline int rotation_of(struct xdp_md *ctx, const struct hit *hit,
				       const struct query *query, __u32 dns,
				       const struct reply *reply)
{
	const __be16 *id = frame_start(ctx) + dns;

	if ((void *)(id + 1) > frame_end(ctx))
		return -1;
	if (hit->tier == RB_LARGE)
		return rb_rotate_large(ctx, hit->index, reply->body, query_type(query), *id);
	return addresses_rotate(ctx, hit->record, hit->data_bytes, reply->body, query_type(query),
				*id);
}

/* All of the records. */
static __always_inline enum rb_result body_write(struct xdp_md *ctx, const struct packet *pkt,
						 const struct query *query, const struct hit *hit,
						 struct reply *reply)
{
	enum rb_result result;

	if (!reply->body_len)
		return RB_NEXT;
	result = body_copy(ctx, hit, reply);
	if (result != RB_NEXT)
		return result;
	if (reply->age_s && hit->record->ttl_steps == 1 && !is_stale(reply)) {
		if (!ttl_write_only(ctx, hit, reply->body, reply->age_s))
			return ended(RB_INTERNAL);
	} else if (reply->age_s) {
		int sum = ttls_write_of(ctx, hit, pkt->dns, reply);

		if (sum < 0)
			return ended(RB_INTERNAL);
		reply->sum += (__u32)sum;
	}
	if (hit->record->rotate && rotation_of(ctx, hit, query, pkt->dns, reply))
		return ended(RB_INTERNAL);
	return RB_NEXT;
}

#endif
