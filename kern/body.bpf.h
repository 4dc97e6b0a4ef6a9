/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The reply's records: copied from the record to behind the question, then aged and rotated in the
 * frame.
 */
#ifndef RB_BODY_BPF_H
#define RB_BODY_BPF_H

#include "frame.bpf.h"
#include "lookup.bpf.h"
#include "reply.h"
#include "sum.h"
#include "ttl.bpf.h"
#include "rotate.bpf.h"

/* The reply while it is built. */
struct reply {
	struct resized frame;
	__u32 body; /* offset of what follows the question, in the frame */
	__u32 body_len;
	__u32 dns_len; /* of the whole message */
	__u32 age_s;   /* AGE_STALE: past its expiry, its TTLs end at rb_knobs.stale_ttl_s */
	__u64 sum;     /* of the whole message, in memory order; grows while it is built */
	__u8 ede;      /* RFC 8914 info code + 1; 0: none */
};

static __always_inline bool is_stale(const struct reply *reply)
{
	return reply->age_s == AGE_STALE;
}

/*
 * Whether the body has one TTL, which is that of a record whose owner is compressed, and is at the
 * place of all these. Most bodies are such: no distance needs to be followed.
 */
static __always_inline bool ttl_is_plain(const struct rb_record *record)
{
	return record->ttl_steps == 1 && (record->data[0] & 0xc0) == 0xc0;
}

/* Age that TTL. */
static __always_inline bool ttl_write_plain(const struct rb_record *record,
					    const struct reply *reply)
{
	/* Read from the record: a read from the frame may span two words that are being written. */
	__u32 ttl = bpf_ntohl(RB_LOAD32(record->data + RB_COMPRESSED_TTL));
	__be32 *out = reply->frame.data + reply->body + RB_COMPRESSED_TTL;

	if ((void *)(out + 1) > reply->frame.data_end)
		return false;
	*out = bpf_htonl(ttl - reply->age_s);
	return true;
}

/* Bodies up to two addresses are copied without a call: all of the first half, all of the last. */
#define HALF_BYTES 16

static __always_inline void half_copy(void *to, const __u8 *from)
{
	*(__u64 *)to = RB_LOAD64(from);
	*(__u64 *)(to + 8) = RB_LOAD64(from + 8);
}

static __always_inline bool short_copy(const struct hit *hit, const struct reply *reply, __u32 last)
{
	const __u8 *from = hit->record->data;
	void *out = reply->frame.data + reply->body;

	if (out + HALF_BYTES > reply->frame.data_end)
		return false;
	half_copy(out, from);
	if (!last)
		return true;
	out = reply->frame.data + masked(reply->body + last, FRAME_MASK);
	if (out + HALF_BYTES > reply->frame.data_end)
		return false;
	half_copy(out, from + last);
	return true;
}

/* Bodies of medium records are copied without a call, too, in pieces that are larger. */
#define PIECE_BYTES 32

static __always_inline bool piece_copy(void *data_end, void *to, const __u8 *from)
{
	if (to + PIECE_BYTES > data_end)
		return false;
	half_copy(to, from);
	half_copy(to + HALF_BYTES, from + HALF_BYTES);
	return true;
}

/* Piece by piece, and then the bytes that end with the last: len is more than PIECE_BYTES. */
static __always_inline bool pieces_copy(const struct hit *hit, const struct reply *reply)
{
	const __u8 *from = hit->record->data;
	void *data_end = reply->frame.data_end, *out = reply->frame.data + reply->body;
	__u32 last = reply->body_len - PIECE_BYTES;

	RB_PIN_REGISTER(last);
	if (last > hit->data_bytes - PIECE_BYTES)
		return false;
	for (__u32 i = 0; i < hit->data_bytes / PIECE_BYTES; i++, out += PIECE_BYTES) {
		if (i * PIECE_BYTES >= last)
			break;
		if (!piece_copy(data_end, out, from + i * PIECE_BYTES))
			return false;
	}
	return piece_copy(data_end, reply->frame.data + masked(reply->body + last, FRAME_MASK),
			  from + last);
}

/* Copy the record's body behind the question. */
static __always_inline enum rb_result body_copy(struct xdp_md *ctx, const struct hit *hit,
						const struct reply *reply)
{
	__u32 len = reply->body_len;
	__u32 last = len - HALF_BYTES;

	RB_PIN_REGISTER(last);
	if (last <= HALF_BYTES)
		return short_copy(hit, reply, last) ? RB_NEXT : RB_INTERNAL;
	if (hit->tier == RB_MEDIUM)
		return pieces_copy(hit, reply) ? RB_NEXT : RB_INTERNAL;
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
	if (ttl_is_plain(hit->record) && !is_stale(reply)) {
		if (!ttl_write_plain(hit->record, reply))
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
