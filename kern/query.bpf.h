/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the DNS message to a plain query: header, question, EDNS (the parser is kern/wire.h). */
#ifndef RB_QUERY_BPF_H
#define RB_QUERY_BPF_H

#include "packet.bpf.h"
#include "wire.h"

/* A plain query. Everything that is needed of it once the frame has been resized. */
struct query {
	__u64 hash; /* of the question, see rb_hash_finish() */
	__u32 key;  /* rb_record_key() of the record that answers it */
	struct rb_edns edns;
	__be16 flags; /* of the header, as sent */
	__be16 id;
	__u8 serves; /* the variant that it asks for: RB_SERVES_DO0 or _DO1 */
};

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

/*
 * The question at this offset of the frame: returns its hash, and fills ret_key (rb_record_key());
 * 0 stays there where it is none that the table answers.
 *
 * A function of its own (not inlined, verified by itself): what comes back are plain numbers, so
 * that the verifier does not follow the rest of the program once per possible length of a name. The
 * hash comes back in a register, as the place of the record is what everything else waits for.
 */
__noinline __u64 rb_scan_question(struct xdp_md *ctx, __u32 offset, __u32 *ret_key)
{
	const __u8 *data_end = frame_end(ctx);
	const __u8 *name = frame_start(ctx);
	const struct rb_hash_key *secret = (const void *)&rb_key;
	struct rb_question question;
	const __be16 *tail;

	/* clang must not take the zeros of the object file for the key. */
	asm volatile("" : "+r"(secret));
	if (!ret_key || offset > 256)
		return 0;
	name += offset;
	if (rb_name_scan(name, data_end, secret, &question))
		return 0;
	tail = (const void *)(name + masked(question.qname_len, RB_NAME_MAX));
	if ((void *)(tail + 2) > (void *)data_end || tail[1] != RB_HTONS(RB_CLASS_IN) ||
	    !rb_qtype_is_plain(tail[0]))
		return 0;
	*ret_key = rb_record_key(tail[0], 0, question.qname_len);
	return rb_hash_finish(question.hash_sum, tail[0], 0);
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

static __always_inline enum rb_result query_parse(struct xdp_md *ctx, const struct packet *packet,
						  struct query *query)
{
	const struct rb_dns_header *header;
	struct packet pkt = *packet;
	enum rb_result result;
	__be16 arcount;
	__u32 key = 0;

	packet_bounds(&pkt);
	header = frame_start(ctx) + pkt.dns;
	if (pkt.dns_len < sizeof(*header) || (void *)(header + 1) > frame_end(ctx))
		return RB_HEADER;
	if (!rb_header_is_plain(header))
		return RB_HEADER;
	query->id = header->id;
	query->flags = header->flags;
	arcount = header->arcount;
	query->hash = rb_scan_question(ctx, name_offset(&pkt), &key);
	query->key = key;
	if (!key || sizeof(*header) + question_bytes(query) > pkt.dns_len)
		return RB_QUESTION;
	result = edns_parse(ctx, &pkt, arcount, query);
	query->serves = query->edns.dnssec_ok ? RB_SERVES_DO1 : RB_SERVES_DO0;
	return result;
}

#endif
