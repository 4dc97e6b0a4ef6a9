/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the record to the reply, in the frame that brought the query. The id and the question stay
 * where they are, in the letter case in which they came; everything else is written.
 */
#ifndef RB_REPLY_BPF_H
#define RB_REPLY_BPF_H

#include "body.bpf.h"
#include "frame.bpf.h"
#include "reply.h"

#define OPTION_EDE_BYTES 6

/* The header's counts as one word in memory order: QDCOUNT 1, and one more of the others. */
#define COUNTS_NONE  0x0100ULL
#define COUNTS_AN    (1ULL << 24)
#define COUNTS_NS    (1ULL << 40)
#define COUNTS_AR    (1ULL << 56)
#define COUNTS_AN_OF 0xffff0000ULL

static __always_inline void reply_measure(const struct packet *pkt, const struct query *query,
					  struct reply *reply)
{
	__u32 question_end = sizeof(struct rb_dns_header) + question_bytes(query);

	reply->opt_len = 0;
	if (query->edns.present)
		reply->opt_len = RB_OPT_BYTES + (reply->ede ? OPTION_EDE_BYTES : 0);
	reply->body = pkt->dns + question_end;
	reply->dns_len = question_end + reply->body_len + reply->opt_len;
}

/* Our OPT, where the query had one: RFC 6891 6.1.2, with DO as it came (RFC 3225 3). */
static __always_inline enum rb_result opt_write(struct xdp_md *ctx, const struct packet *pkt,
						const struct query *query, struct reply *reply)
{
	void *data_end = frame_end(ctx);
	__u32 offset = reply->body + reply->body_len;
	__u8 *opt = frame_start(ctx) + offset;
	__u32 dnssec_ok = query->edns.dnssec_ok ? 0x80 : 0;
	__u8 ede = reply->ede;
	__u64 sum;

	if (!query->edns.present)
		return RB_NEXT;
	if ((void *)(opt + RB_OPT_BYTES) > data_end)
		return RB_INTERNAL;
	*(__u64 *)opt = (__u64)RB_TYPE_OPT << 16 | (__u64)(rb_edns_size >> 8) << 24 |
			(__u64)(rb_edns_size & 0xff) << 32 | (__u64)dnssec_ok << 56;
	*(__u32 *)(opt + 7) = dnssec_ok;
	sum = (RB_TYPE_OPT | (rb_edns_size >> 8) << 8) + (rb_edns_size & 0xff) + (dnssec_ok << 8);
	if (ede) {
		if ((void *)(opt + RB_OPT_BYTES + OPTION_EDE_BYTES) > data_end)
			return RB_INTERNAL;
		opt[10] = OPTION_EDE_BYTES;
		opt[11] = 0;
		opt[12] = RB_OPTION_EDE;
		opt[13] = 0;
		opt[14] = 2;
		opt[15] = 0;
		opt[16] = ede - 1;
		sum += OPTION_EDE_BYTES + RB_OPTION_EDE + 2 + (ede - 1);
	}
	reply->counts += COUNTS_AR;
	reply->sum += RB_HTONS(1) + rb_sum_shift(sum, offset - pkt->dns);
	return RB_NEXT;
}

static __always_inline enum rb_result header_write(struct xdp_md *ctx, const struct packet *pkt,
						   const struct query *query, struct reply *reply)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	struct rb_dns_header *header = data + pkt->dns;
	__u64 *counts = (void *)&header->qdcount;

	if ((void *)(header + 1) > data_end)
		return RB_INTERNAL;
	header->flags = reply->flags;
	*counts = reply->counts;
	reply->sum += query->id;
	return RB_NEXT;
}

/* What the counters call a reply from the table. */
static __always_inline enum rb_result reply_result(const struct reply *reply)
{
	if (reply->flags & RB_HTONS(RB_FLAG_TC))
		return RB_TRUNCATED;
	if (rb_stale_ns && reply->stale)
		return RB_STALE;
	switch (reply->flags & RB_HTONS(RB_FLAG_RCODE)) {
	case RB_HTONS(RB_RCODE_NOERROR):
		return reply->counts & COUNTS_AN_OF ? RB_ANSWERED : RB_NODATA;
	case RB_HTONS(RB_RCODE_NXDOMAIN):
		return RB_NXDOMAIN;
	default:
		return RB_ERROR;
	}
}

/* A reply without records: the question, and flags that say why. */
static __always_inline enum rb_result reply_bare(struct xdp_md *ctx, const struct packet *pkt,
						 const struct query *query, __be16 flags,
						 struct reply *reply)
{
	int question_sum = rb_sum_frame(ctx, name_offset(pkt), question_bytes(query));

	if (question_sum < 0)
		return RB_INTERNAL;
	reply->flags = flags;
	reply->counts = COUNTS_NONE;
	reply->body_len = 0;
	reply->sum = (__u64)flags + RB_HTONS(1) + (__u32)question_sum;
	reply_measure(pkt, query, reply);
	return RB_NEXT;
}

/* Whether the reply goes into one frame here; a constant where max-udp-size sees to that. */
static __always_inline bool fits_frame(const struct packet *pkt, const struct reply *reply)
{
	__u32 room4 = rb_frame_room(rb_mtu, 0), room6 = rb_frame_room(rb_mtu, 1);

	if (rb_max_udp_size <= room4 && rb_max_udp_size <= room6)
		return true;
	return reply->dns_len <= (pkt->is_ipv6 ? room6 : room4);
}

/*
 * The record's answer in full, or without records where it is larger than the client takes. Which
 * records of the additional section there is room for is userspace's to find out.
 */
static __always_inline enum rb_result reply_plan(struct xdp_md *ctx, const struct packet *pkt,
						 const struct query *query, const struct hit *hit,
						 struct reply *reply)
{
	const struct rb_record *record = hit->record;
	__u32 limit;
	__u8 ede;

	reply->flags = rb_reply_flags(record->flags, query->flags, record->traits, &query->edns);
	reply->counts = COUNTS_NONE + COUNTS_AN * record->ancount + COUNTS_NS * record->nscount +
			COUNTS_AR * record->arcount;
	reply->body_len = hit->body_len;
	reply->ede = rb_ede_allowed(record->ede, rb_ede_said);
	reply->age_s = 0;
	reply->stale = !hit->left_ns;
	reply->sum = (0xffffULL << 32) - hit->letters; /* modulo 65535 */
	reply->sum += record->message_sum + (reply->flags ^ record->flags);
	if (rb_stale_ns && reply->stale)
		reply->ede = rb_ede_allowed(rb_ede_of_stale(record->flags), rb_ede_said);
	else if (!(record->traits & RB_FIXED_TTL))
		reply->age_s = rb_age_s(hit->left_ns, record->ttl_s);
	reply->sum += rb_sum_aged(record->ttl_weight, reply->age_s);
	reply_measure(pkt, query, reply);
	limit = rb_reply_limit(&query->edns, rb_max_udp_size);
	ede = reply->ede;
	if (ede && reply->dns_len > limit) {
		/* An extended error takes the room that records leave. */
		reply->ede = 0;
		reply_measure(pkt, query, reply);
	}
	if (reply->dns_len <= limit)
		return fits_frame(pkt, reply) ? RB_NEXT : RB_ABOVE_MTU;
	if (record->arcount)
		return RB_TOO_LONG;
	reply->ede = ede;
	return reply_bare(ctx, pkt, query, reply->flags | RB_HTONS(RB_FLAG_TC), reply);
}

/* Everything but the records: both kinds of reply have it. */
static __always_inline enum rb_result reply_finish(struct xdp_md *ctx, const struct packet *pkt,
						   const struct query *query, struct reply *reply)
{
	enum rb_result result = opt_write(ctx, pkt, query, reply);

	if (result == RB_NEXT)
		result = header_write(ctx, pkt, query, reply);
	if (result == RB_NEXT)
		result = frame_turn(ctx, pkt, reply->dns_len, reply->sum);
	return result;
}

/* Whether the record has been written since it was found: what was read of it is void then. */
static __always_inline bool hit_is_torn(const struct hit *hit)
{
	load_fence();
	return *(volatile const __u32 *)&hit->record->seq != hit->seq;
}

static __always_inline enum rb_result reply_build(struct xdp_md *ctx, const struct packet *pkt,
						  const struct query *query, const struct hit *hit)
{
	struct rb_record *record = hit->record;
	struct reply reply = {};
	enum rb_result result;

	result = reply_plan(ctx, pkt, query, hit, &reply);
	if (result == RB_NEXT)
		result = frame_resize(ctx, pkt, reply.body, reply.dns_len);
	if (result == RB_NEXT)
		result = body_write(ctx, hit, query, pkt->dns, &reply);
	if (result == RB_NO_ROOM || result == RB_ABOVE_MTU || result == RB_TOO_LONG)
		return result;
	/* Everything has been read. Unchanged, it was one record; the frame is spoilt otherwise, or
	 * what was read broke bounds that no record breaks. */
	if (hit_is_torn(hit))
		return RB_TORN;
	if (result != RB_NEXT)
		return result;
	record_mark(record, RB_MARK_VISITED);
	result = reply_finish(ctx, pkt, query, &reply);
	return result == RB_NEXT ? reply_result(&reply) : result;
}

#endif
