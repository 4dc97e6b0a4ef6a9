/* SPDX-License-Identifier: BSD-2-Clause */
/* Time as the hot table counts it: CLOCK_MONOTONIC, which the XDP program reads coarsely too. */
#ifndef RB_UTIL_CLOCK_H
#define RB_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

#define RB_NS_PER_S  1000000000ULL
#define RB_NS_PER_MS 1000000ULL

static inline uint64_t rb_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * RB_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* The same clock, to the nanosecond instead of to the tick: for measuring, at some cost. */
static inline uint64_t rb_clock_precise_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * RB_NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
