/* SPDX-License-Identifier: BSD-2-Clause */
/* Repeatable random numbers for tests: splitmix64. */
#ifndef RB_TESTS_PRNG_H
#define RB_TESTS_PRNG_H

#include <stdint.h>

struct prng {
	uint64_t state;
};

static inline uint64_t prng_next(struct prng *prng)
{
	uint64_t z = prng->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* 0 to below - 1. */
static inline uint32_t prng_below(struct prng *prng, uint32_t below)
{
	return (uint32_t)((prng_next(prng) >> 32) * below >> 32);
}

#endif
