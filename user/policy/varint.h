/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encode numbers that are mostly small: seven bits in each byte, the low ones first; all bytes
 * except the last have the high bit.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_POLICY_VARINT_H
#define RB_POLICY_VARINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_VARINT_MAX 5 /* bytes of 32 bits */

/* out has room for RB_VARINT_MAX bytes. Returns how many were written. */
static inline size_t rb_varint_put(uint8_t *out, uint32_t number)
{
	size_t len = 0;

	for (; number >= 0x80; number >>= 7)
		out[len++] = (uint8_t)(number | 0x80);
	out[len++] = (uint8_t)number;
	return len;
}

/* Moves *at past the number. False: the bytes end before it does, or it has more than 32 bits. */
static inline bool rb_varint_get(const uint8_t **at, const uint8_t *end, uint32_t *ret_number)
{
	uint32_t number = 0;

	for (unsigned int shift = 0; *at < end && shift < 7 * RB_VARINT_MAX; shift += 7) {
		uint8_t byte = *(*at)++;

		number |= (uint32_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*ret_number = number;
			return true;
		}
	}
	return false;
}

#endif
