/* SPDX-License-Identifier: BSD-2-Clause */
/* Histograms: which bucket a time falls into, and what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "util/cleanup.h"
#include "util/histogram.h"

/* Otherwise: an upper bound that is none, and alerts that are wrong by a factor of two. */
static void a_time_is_within_its_bucket(void **state)
{
	static const struct {
		uint64_t ns;
		unsigned int bucket;
	} cases[] = {
		{0, 0},
		{1, 0},
		{1000, 0},
		{1001, 1},
		{2000, 1},
		{2001, 2},
		{4000, 2},
		{4001, 3},
		{1024000, 10},
		{1024001, 11},
		{8388608000ULL, 23},
		{8388608001ULL, RB_HISTOGRAM_BUCKETS},
		{UINT64_MAX - 999, RB_HISTOGRAM_BUCKETS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(rb_histogram_bucket(cases[i].ns), cases[i].bucket);
}

/* Otherwise: the threads' times would be lost, or counted twice. */
static void several_add_up(void **state)
{
	struct rb_histogram histograms[2] = {0};
	struct rb_histogram_sum sum = {0};

	(void)state;
	rb_histogram_add(&histograms[0], 3000, 5);
	rb_histogram_add(&histograms[1], 3500, 2);
	rb_histogram_add(&histograms[1], 70000, 1);
	rb_histogram_read(&histograms[0], &sum);
	rb_histogram_read(&histograms[1], &sum);
	assert_int_equal(rb_histogram_count(&sum), 8);
	assert_int_equal(sum.counts[2], 7);
	assert_int_equal(sum.counts[7], 1);
	assert_int_equal(sum.sum_ns, 5 * 3000 + 2 * 3500 + 70000);
}

/* Otherwise: an operator would look for slow answers where there are none, or the other way. */
static void quantiles_lie_in_the_bucket_of_their_rank(void **state)
{
	struct rb_histogram_sum sum = {0};

	(void)state;
	assert_int_equal(rb_histogram_quantile_us(&sum, 500), 0);
	sum.counts[4] = 98; /* 8 to 16 us */
	sum.counts[10] = 2; /* 512 to 1024 us */
	assert_in_range(rb_histogram_quantile_us(&sum, 500), 9, 16);
	assert_in_range(rb_histogram_quantile_us(&sum, 980), 16, 16);
	assert_in_range(rb_histogram_quantile_us(&sum, 990), 513, 1024);
	assert_int_equal(rb_histogram_quantile_us(&sum, 1000), 1024);
	sum.counts[RB_HISTOGRAM_BUCKETS] = 1000;
	assert_int_equal(rb_histogram_quantile_us(&sum, 990), 8388608);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_within_its_bucket),
		cmocka_unit_test(several_add_up),
		cmocka_unit_test(quantiles_lie_in_the_bucket_of_their_rank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
