/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Durations, counted by powers of two of microseconds.
 *
 * Thread: one thread writes a histogram and any thread reads it, without locks; a reader may miss
 *	   the last few entries.
 */
#ifndef RB_UTIL_HISTOGRAM_H
#define RB_UTIL_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

/* Bucket i has durations of at most 2^i microseconds that are longer than bucket i - 1. */
#define RB_HISTOGRAM_BUCKETS 24 /* the last ends at 8.4 s */

struct rb_histogram {
	_Atomic uint64_t counts[RB_HISTOGRAM_BUCKETS + 1]; /* and one for longer ones */
	_Atomic uint64_t sum_ns;
};

/* The sum of several histograms, for display. */
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

/* No other thread writes, so an atomic add would only cost time. */
static inline void rb_histogram_grow(_Atomic uint64_t *number, uint64_t by)
{
	atomic_store_explicit(number, atomic_load_explicit(number, memory_order_relaxed) + by,
			      memory_order_relaxed);
}

/* Add this many durations of this length. */
static inline void rb_histogram_add(struct rb_histogram *histogram, uint64_t ns, uint64_t times)
{
	rb_histogram_grow(&histogram->counts[rb_histogram_bucket(ns)], times);
	rb_histogram_grow(&histogram->sum_ns, ns * times);
}

/* Add a histogram to the sum. */
void rb_histogram_read(const struct rb_histogram *histogram, struct rb_histogram_sum *sum);

uint64_t rb_histogram_count(const struct rb_histogram_sum *sum);

/*
 * The duration that this many of a thousand did not exceed, if each bucket is evenly spread. 0:
 * none.
 */
uint64_t rb_histogram_quantile_us(const struct rb_histogram_sum *sum, unsigned int permille);

#endif
