/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the question to its record: hash, bucket, tag, and then the record itself, which is compared
 * in full. What is found here is read again under its sequence number until the reply is built.
 */
#ifndef RB_LOOKUP_BPF_H
#define RB_LOOKUP_BPF_H

#include "fence.bpf.h"
#include "maps.bpf.h"
#include "query.bpf.h"
#include "reply.h"

#define BODY_MASK 0x7ff /* no class has longer bodies */
_Static_assert(RB_LARGE_BYTES <= BODY_MASK, "");

/* A record that answers the question, and what it was when it was found. */
struct hit {
	struct rb_record *record;
	enum rb_class class; /* a constant, as is data_bytes */
	__u32 index;         /* of the class's records */
	__u32 seq;
	__u32 data_bytes; /* of the record's class, a constant */
	__u32 body_len;
	__u64 left_ns; /* until it expires; 0: it has expired, and is served stale */
};

/* The record of a class that may answer: its tag agrees. index: of the class's records. */
static __always_inline bool class_find(void *tags_map, __u64 hash, __u8 serves, __u32 buckets,
				       __u32 *index)
{
	__u32 bucket = rb_hash_bucket(hash, buckets);
	const __u64 *tags = bpf_map_lookup_elem(tags_map, &bucket);
	__u32 way;

	if (!tags)
		return false;
	way = rb_bucket_find(tags[0], tags[1], hash, serves);
	*index = bucket * RB_WAYS + way;
	return way < RB_WAYS;
}

/* Whether the record's name is the question's but for letter case. The packet is read again: what
 * was hashed lies in no memory that another packet could share. */
static __always_inline bool name_matches(const struct xdp_md *ctx, const struct query *query,
					 const struct hit *hit)
{
	const void *data_end = frame_end(ctx);
	const __u8 *sent = frame_start(ctx) + query->name_offset;
	const __u8 *stored = hit->record->data;
	__u32 words = query->question.qname_words;
	__u32 tail_bits = -query->question.qname_len * 8 & 63; /* of the last word, past the name */
	__u32 place = hit->body_len;
	__u64 different = 0;

	for (__u32 i = 0; i < RB_NAME_WORDS; i++, sent += 8, place += 8) {
		__u64 word, expected;

		if (i + 1 > words)
			break;
		RB_PIN_REGISTER(place);
		if (place > hit->data_bytes - 8)
			return false;
		if ((void *)(sent + 8) <= data_end)
			word = RB_LOAD64(sent);
		else if ((void *)(sent + 4) <= data_end)
			word = RB_LOAD32(sent);
		else
			return false;
		expected = RB_LOAD64(stored + place);
		different = rb_word_lower(word) ^ expected;
		if (i + 1 == words)
			break;
		if (different)
			return false;
	}
	return !(different << tail_bits);
}

/* RB_NEXT where the hit's record is whole, of this configuration, this question's, and fresh. */
static __always_inline enum rb_result
record_check(const struct xdp_md *ctx, const struct query *query, __u32 epoch, struct hit *hit)
{
	const struct rb_record *record = hit->record;
	__u64 expires_ns, now_ns;

	hit->seq = *(volatile const __u32 *)&record->seq;
	if (hit->seq & 1)
		return RB_BUSY;
	load_fence();
	hit->body_len = masked(record->body_len, BODY_MASK);
	if (record->qname_len != query->question.qname_len || record->qtype != query->qtype ||
	    record->view != 0 || !(record->traits & query->serves) ||
	    !name_matches(ctx, query, hit))
		return RB_COLLISION;
	if (record->epoch != epoch)
		return RB_EXPIRED;
	expires_ns = record->expires_ns;
	now_ns = bpf_ktime_get_coarse_ns();
	hit->left_ns = 0;
	if (now_ns < expires_ns)
		hit->left_ns = expires_ns - now_ns;
	else if (!rb_may_be_stale(record->traits, now_ns - expires_ns, rb_stale_ns))
		return RB_EXPIRED;
	return RB_NEXT;
}

/* Marks are not under the sequence number: one that lands on a newer record costs a refresh at
 * most. */
static __always_inline bool record_mark(struct rb_record *record, __u8 mark)
{
	/* The word of traits, marks, ede, ttl_steps: atomics have at least 32 bits. */
	__u32 *word = (__u32 *)&record->traits;
	__u32 bit = (__u32)mark << 8;

	return !(record->marks & mark) && !(__sync_fetch_and_or(word, bit) & bit);
}

/* Ask userspace to resolve the record again, in the last tenth of its life or past its end. */
static __always_inline void refresh_ask(const struct hit *hit)
{
	struct rb_refresh *refresh;

	if (!(hit->left_ns ? rb_prefetch && rb_is_due(hit->left_ns, hit->record->ttl_s)
			   : rb_stale_ns) ||
	    hit->record->marks & RB_MARK_REFRESH || hit->record->traits & RB_FIXED_TTL)
		return;
	refresh = bpf_ringbuf_reserve(&rb_refreshes, sizeof(*refresh), 0);
	if (!refresh)
		return;
	if (!record_mark(hit->record, RB_MARK_REFRESH)) {
		bpf_ringbuf_discard(refresh, 0);
		return;
	}
	refresh->class = hit->class;
	refresh->index = hit->index;
	bpf_ringbuf_submit(refresh, 0);
	count(RB_EVENT_REFRESH);
}

#endif
