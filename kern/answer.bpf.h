/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the place of a record to the reply: one function per class, each verified by itself. So the
 * verifier sees the size of the class's records as a constant, and follows this part once per class
 * instead of once per path through the rest of the program.
 */
#ifndef RB_ANSWER_BPF_H
#define RB_ANSWER_BPF_H

#include "reply.bpf.h"

/* What the caller has in memory, with the bounds that the verifier forgot. */
static __always_inline enum rb_result bounds_restore(struct packet *pkt, struct query *query)
{
	if (pkt->dns > DNS_OFFSET_MAX || pkt->ip > DNS_OFFSET_MAX || pkt->dns_len > 0xffff)
		return RB_INTERNAL;
	if (query->question.qname_len > RB_NAME_MAX)
		return RB_INTERNAL;
	query->question_len = query->question.qname_len + RB_QUESTION_TAIL;
	query->name_offset = pkt->dns + sizeof(struct rb_dns_header);
	return RB_NEXT;
}

static __always_inline enum rb_result answer(struct xdp_md *ctx, const struct packet *packet,
					     const struct query *asked, enum rb_class class,
					     __u32 index, struct hit *hit)
{
	struct packet pkt = *packet;
	struct query query = *asked;
	enum rb_result result;

	result = bounds_restore(&pkt, &query);
	if (result == RB_NEXT)
		result = record_check(ctx, &query, pkt.epoch, hit);
	if (result != RB_NEXT)
		return result;
	refresh_ask(hit, class, index);
	return reply_build(ctx, &pkt, &query, hit);
}

#define ANSWER_FROM(name, class, records, bytes)                                                   \
	__noinline int rb_answer_##name(struct xdp_md *ctx, const struct packet *pkt,              \
					const struct query *query, __u32 index)                    \
	{                                                                                          \
		struct hit hit = {.data_bytes = (bytes)-RB_RECORD_HEADER};                         \
                                                                                                   \
		hit.record = bpf_map_lookup_elem(&records, &index);                                \
		return hit.record && pkt && query ? answer(ctx, pkt, query, class, index, &hit)    \
						  : RB_INTERNAL;                                   \
	}

ANSWER_FROM(small, RB_SMALL, rb_recs_small, RB_SMALL_BYTES)
ANSWER_FROM(medium, RB_MEDIUM, rb_recs_medium, RB_MEDIUM_BYTES)
ANSWER_FROM(large, RB_LARGE, rb_recs_large, RB_LARGE_BYTES)

/*
 * Class by class, the most frequent first. A tag that led to another name's record (one in 2000
 * lookups) must not hide what a further class holds.
 */
static __always_inline enum rb_result
answer_from_table(struct xdp_md *ctx, const struct packet *packet, const struct query *asked)
{
	__u64 hash = rb_hash_finish(asked->question.hash_sum, asked->qtype, 0);
	/* Copies: what a function has had the address of stays in memory, where bounds are lost. */
	struct packet pkt = *packet;
	struct query query = *asked;
	enum rb_result result = RB_MISS;
	__u32 index;

	if (class_find(&rb_tags_small, hash, query.serves, rb_buckets[RB_SMALL], &index))
		result = rb_answer_small(ctx, &pkt, &query, index);
	if (result != RB_MISS && result != RB_COLLISION)
		return result;
	if (class_find(&rb_tags_medium, hash, query.serves, rb_buckets[RB_MEDIUM], &index))
		result = rb_answer_medium(ctx, &pkt, &query, index);
	if (result != RB_MISS && result != RB_COLLISION)
		return result;
	if (class_find(&rb_tags_large, hash, query.serves, rb_buckets[RB_LARGE], &index))
		result = rb_answer_large(ctx, &pkt, &query, index);
	return result;
}

#endif
