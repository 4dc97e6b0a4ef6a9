/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the DNS message to a plain query: header, question, EDNS (the parser is kern/wire.h). */
#ifndef RB_QUERY_BPF_H
#define RB_QUERY_BPF_H

#include "packet.bpf.h"
#include "wire.h"

/* A plain query. Its id and flags stand in the message until the reply's are written there. */
struct query {
	const __u8 *window; /* in the frame, until that is resized: see window_of() */
	__u64 hash;         /* of the question, see rb_hash_finish() */
	__u32 key;  /* rb_record_key() of the record that answers it, if that is for everybody */
	__u32 edns; /* udp_size of struct rb_edns, and QUERY_* */
};

/* These bits are in the order of RB_TRAIT_*; that of IPv6 is clear. */
#define QUERY_TRAITS_SHIFT 16
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

/* Like packet_pack(). The hash is left out: the record has been found already. */
static __always_inline __u64 query_pack(const struct query *query)
{
	return (__u64)query->key << 32 | query->edns;
}

static __always_inline void query_unpack(__u64 packed, struct query *query)
{
	query->window = NULL;
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

/* The secret of the table's hash. clang must not take the zeros of the object file for it. */
static __always_inline const struct rb_hash_key *secret_get(void)
{
	const struct rb_hash_key *secret = (const void *)&rb_knobs.key;

	asm volatile("" : "+r"(secret));
	return secret;
}

/*
 * Names of less than this many bytes are hashed and compared without a loop, from the window of as many
 * bytes that ends with the name: the headers before it are longer, so that one comparison is enough
 * for all of its words, and for the type and class behind it.
 */
#define NAME_SHORT 48

static __always_inline const __u8 *window_of(const struct packet *pkt, __u32 qname_len)
{
	return pkt->data + masked(name_offset(pkt) + qname_len - NAME_SHORT, FRAME_MASK);
}

static __always_inline bool window_is_in_frame(const __u8 *window, const struct packet *pkt)
{
	return (void *)(window + NAME_SHORT + RB_QUESTION_TAIL) <= pkt->data_end;
}

/* Of the words of a name that ends with this window the one that is so many before the last. */
static __always_inline __u64 window_word(const __u8 *window, __u32 before)
{
	return RB_LOAD64(window + NAME_SHORT - 8 - before * 8);
}

/*
 * The hash of any name, word by word from its end. It is a separate function because of its loop, and
 * because most names are short and in lower case.
 */
__noinline __u64 rb_hash_name(struct xdp_md *ctx, __u32 offset, __u32 name_len)
{
	const struct rb_hash_key *secret = secret_get();
	__u32 at = offset + name_len - 8; /* before a name there are headers */
	__u64 sum = 0, word;

	if (offset > DNS_OFFSET_MASK + sizeof(struct rb_dns_header) || name_len > RB_NAME_MAX)
		return 0;
	for (__u32 i = 0; i < RB_NAME_WORDS; i++, at -= 8) {
		const __u8 *from = frame_start(ctx) + masked(at, FRAME_MASK);

		if ((void *)(from + 8) > frame_end(ctx))
			return 0;
		word = rb_word_lower(RB_LOAD64(from));
		if (name_len < i * 8 + 8)
			return sum + rb_hash_step(word & rb_name_keep(name_len), secret->nh[i]);
		sum += rb_hash_step(word, secret->nh[i]);
	}
	return sum;
}

/* The same for a short name in lower case; false: it is none. */
static __always_inline bool short_name_hash(const __u8 *window, __u32 name_len, __u64 *ret_sum)
{
	const struct rb_hash_key *secret = secret_get();
	__u64 sum = 0, uppers = 0, word; /* uppers: see rb_word_upper() */

#pragma unroll
	for (__u32 i = 0; i < NAME_SHORT / 8; i++) {
		word = window_word(window, i);
		if (name_len < i * 8 + 8) {
			word &= rb_name_keep(name_len);
			*ret_sum = sum + rb_hash_step(word, secret->nh[i]);
			return !((uppers | (word & ~(word << 1))) & 0x40 * RB_ONES);
		}
		uppers |= word & ~(word << 1);
		sum += rb_hash_step(word, secret->nh[i]);
	}
	return false;
}

/* Read the question at this offset of the frame, for its hash and its key. */
static __always_inline bool question_read(struct xdp_md *ctx, const struct packet *pkt,
					  __u32 qname_len, struct query *query)
{
	const __u8 *window = window_of(pkt, qname_len);
	const __be16 *tail = (const __be16 *)(window + NAME_SHORT);
	__u64 hash_sum;

	if (!window_is_in_frame(window, pkt) || window[NAME_SHORT - 1] ||
	    tail[1] != RB_HTONS(RB_CLASS_IN) || !rb_qtype_is_plain(tail[0]))
		return false;
	query->window = window;
	query->key = rb_record_key(tail[0], 0, qname_len);
	if (!short_name_hash(window, qname_len, &hash_sum))
		hash_sum = rb_hash_name(ctx, name_offset(pkt), qname_len);
	query->hash = rb_hash_finish(hash_sum, query_type(query));
	/* Names of all numbers of words are one path for the verifier from here on. */
	query->key = (__u32)forgotten(query->key, query->hash);
	return true;
}

/*
 * Parse an OPT with options, in a separate function because they take loops. dns: the message's
 * offset. Returns the qname's length in the upper half and edns_pack() in the lower one; 0 if the
 * message is not for the plain parser.
 */
__noinline __u64 rb_scan_edns(struct xdp_md *ctx, __u32 dns, __u32 dns_len)
{
	const __u8 *data_end = frame_end(ctx), *opt;
	struct rb_edns edns = {};
	__u32 qname_len, used;
	int scanned;

	if (dns > DNS_OFFSET_MASK)
		return 0;
	scanned = rb_name_scan(frame_start(ctx) + dns + sizeof(struct rb_dns_header), data_end);
	if (scanned < 0)
		return 0;
	/* The verifier sees one end of the loop for each number of words in a name. */
	qname_len = (__u32)forgotten((__u32)scanned, dns_len);
	used = sizeof(struct rb_dns_header) + qname_len + RB_QUESTION_TAIL;
	opt = frame_start(ctx) + masked(dns + used, FRAME_MASK);
	if (used > dns_len || rb_edns_parse(opt, data_end, dns_len - used, &edns))
		return 0;
	return (__u64)qname_len << 32 | edns_pack(&edns);
}

/*
 * Read the EDNS of a query that has an additional record, and with it where its qname ends. Most have
 * an OPT without options, which ends the message. If instead these are the last bytes of an option,
 * the name is too long to be found. Bytes 5 and 6 of an OPT are the extended rcode and the version.
 */
static __always_inline bool opt_read(struct xdp_md *ctx, const struct packet *pkt, __u32 *qname_len,
				     struct query *query)
{
	const __u8 *opt = pkt->data + masked(pkt->dns + pkt->dns_len - RB_OPT_BYTES, FRAME_MASK);
	struct rb_edns edns = {.present = 1};
	__u64 head, scanned;

	if ((void *)(opt + RB_OPT_BYTES) > pkt->data_end)
		return false;
	head = RB_LOAD64(opt);
	if ((head & 0x00ffff0000ffffffULL) == (__u64)RB_TYPE_OPT << 16 && !opt[9] && !opt[10]) {
		edns.udp_size = RB_HTONS((__u16)(head >> 24));
		edns.dnssec_ok = head >> 63;
		query->edns = edns_pack(&edns);
		*qname_len -= RB_OPT_BYTES;
		return true;
	}
	scanned = rb_scan_edns(ctx, pkt->dns, pkt->dns_len);
	if (!scanned)
		return false;
	query->edns = (__u32)scanned;
	*qname_len = scanned >> 32;
	return true;
}

static __always_inline enum rb_result query_parse(struct xdp_md *ctx, const struct packet *pkt,
						  struct query *query)
{
	const struct rb_dns_header *header = pkt->data + pkt->dns;
	/* All that the message has besides, if it has no OPT; a wrong length is in no record. */
	__u32 qname_len = pkt->dns_len - sizeof(*header) - RB_QUESTION_TAIL;
	__u64 counts;
	__u32 ad;

	if (pkt->dns_len < sizeof(*header) ||
	    (pkt->framing == FRAMING_OTHER && (void *)(header + 1) > pkt->data_end))
		return ended(RB_HEADER);
	if (!rb_header_is_plain(header))
		return ended(RB_HEADER);
	counts = RB_LOAD64(&header->qdcount);
	ad = header->flags & RB_HTONS(RB_FLAG_AD) ? QUERY_AD : 0;
	query->edns = 0;
	if (header->arcount && !opt_read(ctx, pkt, &qname_len, query))
		return ended(RB_ADDITIONAL);
	/* The verifier follows the code after this once, however the OPT was read. */
	query->edns = (__u32)forgotten(query->edns | ad, counts);
	RB_PIN_REGISTER(qname_len);
	if (qname_len - 1 >= RB_NAME_MAX || !question_read(ctx, pkt, qname_len, query))
		return ended(RB_QUESTION);
	return RB_NEXT;
}

#endif
