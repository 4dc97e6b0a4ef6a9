/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long something took, counted by powers of two of microseconds.
 *
 * Thread: a histogram is written by one thread and read by any, without locks: its numbers are
 *	   relaxed, and what is read while they change may miss the last few.
 */
#ifndef RB_UTIL_HISTOGRAM_H
#define RB_UTIL_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

/* Bucket i has what took at most 2^i microseconds, and more than bucket i - 1. */
#define RB_HISTOGRAM_BUCKETS 24 /* the last ends at 8.4 s */

struct rb_histogram {
	_Atomic uint64_t counts[RB_HISTOGRAM_BUCKETS + 1]; /* and one for what took longer */
	_Atomic uint64_t sum_ns;
};

/* Several histograms added up, for who shows them. */
struct rb_histogram_sum {
	uint64_t counts[RB_HISTOGRAM_BUCKETS + 1];
	uint64_t sum_ns;
};

static inline unsigned int rb_histogram_bucket(uint64_t ns)
{
	uint64_t us = (ns + 999) / 1000;
	unsigned int bucket = us <= 1 ? 0 : 64 - (unsigned int)__builtin_clzll(us - 1);

	return bucket < RB_HISTOGRAM_BUCKETS ? bucket : RB_HISTOGRAM_BUCKETS;
}

/* No other thread writes, so a locked add would only cost time. */
static inline void rb_histogram_grow(_Atomic uint64_t *number, uint64_t by)
{
	atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + by,
			      memory_order_relaxed);
}

/* So many took so long, each. */
static inline void rb_histogram_add(struct rb_histogram *histogram, uint64_t ns, uint64_t times)
{
	rb_histogram_grow(&histogram->counts[rb_histogram_bucket(ns)], times);
	rb_histogram_grow(&histogram->sum_ns, ns * times);
}

/* Add a histogram to the sum. */
void rb_histogram_read(const struct rb_histogram *histogram, struct rb_histogram_sum *sum);

uint64_t rb_histogram_count(const struct rb_histogram_sum *sum);

/* What so many of a thousand did not exceed, taking each bucket's to be spread evenly. 0: none. */
uint64_t rb_histogram_quantile_us(const struct rb_histogram_sum *sum, unsigned int permille);

#endif
