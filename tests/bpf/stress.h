/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Records that describe themselves, for the stress test's writers and for the BPF program that
 * checks the replies: everything in one follows from its stamp, which each of its addresses
 * carries. So a reply with parts of two records, or of another name's, can not look right.
 */
#ifndef RB_TESTS_BPF_STRESS_H
#define RB_TESTS_BPF_STRESS_H

#include "kern/reply.h"

/* A stamp: the name's index in the low bits, a random serial above them. */
#define STRESS_NAME_BITS   5
#define STRESS_NAMES       (1 << STRESS_NAME_BITS)
#define STRESS_SERIAL_BITS 20
#define STRESS_STAMP_BITS  (STRESS_NAME_BITS + STRESS_SERIAL_BITS)

/* Sizes of the one kind of query and of an A record whose owner is compressed. */
#define STRESS_DNS_AT      (14 + 20 + 8)
#define STRESS_QNAME_BYTES 16
#define STRESS_BODY_AT     (STRESS_DNS_AT + 12 + STRESS_QNAME_BYTES + RB_QUESTION_TAIL)
#define STRESS_QUERY_BYTES (STRESS_BODY_AT + RB_OPT_BYTES)
#define STRESS_RR_BYTES    16
#define STRESS_RR_TTL      6 /* offset of the TTL */
#define STRESS_RR_ADDRESS  12
#define STRESS_RRS_MAX     70 /* 1169 bytes of DNS */

/* The client's port says which name was asked for, and what the id was. */
#define STRESS_PORT 0x8000 /* and fifteen random bits */

/* How a checked frame was found. */
enum stress_finding {
	STRESS_RIGHT,
	STRESS_OTHER, /* no DNS reply */
	STRESS_WRONG, /* from here on, by what was wrong first */
	STRESS_WRONG_HEADERS = STRESS_WRONG,
	STRESS_WRONG_QUESTION,
	STRESS_WRONG_NAME, /* the record of another */
	STRESS_WRONG_COUNT,
	STRESS_WRONG_FLAGS,
	STRESS_WRONG_RECORD, /* not all of one stamp, or not in order */
	STRESS_WRONG_TTL,
	STRESS_WRONG_OPT,
	STRESS_WRONG_SUM,
	STRESS_FINDINGS,
};

/* A frame to send, as the kernel may find it in a map. */
struct stress_query {
	__u8 bytes[STRESS_QUERY_BYTES];
};

/* What a record of this stamp has. */
struct stress_record {
	__u32 rrs;
	__u32 rotate;
	__u32 ttl_s; /* of the first; each next one's is a second longer */
	__u32 age_s; /* when it is stored */
	__u16 flags;
	__u8 secure;
	__u8 ede; /* info code + 1, or 0 */
};

static inline __attribute__((always_inline)) __u32 stress_address(__u32 stamp, __u32 number)
{
	return stamp << (32 - STRESS_STAMP_BITS) | number;
}

static inline __attribute__((always_inline)) __u32 stress_stamp(__u32 address)
{
	return address >> (32 - STRESS_STAMP_BITS);
}

static inline __attribute__((always_inline)) __u16 stress_id(__u16 port)
{
	return (__u16)(port * 40503U >> 3 ^ port);
}

/* Half of them small, four in ten medium, the others large. */
static inline __attribute__((always_inline)) void stress_describe(__u32 stamp,
								  struct stress_record *ret_record)
{
	__u64 bits = (stamp + 1) * 0x9e3779b97f4a7c15ULL;
	__u32 dice;

	bits = (bits ^ bits >> 29) * 0xbf58476d1ce4e5b9ULL;
	bits ^= bits >> 32;
	dice = bits & 0xff;
	if (dice < 128)
		ret_record->rrs = 1 + dice % 2;
	else if (dice < 230)
		ret_record->rrs = 3 + dice % 13;
	else
		ret_record->rrs = 16 + dice % (STRESS_RRS_MAX - 15);
	ret_record->rotate = 0;
	if (bits >> 8 & 1 && ret_record->rrs > 1 && ret_record->rrs <= RB_ROTATE_MAX)
		ret_record->rotate = ret_record->rrs;
	ret_record->ttl_s = 4000 + 16 * (__u32)(bits >> 9 & 0xfff);
	ret_record->age_s = 8 * (__u32)(bits >> 21 & 0xff);
	ret_record->flags = RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA;
	if (bits >> 29 & 1)
		ret_record->flags |= RB_FLAG_AA;
	ret_record->secure = bits >> 30 & 1;
	ret_record->ede = bits >> 31 & 1 ? (__u8)(1 + (bits >> 32 & 0xf)) : 0;
}

#endif
