/* SPDX-License-Identifier: BSD-2-Clause */
/* FNV-1a, 32 bits: distinguishes texts if nobody tries to make them collide. */
#ifndef RB_UTIL_FNV_H
#define RB_UTIL_FNV_H

#include <stddef.h>
#include <stdint.h>

#define RB_FNV_START 2166136261u

static inline uint32_t rb_fnv(uint32_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

#endif
