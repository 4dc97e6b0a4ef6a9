/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the question to its record: hash, bucket, tag, and then the record itself, which is compared
 * in full. The record stays where it is, and may change: whoever reads it until the reply is built
 * compares its sequence number afterwards.
 */
#ifndef RB_LOOKUP_BPF_H
#define RB_LOOKUP_BPF_H

#include "fence.bpf.h"
#include "maps.bpf.h"
#include "query.bpf.h"
#include "reply.h"
#include "sum.h"

#define BODY_MASK 0x7ff /* no tier has longer bodies */
_Static_assert(RB_LARGE_BYTES <= BODY_MASK, "");

/* A record that answers the question, and its state when it was found. */
struct hit {
	struct rb_record *record;
	enum rb_tier tier; /* a constant, as is data_bytes */
	__u32 index;       /* of the tier's records */
	__u32 seq;
	__u32 data_bytes; /* of the record's tier, a constant */
	__u32 body_len;
	__u32 traits;
	__u64 sum;     /* of the reply, as message_sum, with the question's upper-case letters */
	__u64 left_ns; /* until it expires; 0: it has expired, and is served stale */
};

/* Find the record of a tier that may answer: its tag matches. index: of the tier's records. */
static __always_inline bool class_find(void *tags_map, __u64 hash, __u8 serves, __u32 buckets,
				       __u32 *index)
{
	__u32 bucket = rb_hash_bucket(hash, buckets);
	const __u64 *tags = bpf_map_lookup_elem(tags_map, &bucket);
	__u32 way = rb_hash_home(hash);

	if (!tags)
		return false;
	/*
	 * Most records are in their home way. A predicted branch, unlike a way that is computed
	 * from the tags, lets the processor fetch the record before the tags have arrived.
	 */
	if (!rb_tag_matches(((const __u16 *)tags)[way], hash, serves))
		way = rb_bucket_find(tags[0], tags[1], hash, serves);
	*index = bucket * RB_WAYS + way;
	return way < RB_WAYS;
}

/*
 * Whether eight bytes of the question's name, or those of them that keep selects, are the record's
 * except for letter case. Adds to letters what the case changes in their sum.
 */
static __always_inline bool word_matches(__u64 sent, __u64 stored, __u64 keep, __u64 *letters)
{
	__u64 different = (sent ^ stored) & keep;

	if (!different)
		return true;
	if ((rb_word_lower(sent) ^ stored) & keep)
		return false;
	*letters += (different & 0xffffffff) + (different >> 32);
	return true;
}

/* Whether the record's name is the question's except for letter case, of names of any length. */
static __always_inline bool name_matches_folded(const struct xdp_md *ctx, __u32 name_end,
						__u32 qname_len, struct hit *hit)
{
	const __u8 *data_end = frame_end(ctx), *sent;
	const __u8 *stored = hit->record->data;
	__u32 whole = qname_len / 8, offset = hit->data_bytes - 8, last = name_end - 8;
	__u64 letters = 0;

	for (__u32 i = 0; i < RB_NAME_WORDS - 1; i++, offset -= 8, last -= 8) {
		if (i + 1 > whole)
			break;
		sent = frame_start(ctx) + masked(last, FRAME_MASK);
		RB_PIN_REGISTER(offset);
		if (offset > hit->data_bytes - 8 || sent + 8 > data_end)
			return false;
		if (!word_matches(RB_LOAD64(sent), RB_LOAD64(stored + offset), ~0ULL, &letters))
			return false;
		letters = forgotten(letters, hit->seq);
	}
	sent = frame_start(ctx) + masked(last, FRAME_MASK);
	RB_PIN_REGISTER(offset);
	if (offset > hit->data_bytes - 8 || sent + 8 > data_end)
		return false;
	if (!word_matches(RB_LOAD64(sent), RB_LOAD64(stored + offset), rb_name_keep(qname_len),
			  &letters))
		return false;
	/* All words' offsets in the message are even or odd as the name's length is. */
	hit->sum -= rb_sum_shift(letters, qname_len);
	return true;
}

/*
 * Whether the record's name is the question's, of a short one in the same letter case. The name is read
 * from the packet again: no copy of it was kept when it was hashed, since another packet could
 * overwrite that.
 */
static __always_inline bool short_name_is(const __u8 *window, __u32 qname_len,
					  const struct hit *hit)
{
	const __u8 *stored = hit->record->data + hit->data_bytes;
	__u64 different;

#pragma unroll
	for (__u32 i = 0; i < NAME_SHORT / 8; i++) {
		different = window_word(window, i) ^ RB_LOAD64(stored - 8 - i * 8);
		if (qname_len < i * 8 + 8)
			return !(different & rb_name_keep(qname_len));
		if (different)
			return false;
	}
	return false;
}

/* Whether the record's name is the question's except for letter case. */
static __always_inline bool name_matches(const struct xdp_md *ctx, const struct packet *pkt,
					 const struct query *query, struct hit *hit)
{
	__u32 key = query->key;

	/* What the verifier learns of this length in each of the words it must not know afterwards. */
	RB_PIN_REGISTER(key);
	hit->sum = RB_SUM_ZERO + hit->record->message_sum;
	return short_name_is(query->window, key >> 24, hit) ||
	       name_matches_folded(ctx, name_offset(pkt) + qname_bytes(query), qname_bytes(query),
				   hit);
}

/*
 * Whether a class is in an audience other than everybody. The set is read before the numbering: see
 * struct rb_control. This is a separate function, since few records need it.
 */
__noinline int rb_is_for(__u32 audience, __u32 client_class)
{
	__u64 set;

	if (!rb_knobs.numbering)
		return false;
	set = rb_control.sets[audience % RB_AUDIENCES];
	load_fence();
	return rb_control.numbering == rb_knobs.numbering &&
	       set >> client_class % RB_CLASSES_MAX & 1;
}

/* RB_NEXT if the record answers the question, and is for this client. */
static __always_inline enum rb_result key_check(const struct rb_record *record,
						const struct packet *pkt, const struct query *query)
{
	__u32 key = *(const __u32 *)&record->qtype;

	if (key == query->key)
		return RB_NEXT;
	if (!rb_knobs.numbering || (key ^ query->key) & ~RB_KEY_AUDIENCE)
		return ended(RB_COLLISION);
	return rb_is_for(key >> 16, pkt->client_class) ? RB_NEXT : RB_MISS;
}

/* RB_NEXT if the hit's record is whole, this question's, of this configuration, and not too old. */
static __always_inline enum rb_result record_check(const struct xdp_md *ctx,
						   const struct packet *pkt,
						   const struct query *query, struct hit *hit)
{
	const struct rb_record *record = hit->record;
	__u64 expires_ns, now_ns;
	enum rb_result result;

	hit->seq = *(volatile const __u32 *)&record->seq;
	if (hit->seq & 1)
		return ended(RB_BUSY);
	load_fence();
	hit->body_len = masked(record->body_len, BODY_MASK);
	result = key_check(record, pkt, query);
	if (result != RB_NEXT)
		return result;
	hit->traits = record->traits;
	if (!(hit->traits & query_serves(query)) || !name_matches(ctx, pkt, query, hit))
		return ended(RB_COLLISION);
	if (record->epoch != pkt->epoch)
		return ended(RB_EXPIRED);
	expires_ns = record->expires_ns;
	now_ns = clock_ns(pkt->cpu);
	hit->left_ns = 0;
	if (now_ns < expires_ns)
		hit->left_ns = expires_ns - now_ns;
	else if (!rb_may_be_stale((__u8)hit->traits, record->stale_limit, now_ns - expires_ns,
				  rb_knobs.stale_ns, rb_knobs.stale_ttl_s))
		return ended(RB_EXPIRED);
	return RB_NEXT;
}

/* The sequence number does not cover marks: one that hits a newer record costs one refresh. */
static __always_inline bool record_mark(struct rb_record *record, __u8 mark)
{
	/* The word of body_len, traits, marks: atomics have at least 32 bits. */
	__u32 *word = (__u32 *)&record->body_len;
	__u32 bit = (__u32)mark << 24;

	return !(record->marks & mark) && !(__sync_fetch_and_or(word, bit) & bit);
}

/* Ask userspace to resolve the record again, in the last tenth of its life or past its end. */
static __always_inline void refresh_ask(const struct hit *hit)
{
	struct rb_refresh *refresh;

	if (!(hit->left_ns ? rb_knobs.prefetch && rb_is_due(hit->left_ns, hit->record->ttl_s)
			   : rb_knobs.stale_ns) ||
	    hit->record->marks & RB_MARK_REFRESH || hit->traits & RB_FIXED_TTL)
		return;
	refresh = bpf_ringbuf_reserve(&rb_refreshes, sizeof(*refresh), 0);
	if (!refresh)
		return;
	if (!record_mark(hit->record, RB_MARK_REFRESH)) {
		bpf_ringbuf_discard(refresh, 0);
		return;
	}
	refresh->tier = hit->tier;
	refresh->index = hit->index;
	bpf_ringbuf_submit(refresh, 0);
	count(RB_EVENT_REFRESH);
}

#endif
