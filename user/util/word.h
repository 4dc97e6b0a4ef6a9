/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts of any length, eight bytes at a time. memcpy() of a length that the compiler does not know
 * is a call.
 */
#ifndef RB_UTIL_WORD_H
#define RB_UTIL_WORD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first eight bytes, or all if there are fewer: little-endian, zero above. */
static inline uint64_t rb_word_load(const uint8_t *bytes, size_t len)
{
	uint64_t word;
	uint32_t low, high;

	if (len >= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		return word;
	}
	if (len >= sizeof(low)) {
		memcpy(&low, bytes, sizeof(low));
		memcpy(&high, bytes + len - sizeof(high), sizeof(high));
		return low | (uint64_t)high << (len - sizeof(high)) * 8;
	}
	word = len ? bytes[0] : 0;
	if (len > 1)
		word |= (uint64_t)bytes[1] << 8;
	if (len > 2)
		word |= (uint64_t)bytes[2] << 16;
	return word;
}

/* The other way round. */
static inline void rb_word_store(uint8_t *bytes, size_t len, uint64_t word)
{
	if (len >= sizeof(word))
		memcpy(bytes, &word, sizeof(word));
	else
		for (; len; len--, word >>= 8)
			*bytes++ = (uint8_t)word;
}

#endif
