/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the DNS message to a plain query: header, question, EDNS (the parser is kern/wire.h). */
#ifndef RB_QUERY_BPF_H
#define RB_QUERY_BPF_H

#include "packet.bpf.h"
#include "wire.h"

/* A plain query. Its id and flags stand in the message until the reply's are written there. */
struct query {
	__u64 hash; /* of the question, see rb_hash_finish() */
	__u32 key;  /* rb_record_key() of the record that answers it, if that is for everybody */
	__u32 edns; /* udp_size of struct rb_edns, QUERY_*, and the client's class (upper byte) */
};

/* These bits are in the order of RB_TRAIT_*. */
#define QUERY_TRAITS_SHIFT 15
#define QUERY_EDNS         (RB_TRAIT_EDNS << QUERY_TRAITS_SHIFT) /* present */
#define QUERY_DO           (RB_TRAIT_EDNS_DO << QUERY_TRAITS_SHIFT)
#define QUERY_AD           (RB_TRAIT_AD << QUERY_TRAITS_SHIFT) /* AD, in a query: RFC 6840 5.7 */

static __always_inline __u32 edns_pack(const struct rb_edns *edns)
{
	return edns->udp_size | (edns->present ? QUERY_EDNS : 0) | (edns->dnssec_ok ? QUERY_DO : 0);
}

static __always_inline struct rb_edns query_edns(const struct query *query)
{
	return (struct rb_edns){.udp_size = (__u16)query->edns,
				.present = (query->edns & QUERY_EDNS) != 0,
				.dnssec_ok = (query->edns & QUERY_DO) != 0};
}

/* The variant that the query asks for: RB_SERVES_DO0 or _DO1. */
static __always_inline __u8 query_serves(const struct query *query)
{
	return query_edns(query).dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
}

static __always_inline __u32 query_class(const struct query *query)
{
	return query->edns >> 24 & (RB_CLASSES_MAX - 1);
}

/* Like packet_pack(). The hash is left out: the record has been found already. */
static __always_inline __u64 query_pack(const struct query *query)
{
	return (__u64)query->key << 32 | query->edns;
}

static __always_inline void query_unpack(__u64 packed, struct query *query)
{
	query->hash = 0;
	query->key = (__u32)(packed >> 32);
	query->edns = (__u32)packed;
}

static __always_inline __be16 query_type(const struct query *query)
{
	return (__be16)query->key;
}

static __always_inline __u32 qname_bytes(const struct query *query)
{
	return query->key >> 24;
}

static __always_inline __u32 question_bytes(const struct query *query)
{
	return qname_bytes(query) + RB_QUESTION_TAIL;
}

/* Where the qname starts in the frame. */
static __always_inline __u32 name_offset(const struct packet *pkt)
{
	return pkt->dns + sizeof(struct rb_dns_header);
}

/* Scan the question at this offset of the frame, for its hash and its key. */
static __always_inline bool question_scan(struct xdp_md *ctx, __u32 offset, struct query *query)
{
	const struct rb_hash_key *secret = (const void *)&rb_knobs.key;
	struct rb_question question;
	const __be16 *tail;
	__u32 qname_len;

	/* clang must not take the zeros of the object file for the key. */
	asm volatile("" : "+r"(secret));
	if (rb_name_scan(frame_start(ctx) + offset, frame_end(ctx), secret, &question))
		return false;
	/*
	 * The verifier sees one end of the loop for each number of words in a name. They differ
	 * only in the length.
	 */
	qname_len = forgotten(question.qname_len, question.hash_sum);
	tail = frame_start(ctx) + masked(offset + qname_len, FRAME_MASK);
	if ((void *)(tail + 2) > frame_end(ctx) || tail[1] != RB_HTONS(RB_CLASS_IN) ||
	    !rb_qtype_is_plain(tail[0]))
		return false;
	query->key = rb_record_key(tail[0], 0, qname_len);
	query->hash = rb_hash_finish(question.hash_sum, tail[0]);
	return true;
}

/*
 * Parse an OPT with options, in a separate function because they take a loop. Returns edns_pack(),
 * or -1 if the OPT is not for the plain parser.
 */
__noinline int rb_scan_edns(struct xdp_md *ctx, __u32 offset, __u32 len)
{
	const __u8 *data_end = frame_end(ctx);
	struct rb_edns edns = {};

	if (offset > 1024 ||
	    rb_edns_parse((const __u8 *)frame_start(ctx) + offset, data_end, len, &edns))
		return -1;
	return (int)edns_pack(&edns);
}

/*
 * Parse an OPT without options, as most are, without a call. Bytes 5 and 6 are the extended rcode
 * and the version.
 */
static __always_inline enum rb_result opt_parse(struct xdp_md *ctx, __u32 offset,
						struct query *query)
{
	const __u8 *opt = frame_start(ctx) + masked(offset, FRAME_MASK);
	struct rb_edns edns = {.present = 1};
	__u64 head;

	if ((void *)(opt + RB_OPT_BYTES) > frame_end(ctx))
		return ended(RB_ADDITIONAL);
	head = RB_LOAD64(opt);
	if ((head & 0x00ffff0000ffffffULL) != (__u64)RB_TYPE_OPT << 16 || opt[9] || opt[10])
		return ended(RB_ADDITIONAL);
	edns.udp_size = RB_HTONS((__u16)(head >> 24));
	edns.dnssec_ok = head >> 63;
	query->edns = edns_pack(&edns);
	return RB_NEXT;
}

static __always_inline enum rb_result edns_parse(struct xdp_md *ctx, const struct packet *pkt,
						 __be16 arcount, struct query *query)
{
	__u32 used = sizeof(struct rb_dns_header) + question_bytes(query);
	int scanned;

	query->edns = 0;
	if (!arcount)
		return pkt->dns_len == used ? RB_NEXT : RB_ADDITIONAL;
	if (pkt->dns_len - used == RB_OPT_BYTES)
		return opt_parse(ctx, pkt->dns + used, query);
	scanned = rb_scan_edns(ctx, pkt->dns + used, pkt->dns_len - used);
	if (scanned < 0)
		return ended(RB_ADDITIONAL);
	query->edns = (__u32)scanned;
	return RB_NEXT;
}

static __always_inline enum rb_result query_parse(struct xdp_md *ctx, const struct packet *pkt,
						  struct query *query)
{
	const struct rb_dns_header *header = frame_start(ctx) + pkt->dns;
	enum rb_result result;
	__be16 arcount;
	__u32 ad;

	if (pkt->dns_len < sizeof(*header) || (void *)(header + 1) > frame_end(ctx))
		return ended(RB_HEADER);
	if (!rb_header_is_plain(header))
		return ended(RB_HEADER);
	arcount = header->arcount;
	ad = header->flags & RB_HTONS(RB_FLAG_AD) ? QUERY_AD : 0;
	if (!question_scan(ctx, name_offset(pkt), query) ||
	    sizeof(*header) + question_bytes(query) > pkt->dns_len)
		return ended(RB_QUESTION);
	result = edns_parse(ctx, pkt, arcount, query);
	/* The verifier follows the code after this once, however the OPT was read. */
	query->edns = (__u32)forgotten(query->edns | ad, query->hash);
	if (rb_knobs.numbering)
		query->edns |= pkt->client_class << 24;
	return result;
}

#endif
