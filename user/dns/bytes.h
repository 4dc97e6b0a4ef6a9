/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers in network byte order at any address. */
#ifndef RB_DNS_BYTES_H
#define RB_DNS_BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t rb_bytes_get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t rb_bytes_get32(const uint8_t *bytes)
{
	return (uint32_t)rb_bytes_get16(bytes) << 16 | rb_bytes_get16(bytes + 2);
}

static inline void rb_bytes_put16(uint8_t *bytes, uint16_t value)
{
	value = __builtin_bswap16(value);
	memcpy(bytes, &value, sizeof(value));
}

static inline void rb_bytes_put32(uint8_t *bytes, uint32_t value)
{
	value = __builtin_bswap32(value);
	memcpy(bytes, &value, sizeof(value));
}

#endif
