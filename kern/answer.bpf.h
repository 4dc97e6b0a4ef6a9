/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the place of a record to the reply: one function per class, each verified by itself. So the
 * verifier sees the size of the class's records as a constant, and follows this part once per class
 * instead of once per path through the rest of the program.
 */
#ifndef RB_ANSWER_BPF_H
#define RB_ANSWER_BPF_H

#include "reply.bpf.h"

static __always_inline enum rb_result answer(struct xdp_md *ctx, const struct packet *packet,
					     const struct query *query, struct hit *hit)
{
	struct packet pkt = *packet;
	enum rb_result result;

	packet_bounds(&pkt);
	result = record_check(ctx, query, name_offset(&pkt), pkt.epoch, hit);
	if (result != RB_NEXT)
		return result;
	refresh_ask(hit);
	return reply_build(ctx, &pkt, query, hit);
}

#define ANSWER_FROM(name, its_class, records, bytes)                                               \
	__noinline int rb_answer_##name(struct xdp_md *ctx, const struct packet *pkt,              \
					const struct query *query, __u32 index)                    \
	{                                                                                          \
		struct hit hit = {.class = (its_class),                                            \
				  .index = index,                                                  \
				  .data_bytes = (bytes)-RB_RECORD_HEADER};                         \
                                                                                                   \
		hit.record = bpf_map_lookup_elem(&records, &index);                                \
		return hit.record && pkt && query ? answer(ctx, pkt, query, &hit) : RB_INTERNAL;   \
	}

ANSWER_FROM(small, RB_SMALL, rb_recs_small, RB_SMALL_BYTES)
ANSWER_FROM(medium, RB_MEDIUM, rb_recs_medium, RB_MEDIUM_BYTES)
ANSWER_FROM(large, RB_LARGE, rb_recs_large, RB_LARGE_BYTES)

/*
 * Class by class, the most frequent first. A tag that led to another name's record (one in 2000
 * lookups) must not hide what a further class holds.
 */
static __always_inline enum rb_result
answer_from_table(struct xdp_md *ctx, const struct packet *pkt, const struct query *query)
{
	__u64 hash = query->hash;
	enum rb_result result = RB_MISS;
	__u32 index;

	if (class_find(&rb_tags_small, hash, query->serves, rb_buckets[RB_SMALL], &index))
		result = rb_answer_small(ctx, pkt, query, index);
	if (result != RB_MISS && result != RB_COLLISION)
		return result;
	if (class_find(&rb_tags_medium, hash, query->serves, rb_buckets[RB_MEDIUM], &index))
		result = rb_answer_medium(ctx, pkt, query, index);
	if (result != RB_MISS && result != RB_COLLISION)
		return result;
	if (class_find(&rb_tags_large, hash, query->serves, rb_buckets[RB_LARGE], &index))
		result = rb_answer_large(ctx, pkt, query, index);
	return result;
}

/* No record vouches for the name of a query that is refused: walk its labels, RFC 1035 3.1. */
static __always_inline bool name_is_well_formed(struct xdp_md *ctx, __u32 offset, __u32 name_len)
{
	__u32 at = 0;

	for (__u32 labels = 0; labels <= RB_NAME_MAX / 2; labels++) {
		const __u8 *label;

		label = frame_start(ctx) + masked(offset + at, FRAME_MASK);
		if (label + 1 > (const __u8 *)frame_end(ctx) || *label > RB_LABEL_MAX)
			return false;
		if (!*label)
			return at + 1 == name_len;
		at += 1 + *label;
	}
	return false;
}

/*
 * REFUSED, for whom access-control refuses: the question and no word more, not even whether there
 * is recursion (RA) for others.
 */
__noinline int rb_refuse(struct xdp_md *ctx, const struct packet *packet, const struct query *query)
{
	__be16 flags = RB_HTONS(RB_FLAG_QR | RB_FLAG_RD | RB_RCODE_REFUSED);
	struct reply reply = {};
	enum rb_result result;
	struct packet pkt;

	if (!packet || !query)
		return RB_INTERNAL;
	pkt = *packet;
	packet_bounds(&pkt);
	if (!name_is_well_formed(ctx, name_offset(&pkt), qname_bytes(query)))
		return RB_QUESTION;
	reply.ede = rb_ede_allowed(RB_EDE_PROHIBITED + 1, rb_ede_said);
	result = reply_bare(ctx, &pkt, query, flags, &reply);
	if (result == RB_NEXT)
		result = frame_resize(ctx, &pkt, reply.body, reply.dns_len);
	if (result == RB_NEXT)
		result = reply_finish(ctx, &pkt, query, &reply);
	return result == RB_NEXT ? RB_REFUSED : result;
}

#endif
