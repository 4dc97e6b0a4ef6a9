/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One's complement sums (RFC 1071), in memory order: 16-bit words are added as they are loaded on
 * this little-endian machine, which RFC 1071 2(B) allows throughout. Arithmetic modulo 65535.
 */
#ifndef RB_SUM_H
#define RB_SUM_H

#include "abi.h"

/*
 * To 16 bits: the remainder modulo 65535, but 65535 itself instead of 0 unless all that was added up
 * is 0. sum is below 2^48. For it is q * 65535 + r, and the factor is (2^64 - 1) / 65535, so the
 * product modulo 2^64 is r four times, side by side, less q.
 */
static inline __attribute__((always_inline)) __u16 rb_sum_fold(__u64 sum)
{
	return (__u16)(sum * 0x0001000100010001ULL >> 48);
}

/* What eight bytes add to a sum. */
static inline __attribute__((always_inline)) __u64 rb_sum_word(__u64 word)
{
	return (word & 0xffffffff) + (word >> 32);
}

/* A multiple of 65535, to subtract from: it is more than the sum of any message, less than 2^44. */
#define RB_SUM_ZERO (0xffffULL << 28)

/* The sum of bytes that start at an odd offset of the message, from their sum at an even one, which
 * is below 2^40. */
static inline __attribute__((always_inline)) __u64 rb_sum_shift(__u64 sum, __u32 offset)
{
	/* To exchange the bytes of a 16-bit word is to multiply it by 2^8, modulo 65535. */
	return sum << (offset & 1) * 8;
}

/*
 * What one TTL at this offset of the message adds to ttl_weight. A big-endian number n whose lowest
 * byte is at an odd offset adds 256 * n to a sum in memory order (2^16 = 1 modulo 65535), else n.
 * TTLs are four bytes long: those at even offsets end at odd ones.
 */
static inline __attribute__((always_inline)) __u32 rb_sum_ttl_weight(__u32 offset)
{
	return offset & 1 ? 1 : 256;
}

/* What to add to the sum of a message when each of its TTLs decreases by age_s. */
static inline __attribute__((always_inline)) __u64 rb_sum_aged(__u16 ttl_weight, __u32 age_s)
{
	/* Less than the multiple of 65535 that it is taken from: an age has 24 bits. */
	return (0xffffULL << 24) - (__u64)ttl_weight * age_s;
}

#ifndef __bpf__
/* The sum of any bytes, at most 64 KiB, to 16 bits: eight at a time. */
static inline __u16 rb_sum_bytes(const __u8 *bytes, __u32 len)
{
	__u64 sum = 0, word;

	for (; len >= 8; len -= 8, bytes += 8) {
		__builtin_memcpy(&word, bytes, sizeof(word));
		sum += rb_sum_word(word);
	}
	word = 0;
	__builtin_memcpy(&word, bytes, len);
	return rb_sum_fold(sum + rb_sum_word(word));
}
#endif

#endif
