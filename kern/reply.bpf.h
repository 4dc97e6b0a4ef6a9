/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From the record to the reply, in the frame that brought the query. The id and the question stay
 * where they are, with the query's letter case; everything else is written.
 */
#ifndef RB_REPLY_BPF_H
#define RB_REPLY_BPF_H

#include "body.bpf.h"
#include "reply.h"

#define OPTION_EDE_BYTES 6

/* The header's counts as one word in memory order: QDCOUNT 1, and one record of each section. */
#define COUNTS_NONE 0x0100ULL
#define COUNTS_AR   (1ULL << 56)

static __always_inline __u32 opt_bytes(const struct query *query, __u8 ede)
{
	if (!query_edns(query).present)
		return 0;
	return RB_OPT_BYTES + (ede ? OPTION_EDE_BYTES : 0);
}

static __always_inline void reply_measure(const struct packet *pkt, const struct query *query,
					  struct reply *reply)
{
	__u32 question_end = sizeof(struct rb_dns_header) + question_bytes(query);

	reply->body = pkt->dns + question_end;
	reply->dns_len = question_end + reply->body_len + opt_bytes(query, reply->ede);
}

/* Our OPT, if the query had one: RFC 6891 6.1.2, with the query's DO bit (RFC 3225 3). */
static __always_inline enum rb_result opt_write(const struct packet *pkt, const struct query *query,
						struct reply *reply)
{
	void *data_end = reply->frame.data_end;
	__u32 offset = reply->body + reply->body_len;
	__u8 *opt = reply->frame.data + offset;
	__u32 dnssec_ok = query_edns(query).dnssec_ok ? 0x80 : 0;
	__u8 ede = reply->ede;
	__u64 sum;

	if (!query_edns(query).present)
		return RB_NEXT;
	if ((void *)(opt + RB_OPT_BYTES) > data_end)
		return ended(RB_INTERNAL);
	*(__u64 *)opt = (__u64)RB_TYPE_OPT << 16 | (__u64)(rb_knobs.edns_size >> 8) << 24 |
			(__u64)(rb_knobs.edns_size & 0xff) << 32 | (__u64)dnssec_ok << 56;
	*(__u32 *)(opt + 7) = dnssec_ok;
	sum = (RB_TYPE_OPT | (rb_knobs.edns_size >> 8) << 8) + (rb_knobs.edns_size & 0xff) +
	      (dnssec_ok << 8);
	if (ede) {
		if ((void *)(opt + RB_OPT_BYTES + OPTION_EDE_BYTES) > data_end)
			return ended(RB_INTERNAL);
		opt[10] = OPTION_EDE_BYTES;
		opt[11] = 0;
		opt[12] = RB_OPTION_EDE;
		opt[13] = 0;
		opt[14] = 2;
		opt[15] = 0;
		opt[16] = ede - 1;
		sum += OPTION_EDE_BYTES + RB_OPTION_EDE + 2 + (ede - 1);
	}
	reply->sum += RB_HTONS(1) + rb_sum_shift(sum, offset - pkt->dns);
	return RB_NEXT;
}

/* Flags and counts of the reply (except the count of our OPT), behind the id. */
static __always_inline enum rb_result header_write(const struct packet *pkt,
						   const struct query *query, __be16 flags,
						   __u64 counts, struct reply *reply)
{
	struct rb_dns_header *header = reply->frame.data + pkt->dns;
	__u64 *fixed = (void *)header + __builtin_offsetof(struct rb_dns_header, qdcount);

	if (pkt->framing == FRAMING_OTHER && (void *)(header + 1) > reply->frame.data_end)
		return ended(RB_INTERNAL);
	if (query_edns(query).present)
		counts += COUNTS_AR;
	header->flags = flags;
	*fixed = counts;
	return RB_NEXT;
}

/*
 * A reply without records: the question, and flags that say why. A stage returns this instead of a
 * result, and rb_main() makes the reply, since deeper functions have no stack left for it.
 */
#define BARE_REPLY(flags, ede) (1 << 24 | (ede) << 16 | (flags))

static __always_inline bool is_bare_reply(int result)
{
	return result >= BARE_REPLY(0, 0);
}

__noinline int rb_reply_bare(struct xdp_md *ctx, __u64 packet, __u64 question, int wanted)
{
	struct reply reply = {.ede = (__u8)(wanted >> 16)};
	__be16 flags = (__be16)wanted;
	enum rb_result result;
	struct packet pkt;
	struct query query;
	int question_sum;

	packet_unpack(packet, &pkt);
	query_unpack(question, &query);
	question_sum = rb_sum_frame(ctx, name_offset(&pkt), question_bytes(&query));
	if (question_sum < 0)
		return ended(RB_INTERNAL);
	reply.sum = (__u64)flags + RB_HTONS(1) + (__u32)question_sum;
	reply_measure(&pkt, &query, &reply);
	result = frame_turn(ctx, &pkt, question_bytes(&query), reply.dns_len, &reply.frame,
			    &reply.sum);
	if (result == RB_NEXT)
		result = opt_write(&pkt, &query, &reply);
	if (result == RB_NEXT)
		result = header_write(&pkt, &query, flags, COUNTS_NONE, &reply);
	if (result == RB_NEXT)
		result = checksum_write(&pkt, &reply.frame, reply.sum);
	if (result != RB_NEXT)
		return result;
	return flags & RB_HTONS(RB_FLAG_TC) ? RB_TRUNCATED : RB_REFUSED;
}

/* Whether the reply fits into one frame on this interface. */
static __always_inline bool fits_frame(const struct packet *pkt, const struct reply *reply)
{
	return rb_knobs.all_fit ||
	       reply->dns_len <= (pkt->is_ipv6 ? rb_knobs.room6 : rb_knobs.room4);
}

/* How large and how old the record's answer is. */
static __always_inline void reply_plan(const struct packet *pkt, const struct query *query,
				       const struct hit *hit, struct reply *reply)
{
	const struct rb_record *record = hit->record;

	reply->body_len = hit->body_len;
	reply->ede = record->ede;
	if (reply->ede) {
		if (rb_ede_is_blocked(reply->ede))
			count(RB_EVENT_BLOCKED);
		reply->ede = rb_ede_allowed(reply->ede, rb_knobs.ede_said);
	}
	reply->age_s = 0;
	reply->sum = hit->sum;
	if (rb_knobs.stale_ns && !hit->left_ns) {
		reply->ede = rb_ede_allowed(rb_ede_of_stale(record->flags), rb_knobs.ede_said);
		reply->age_s = AGE_STALE;
	} else if (!rb_knobs.original_ttl && !(hit->traits & RB_FIXED_TTL)) {
		reply->age_s = rb_age_s(hit->left_ns, record->ttl_s);
		reply->sum += rb_sum_aged(record->ttl_weight, reply->age_s);
	}
	/*
	 * Here and below, names of all lengths, fresh and stale answers, and those with an extended
	 * error become one path for the verifier, above all for that of 6.1.
	 */
	if (rb_knobs.stale_ns) {
		reply->ede = (__u8)forgotten(reply->ede, query->key);
		reply->age_s = (__u32)forgotten(reply->age_s, query->key);
	}
	reply_measure(pkt, query, reply);
	reply->dns_len = (__u32)forgotten(reply->dns_len, reply->sum);
}

/*
 * An extended error gets only the room that records leave. Leave it out if the reply is within the
 * client's limit without it.
 */
static __always_inline bool fits_without_ede(const struct query *query, __u32 limit,
					     struct reply *reply)
{
	__u32 option = opt_bytes(query, reply->ede) - opt_bytes(query, 0);

	if (reply->dns_len - option > limit)
		return false;
	reply->ede = 0;
	reply->dns_len -= option;
	return true;
}

static __always_inline __be16 answer_flags(const struct query *query, const struct hit *hit)
{
	struct rb_edns edns = query_edns(query);
	__be16 sent = query->edns & QUERY_AD ? RB_HTONS(RB_FLAG_AD) : 0;

	return rb_reply_flags(hit->record->flags, sent, (__u8)hit->traits, &edns);
}

/* Whether the record has been written since it was found; then what was read of it is invalid. */
static __always_inline bool hit_is_torn(const struct hit *hit)
{
	load_fence();
	return *(volatile const __u32 *)&hit->record->seq != hit->seq;
}

/* Count the rcode of a result that does not imply it. */
static __always_inline void rcode_count(struct rb_cpu *cpu, const struct rb_record *record)
{
	cpu->rcodes[masked(RB_HTONS(record->flags), RB_FLAG_RCODE)] += 1;
}

/*
 * The answer is larger than the client accepts. Userspace finds out whether it fits without glue.
 */
static __always_inline int reply_truncate(struct xdp_md *ctx, const struct packet *pkt,
					  const struct query *query, const struct hit *hit,
					  const struct reply *reply)
{
	__be16 flags = answer_flags(query, hit) | RB_HTONS(RB_FLAG_TC);

	if (hit->record->arcount)
		return ended(RB_TOO_LONG);
	if (hit_is_torn(hit))
		return ended(RB_BUSY);
	record_mark(hit->record, RB_MARK_VISITED);
	rcode_count(pkt->cpu, hit->record);
	return BARE_REPLY(flags, reply->ede);
}

/*
 * Truncate a reply because of a stub, which has only the size of the answer. A miss, if the client
 * accepts an answer of that size.
 */
static __always_inline int reply_from_stub(struct xdp_md *ctx, const struct packet *pkt,
					   const struct query *query, const struct hit *hit,
					   __u32 limit)
{
	const struct rb_record *record = hit->record;
	struct reply reply = {.body_len = record->message_sum,
			      .ede = rb_ede_allowed(record->ede, rb_knobs.ede_said)};

	reply_measure(pkt, query, &reply);
	if (reply.dns_len <= limit || fits_without_ede(query, limit, &reply))
		return ended(RB_MISS);
	return reply_truncate(ctx, pkt, query, hit, &reply);
}

/* Write everything that is read from the record; invalid if the record has changed meanwhile. */
static __always_inline enum rb_result reply_write(struct xdp_md *ctx, const struct packet *pkt,
						  const struct query *query, const struct hit *hit,
						  struct reply *reply)
{
	const struct rb_record *record = hit->record;
	__u64 counts = COUNTS_NONE | (RB_LOAD64(&record->flags) & RB_COUNTS);
	__be16 flags = answer_flags(query, hit);
	enum rb_result result;

	reply->sum += flags ^ record->flags;
	result = header_write(pkt, query, flags, counts, reply);
	if (result == RB_NEXT)
		result = opt_write(pkt, query, reply);
	if (result == RB_NEXT)
		result = body_write(ctx, pkt, query, hit, reply);
	return result;
}

/* The counter of a reply from the table. */
static __always_inline enum rb_result reply_result(const struct rb_record *record,
						   const struct reply *reply)
{
	if (is_stale(reply))
		return RB_STALE;
	switch (record->flags & RB_HTONS(RB_FLAG_RCODE)) {
	case RB_HTONS(RB_RCODE_NOERROR):
		return record->ancount ? RB_ANSWERED : RB_NODATA;
	case RB_HTONS(RB_RCODE_NXDOMAIN):
		return RB_NXDOMAIN;
	default:
		return RB_ERROR;
	}
}

/* The result of the packet, or BARE_REPLY(). */
static __always_inline int reply_build(struct xdp_md *ctx, const struct packet *pkt,
				       const struct query *query, const struct hit *hit)
{
	struct rb_edns edns = query_edns(query);
	__u32 limit = RB_RESPONSE_MIN;
	enum rb_result result, end;
	struct reply reply;

	if (edns.present)
		limit = rb_reply_limit(&edns, rb_knobs.max_udp_size);
	if (hit->traits & RB_STUB)
		return reply_from_stub(ctx, pkt, query, hit, limit);
	reply_plan(pkt, query, hit, &reply);
	if (reply.dns_len > limit && !fits_without_ede(query, limit, &reply))
		return reply_truncate(ctx, pkt, query, hit, &reply);
	if (!fits_frame(pkt, &reply))
		return ended(RB_ABOVE_MTU);
	result = frame_turn(ctx, pkt, question_bytes(query), reply.dns_len, &reply.frame,
			    &reply.sum);
	if (result != RB_NEXT)
		return result;
	result = reply_write(ctx, pkt, query, hit, &reply);
	/* What was read of a torn record may exceed bounds that no record exceeds. */
	if (result != RB_NEXT)
		return hit_is_torn(hit) ? RB_TORN : result;
	end = reply_result(hit->record, &reply);
	/* Everything has been read. If the record is unchanged, it was one record. */
	if (hit_is_torn(hit))
		return ended(RB_TORN);
	record_mark(hit->record, RB_MARK_VISITED);
	result = checksum_write(pkt, &reply.frame, reply.sum);
	if (result == RB_NEXT && (end == RB_STALE || end == RB_ERROR))
		rcode_count(pkt->cpu, hit->record);
	return result == RB_NEXT ? end : result;
}

#endif
