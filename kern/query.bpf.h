/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the DNS message to a plain query: header, question, EDNS (the parser is kern/wire.h). */
#ifndef RB_QUERY_BPF_H
#define RB_QUERY_BPF_H

#include "packet.bpf.h"
#include "wire.h"

/* A plain query. Everything that is needed of it once the frame has been resized. */
struct query {
	__u64 hash_sum; /* of the qname, see struct rb_question */
	__u32 key;      /* rb_record_key() of the record that answers it */
	struct rb_edns edns;
	__be16 flags; /* of the header, as sent */
	__be16 id;
	__be16 qtype;
	__u8 qname_len;
	__u8 serves; /* the variant that it asks for: RB_SERVES_DO0 or _DO1 */
};

/* Where the qname starts in the frame. */
static __always_inline __u32 name_offset(const struct packet *pkt)
{
	return pkt->dns + sizeof(struct rb_dns_header);
}

static __always_inline __u32 question_bytes(const struct query *query)
{
	return query->qname_len + RB_QUESTION_TAIL;
}

/*
 * A function of its own (not inlined, verified by itself): what comes back are plain numbers, so
 * that the verifier does not follow the rest of the program once per possible length of a name.
 */
__noinline int rb_scan_name(struct xdp_md *ctx, __u32 offset, struct rb_question *question)
{
	const __u8 *data_end = frame_end(ctx);
	const struct rb_hash_key *key = (const void *)&rb_key;

	/* clang must not take the zeros of the object file for the key. */
	asm volatile("" : "+r"(key));
	if (!question || offset > 256)
		return -1;
	return rb_name_scan((const __u8 *)frame_start(ctx) + offset, data_end, key, question);
}

/* The same for the additional section: its options are a loop too. */
__noinline int rb_scan_edns(struct xdp_md *ctx, __u32 offset, __u32 len, struct rb_edns *edns)
{
	const __u8 *data_end = frame_end(ctx);

	if (!edns || offset > 1024)
		return -1;
	return rb_edns_parse((const __u8 *)frame_start(ctx) + offset, data_end, len, edns);
}

/* An OPT without options, as most are: without a call. Byte 5 to 6: extended rcode and version. */
static __always_inline enum rb_result opt_parse(struct xdp_md *ctx, __u32 offset,
						struct rb_edns *edns)
{
	const __u8 *opt = frame_start(ctx) + masked(offset, FRAME_MASK);
	__u64 head;

	if ((void *)(opt + RB_OPT_BYTES) > frame_end(ctx))
		return RB_ADDITIONAL;
	head = RB_LOAD64(opt);
	if ((head & 0x00ffff0000ffffffULL) != (__u64)RB_TYPE_OPT << 16 || opt[9] || opt[10])
		return RB_ADDITIONAL;
	edns->present = 1;
	edns->udp_size = RB_HTONS((__u16)(head >> 24));
	edns->dnssec_ok = head >> 63;
	return RB_NEXT;
}

static __always_inline enum rb_result edns_parse(struct xdp_md *ctx, const struct packet *pkt,
						 __be16 arcount, struct query *query)
{
	__u32 used = sizeof(struct rb_dns_header) + question_bytes(query);
	struct rb_edns scanned = {};

	query->edns = scanned;
	if (!arcount)
		return pkt->dns_len == used ? RB_NEXT : RB_ADDITIONAL;
	if (pkt->dns_len - used == RB_OPT_BYTES)
		return opt_parse(ctx, pkt->dns + used, &query->edns);
	if (rb_scan_edns(ctx, pkt->dns + used, pkt->dns_len - used, &scanned))
		return RB_ADDITIONAL;
	query->edns = scanned;
	return RB_NEXT;
}

static __always_inline enum rb_result query_parse(struct xdp_md *ctx, const struct packet *pkt,
						  struct query *query)
{
	void *data = frame_start(ctx);
	void *data_end = frame_end(ctx);
	const struct rb_dns_header *header = data + pkt->dns;
	struct rb_question scanned;
	enum rb_result result;
	const __be16 *tail;
	__u32 qname_len;
	__be16 arcount;

	if (pkt->dns_len < sizeof(*header) || (void *)(header + 1) > data_end)
		return RB_HEADER;
	if (!rb_header_is_plain(header))
		return RB_HEADER;
	query->id = header->id;
	query->flags = header->flags;
	arcount = header->arcount;
	/* Scanned aside and copied: what a function has had the address of stays in memory. */
	if (rb_scan_name(ctx, name_offset(pkt), &scanned))
		return RB_QUESTION;
	qname_len = masked(scanned.qname_len, RB_NAME_MAX);
	query->hash_sum = scanned.hash_sum;
	query->qname_len = qname_len;
	if (sizeof(*header) + qname_len + RB_QUESTION_TAIL > pkt->dns_len)
		return RB_QUESTION;
	tail = data + name_offset(pkt) + qname_len;
	if ((void *)(tail + 2) > data_end)
		return RB_QUESTION;
	query->qtype = tail[0];
	query->key = rb_record_key(query->qtype, 0, qname_len);
	if (tail[1] != RB_HTONS(RB_CLASS_IN) || !rb_qtype_is_plain(query->qtype))
		return RB_QUESTION;
	result = edns_parse(ctx, pkt, arcount, query);
	query->serves = query->edns.dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
	return result;
}

#endif
