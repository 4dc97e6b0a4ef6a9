/* SPDX-License-Identifier: BSD-2-Clause */
/* CRC-32 by tables ("slicing by 8": Kounavis and Berry, 2005). */
#include "util/crc32.h"

#include <endian.h>
#include <string.h>

#define POLYNOMIAL 0xedb88320U /* the lowest bit is the highest power */

void rb_crc32_init(struct rb_crc32 *crc)
{
	uint32_t byte, slice, bit;

	for (byte = 0; byte < 256; byte++) {
		uint32_t sum = byte;

		for (bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? POLYNOMIAL : 0);
		crc->after[0][byte] = sum;
	}
	for (slice = 1; slice < RB_CRC32_SLICES; slice++)
		for (byte = 0; byte < 256; byte++) {
			uint32_t sum = crc->after[slice - 1][byte];

			crc->after[slice][byte] = sum >> 8 ^ crc->after[0][sum & 0xff];
		}
}

uint32_t rb_crc32_add(const struct rb_crc32 *crc, uint32_t sum, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	sum = ~sum;
	for (; len >= RB_CRC32_SLICES; len -= RB_CRC32_SLICES, at += RB_CRC32_SLICES) {
		uint64_t word;

		memcpy(&word, at, sizeof(word));
		word = le64toh(word) ^ sum;
		sum = crc->after[7][word & 0xff] ^ crc->after[6][word >> 8 & 0xff] ^
		      crc->after[5][word >> 16 & 0xff] ^ crc->after[4][word >> 24 & 0xff] ^
		      crc->after[3][word >> 32 & 0xff] ^ crc->after[2][word >> 40 & 0xff] ^
		      crc->after[1][word >> 48 & 0xff] ^ crc->after[0][word >> 56];
	}
	for (; len; len--)
		sum = sum >> 8 ^ crc->after[0][(sum ^ *at++) & 0xff];
	return ~sum;
}
