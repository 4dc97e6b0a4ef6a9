/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DNS messages on the wire, and the one parser of queries, compiled for the XDP program and for
 * userspace. It decides whether a query is plain: the table can answer it by its question and EDNS
 * alone. Other queries are not errors; userspace parses them completely.
 */
#ifndef RB_WIRE_H
#define RB_WIRE_H

#include "abi.h"
#include "hash.h"

#ifdef __bpf__
#define RB_HTONS(x) __builtin_bswap16(x)
#else
#define RB_HTONS(x) ((__be16)__builtin_bswap16((__u16)(x)))
#endif

/* Unaligned loads; the alignment that clang may assume for BPF is what makes it one instruction. */
#ifdef __bpf__
#define RB_LOAD32(p) (*(const __u32 *)(p))
#define RB_LOAD64(p) (*(const __u64 *)(p))
#else
struct rb_unaligned32 {
	__u32 value;
} __attribute__((packed, may_alias));
struct rb_unaligned64 {
	__u64 value;
} __attribute__((packed, may_alias));
#define RB_LOAD32(p) (((const struct rb_unaligned32 *)(const void *)(p))->value)
#define RB_LOAD64(p) (((const struct rb_unaligned64 *)(const void *)(p))->value)
#endif

/*
 * Make clang compute with exactly this register, so that the verifier sees the bound on what is
 * used.
 */
#define RB_PIN_REGISTER(variable) asm volatile("" : "+r"(variable))

/* RFC 1035 4.1.1. Counts and flags in network byte order. */
struct rb_dns_header {
	__be16 id;
	__be16 flags;
	__be16 qdcount;
	__be16 ancount;
	__be16 nscount;
	__be16 arcount;
};

#define RB_FLAG_QR     0x8000
#define RB_FLAG_OPCODE 0x7800
#define RB_FLAG_AA     0x0400
#define RB_FLAG_TC     0x0200
#define RB_FLAG_RD     0x0100
#define RB_FLAG_RA     0x0080
#define RB_FLAG_Z      0x0040
#define RB_FLAG_AD     0x0020
#define RB_FLAG_CD     0x0010
#define RB_FLAG_RCODE  0x000f

enum rb_rcode {
	RB_RCODE_NOERROR = 0,
	RB_RCODE_FORMERR = 1,
	RB_RCODE_SERVFAIL = 2,
	RB_RCODE_NXDOMAIN = 3,
	RB_RCODE_NOTIMP = 4,
	RB_RCODE_REFUSED = 5,
	RB_RCODE_YXDOMAIN = 6, /* RFC 6672 2.2: the name would be too long */
	RB_RCODE_BADVERS = 16,
};

enum rb_rrtype {
	RB_TYPE_A = 1,
	RB_TYPE_NS = 2,
	RB_TYPE_CNAME = 5,
	RB_TYPE_SOA = 6,
	RB_TYPE_PTR = 12,
	RB_TYPE_MX = 15,
	RB_TYPE_TXT = 16,
	RB_TYPE_AAAA = 28,
	RB_TYPE_DNAME = 39,
	RB_TYPE_OPT = 41,
	RB_TYPE_DS = 43,
	RB_TYPE_RRSIG = 46,
	RB_TYPE_NSEC = 47,
	RB_TYPE_DNSKEY = 48,
	RB_TYPE_NSEC3 = 50,
	RB_TYPE_TKEY = 249,
	RB_TYPE_TSIG = 250,
	RB_TYPE_ANY = 255,
};

#define RB_CLASS_IN  1
#define RB_CLASS_ANY 255

/* OPT without options: root, type, size, extended rcode, version, flags, rdlength. RFC 6891 6.1.2
 */
#define RB_OPT_BYTES        11
#define RB_OPTIONS_MAX      8   /* EDNS options that the plain parser walks */
#define RB_OPTION_BYTES_MAX 511 /* of the data of each */
#define RB_OPTION_NSID      3
#define RB_OPTION_KEEPALIVE 11
#define RB_OPTION_PADDING   12
#define RB_OPTION_EDE       15

/* Extended DNS errors: info codes of RFC 8914 4. */
#define RB_EDE_OTHER             0
#define RB_EDE_STALE             3
#define RB_EDE_BOGUS             6
#define RB_EDE_BLOCKED           15
#define RB_EDE_FILTERED          17
#define RB_EDE_PROHIBITED        18
#define RB_EDE_STALE_NXDOMAIN    19
#define RB_EDE_NOT_AUTHORITATIVE 20

#define RB_MESSAGE_MAX   65535
#define RB_QUESTION_TAIL 4 /* qtype and qclass */

struct rb_edns {
	__u16 udp_size; /* the client's; 0: no EDNS */
	__u8 present;
	__u8 dnssec_ok;
};

/* The header of a query that is plain so far: RFC 1035 query, one question, at most an OPT. */
static inline __attribute__((always_inline)) int
rb_header_is_plain(const struct rb_dns_header *header)
{
	/* QR, opcode, TC, CD and Z clear and rcode 0; RD set; AA, RA and AD may be anything. */
	__be16 fixed = RB_HTONS(RB_FLAG_QR | RB_FLAG_OPCODE | RB_FLAG_TC | RB_FLAG_RD | RB_FLAG_Z |
				RB_FLAG_CD | RB_FLAG_RCODE);

	const void *counts = &header->qdcount;

	/* The four counts are one word: QDCOUNT is 1, and of ARCOUNT the last bit may be set. */
	return (header->flags & fixed) == RB_HTONS(RB_FLAG_RD) &&
	       (RB_LOAD64(counts) & ~(1ULL << 56)) == RB_HTONS(1);
}

/*
 * The length of the name that starts at cursor, up to end (exclusive); or -1 where no root label ends
 * it within RB_NAME_MAX bytes and 4 bytes before end.
 *
 * There is no walk from label to label: the name of a record has no zero byte before its root
 * label, so a name that equals it up to the first zero byte is the same name. A malformed name is
 * simply in no record.
 */
static inline __attribute__((always_inline)) int rb_name_scan(const __u8 *cursor, const __u8 *end)
{
	__u64 zero;
	__u32 i, len;

	for (i = 0; i < RB_NAME_WORDS; i++, cursor += 8) {
		if (cursor + 8 > end)
			break;
		zero = rb_word_zero(RB_LOAD64(cursor));
		if (zero)
			goto last;
	}
	/* qtype and qclass follow, so the name ends within the next four bytes. */
	RB_PIN_REGISTER(cursor);
	if (i == RB_NAME_WORDS || cursor + 4 > end)
		return -1;
	zero = rb_word_zero(RB_LOAD32(cursor) | 0xffffffff00000000ULL);
	if (!zero)
		return -1;
last:
	len = i * 8 + rb_zero_bytes(zero);
	return len <= RB_NAME_MAX ? (int)len : -1;
}

/* A type of data, not of a transfer, a key exchange or a message's own record. */
static inline __attribute__((always_inline)) int rb_qtype_is_plain(__be16 qtype)
{
	__u16 type = __builtin_bswap16(qtype);

	return type != 0 && type != RB_TYPE_OPT && (type < 128 || type > 255);
}

/*
 * The one OPT of a query, RFC 6891 6.1.2, of exactly len bytes from cursor; end bounds the memory.
 * 0, or -1 if it is not an OPT of version 0 with well-formed options (a bounded number of them)
 * that ends the message, or if it asks for the server's identity (NSID).
 */
static inline __attribute__((always_inline)) int rb_edns_parse(const __u8 *cursor, const __u8 *end,
							       __u32 len, struct rb_edns *ret)
{
	__u32 i, rdlength;

	if (len < RB_OPT_BYTES || cursor + RB_OPT_BYTES > end)
		return -1;
	if (cursor[0] != 0 || cursor[1] != 0 || cursor[2] != RB_TYPE_OPT || cursor[5] != 0 ||
	    cursor[6] != 0)
		return -1;
	ret->present = 1;
	ret->udp_size = (__u16)(cursor[3] << 8 | cursor[4]);
	ret->dnssec_ok = cursor[7] >> 7;
	rdlength = (__u32)cursor[9] << 8 | cursor[10];
	if (rdlength != len - RB_OPT_BYTES)
		return -1;
	cursor += RB_OPT_BYTES;
	for (i = 0; rdlength && i < RB_OPTIONS_MAX; i++) {
		__u32 option_bytes;

		if (rdlength < 4 || cursor + 4 > end)
			return -1;
		if (!cursor[0] && cursor[1] == RB_OPTION_NSID)
			return -1;
		/*
		 * Userspace handles options above 511 bytes. The verifier needs this bound on the
		 * value itself: that of 6.1 forgets the bounds of both sides of an OR.
		 */
		option_bytes = (__u32)cursor[2] << 8 | cursor[3];
		RB_PIN_REGISTER(option_bytes);
		if (option_bytes > RB_OPTION_BYTES_MAX)
			return -1;
		option_bytes += 4;
		RB_PIN_REGISTER(option_bytes);
		if (option_bytes > rdlength)
			return -1;
		rdlength -= option_bytes;
		cursor += option_bytes;
	}
	return rdlength ? -1 : 0;
}

#endif
