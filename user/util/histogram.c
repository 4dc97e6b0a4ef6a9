/* SPDX-License-Identifier: BSD-2-Clause */
/* Histograms, as those see them who read. */
#include "util/histogram.h"

void rb_histogram_read(const struct rb_histogram *histogram, struct rb_histogram_sum *sum)
{
	for (unsigned int i = 0; i <= RB_HISTOGRAM_BUCKETS; i++)
		sum->counts[i] += atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
	sum->sum_ns += atomic_load_explicit(&histogram->sum_ns, memory_order_relaxed);
}

uint64_t rb_histogram_count(const struct rb_histogram_sum *sum)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i <= RB_HISTOGRAM_BUCKETS; i++)
		count += sum->counts[i];
	return count;
}

uint64_t rb_histogram_quantile_us(const struct rb_histogram_sum *sum, unsigned int permille)
{
	uint64_t count = rb_histogram_count(sum);
	uint64_t rank = (count * permille + 999) / 1000, below = 0;

	for (unsigned int i = 0; i < RB_HISTOGRAM_BUCKETS; i++) {
		uint64_t from_us = i ? 1ULL << (i - 1) : 0, to_us = 1ULL << i;

		if (rank <= below + sum->counts[i] && sum->counts[i])
			return from_us + ((to_us - from_us) * (rank - below) + sum->counts[i] - 1) /
						 sum->counts[i];
		below += sum->counts[i];
	}
	/* Longer than all buckets: no more than that is known. */
	return count ? 1ULL << (RB_HISTOGRAM_BUCKETS - 1) : 0;
}
