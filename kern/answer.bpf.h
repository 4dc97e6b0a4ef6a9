/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the place of a record to the reply, with the size of the tier's records as a constant for
 * the verifier. Small records are answered inline, since most answers are small and a return costs
 * as much as many instructions. The other tiers have functions that are verified separately.
 */
#ifndef RB_ANSWER_BPF_H
#define RB_ANSWER_BPF_H

#include "reply.bpf.h"

/* Returns how the packet ends, or BARE_REPLY(), as do the functions below that answer. */
static __always_inline int answer(struct xdp_md *ctx, const struct packet *pkt,
				  const struct query *query, struct hit *hit)
{
	enum rb_result result = record_check(ctx, pkt, query, hit);

	if (result != RB_NEXT)
		return result;
	refresh_ask(hit);
	return reply_build(ctx, pkt, query, hit);
}

#define ANSWER_FROM(name, its_tier, records, bytes)                                                \
	__noinline int rb_answer_##name(struct xdp_md *ctx, __u64 packet, __u64 question,          \
					__u32 epoch, __u32 index)                                  \
	{                                                                                          \
		struct hit hit = {.tier = (its_tier),                                              \
				  .index = index,                                                  \
				  .data_bytes = (bytes)-RB_RECORD_HEADER};                         \
		struct packet pkt = {.data = frame_start(ctx),                                     \
				     .data_end = frame_end(ctx),                                   \
				     .epoch = epoch,                                               \
				     .cpu = cpu_get()};                                            \
		struct query query;                                                                \
                                                                                                   \
		if ((its_tier) == RB_SMALL && !rb_knobs.numbering)                                 \
			return RB_MISS;                                                            \
		packet_unpack(packet, &pkt);                                                       \
		query_unpack(question, &query);                                                    \
		query.window = window_of(&pkt, qname_bytes(&query));                               \
		if (!window_is_in_frame(query.window, &pkt))                                       \
			return RB_INTERNAL;                                                        \
		hit.record = bpf_map_lookup_elem(&records, &index);                                \
		return hit.record && pkt.cpu ? answer(ctx, &pkt, &query, &hit) : RB_INTERNAL;      \
	}

ANSWER_FROM(small, RB_SMALL, rb_recs_small, RB_SMALL_BYTES)
ANSWER_FROM(medium, RB_MEDIUM, rb_recs_medium, RB_MEDIUM_BYTES)
ANSWER_FROM(large, RB_LARGE, rb_recs_large, RB_LARGE_BYTES)

static __always_inline int answer_small(struct xdp_md *ctx, const struct packet *pkt,
					const struct query *query, __u32 index)
{
	struct hit hit = {
		.tier = RB_SMALL, .index = index, .data_bytes = RB_SMALL_BYTES - RB_RECORD_HEADER};

	/* With client classes the code is needed twice, so it is a function then. */
	if (rb_knobs.numbering)
		return rb_answer_small(ctx, packet_pack(pkt), query_pack(query), pkt->epoch, index);
	hit.record = bpf_map_lookup_elem(&rb_recs_small, &index);
	return hit.record ? answer(ctx, pkt, query, &hit) : RB_INTERNAL;
}

/*
 * Look into one tier after the other, the most frequent first. A tag that led to another name's
 * record (one in 2000 lookups) must not hide a record in the next tiers.
 */
static __always_inline int answer_from_shared(struct xdp_md *ctx, const struct packet *pkt,
					      const struct query *query)
{
	__u64 hash = query->hash;
	int result = RB_MISS;
	__u8 serves = query_serves(query);
	__u32 index;

	if (class_find(&rb_tags_small, hash, serves, rb_knobs.buckets[RB_SMALL], &index))
		result = answer_small(ctx, pkt, query, index);
	/* The verifier follows the code after this once, however that ended. */
	result = (int)forgotten((__u32)result, pkt->epoch);
	if (result != RB_MISS && result != RB_COLLISION)
		return result;
	if (class_find(&rb_tags_medium, hash, serves, rb_knobs.buckets[RB_MEDIUM], &index))
		result = rb_answer_medium(ctx, packet_pack(pkt), query_pack(query), pkt->epoch,
					  index);
	if (result != RB_MISS && result != RB_COLLISION)
		return result;
	if (class_find(&rb_tags_large, hash, serves, rb_knobs.buckets[RB_LARGE], &index))
		result = rb_answer_large(ctx, packet_pack(pkt), query_pack(query), pkt->epoch,
					 index);
	return result;
}

static __always_inline bool is_unanswered(int result)
{
	return result == RB_MISS || result == RB_COLLISION || result == RB_EXPIRED;
}

/*
 * The index of a tier's record for one class; negative: there is none. It is a separate function,
 * since few questions need it and the program is verified faster. hash: of rb_hash_of_class().
 */
__noinline int rb_class_find(__u64 hash, __u32 tier, __u32 serves)
{
	__u32 index;
	bool found;

	if (!rb_knobs.numbering)
		return -1;
	if (tier == RB_SMALL)
		found = class_find(&rb_tags_small, hash, serves, rb_knobs.buckets[RB_SMALL],
				   &index);
	else if (tier == RB_MEDIUM)
		found = class_find(&rb_tags_medium, hash, serves, rb_knobs.buckets[RB_MEDIUM],
				   &index);
	else
		found = class_find(&rb_tags_large, hash, serves, rb_knobs.buckets[RB_LARGE],
				   &index);
	return found ? (int)index : -1;
}

/*
 * Answer from a record for the client's class alone. A record that several classes share may be of
 * an earlier configuration, and must not hide this one. shared: the result of looking for that.
 */
static __always_inline int answer_for_class(struct xdp_md *ctx, const struct packet *pkt,
					    const struct query *query, int shared)
{
	__u64 hash = rb_hash_of_class(query->hash, pkt->client_class);
	__u32 serves = query_serves(query);
	int index, own = RB_MISS;

	index = rb_class_find(hash, RB_SMALL, serves);
	if (index >= 0)
		own = rb_answer_small(ctx, packet_pack(pkt), query_pack(query), pkt->epoch, index);
	if (is_unanswered(own) && (index = rb_class_find(hash, RB_MEDIUM, serves)) >= 0)
		own = rb_answer_medium(ctx, packet_pack(pkt), query_pack(query), pkt->epoch, index);
	if (is_unanswered(own) && (index = rb_class_find(hash, RB_LARGE, serves)) >= 0)
		own = rb_answer_large(ctx, packet_pack(pkt), query_pack(query), pkt->epoch, index);
	return own == RB_MISS || own == RB_COLLISION ? shared : own;
}

static __always_inline int answer_from_table(struct xdp_md *ctx, const struct packet *pkt,
					     const struct query *query)
{
	int result = answer_from_shared(ctx, pkt, query);

	if (rb_knobs.numbering && is_unanswered(result))
		result = answer_for_class(ctx, pkt, query, result);
	return result;
}

/*
 * A refused query is not compared with a record, which would prove its name to be well-formed: walk
 * its labels, RFC 1035 3.1.
 */
__noinline int rb_name_is_well_formed(struct xdp_md *ctx, __u32 offset, __u32 name_len)
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
 * Reply REFUSED to a client that access-control refuses. The reply has only the question, and does
 * not even tell whether others get recursion (RA).
 */
static __always_inline int refuse(struct xdp_md *ctx, const struct packet *pkt,
				  const struct query *query)
{
	__be16 flags = RB_HTONS(RB_FLAG_QR | RB_FLAG_RD | RB_RCODE_REFUSED);

	if (!rb_name_is_well_formed(ctx, name_offset(pkt), qname_bytes(query)))
		return RB_QUESTION;
	return BARE_REPLY(flags, rb_ede_allowed(RB_EDE_PROHIBITED + 1, rb_knobs.ede_said));
}

#endif
