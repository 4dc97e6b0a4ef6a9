/* SPDX-License-Identifier: BSD-2-Clause */
/* Otherwise: statistics would fall back, or count twice, when one server follows another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "util/ledger.h"

static void sums_go_on(void **state)
{
	uint64_t totals[2] = {0}, own[2] = {5, 0}, sums[2] = {5, 0};
	struct rb_ledger first, next;

	(void)state;
	assert_int_equal(rb_ledger_open(&first, totals, 2), 0);
	rb_ledger_sum(&first, sums);
	assert_int_equal(sums[0], 5);
	rb_ledger_tell(&first, own);
	rb_ledger_tell(&first, own);
	assert_int_equal(rb_ledger_open(&next, totals, 2), 0);
	sums[0] = 2;
	sums[1] = 1;
	rb_ledger_sum(&next, sums);
	assert_int_equal(sums[0], 7);
	assert_int_equal(sums[1], 1);
	/* What the first counts while the next one does is seen by both. */
	own[0] = 6;
	rb_ledger_tell(&first, own);
	sums[0] = 2;
	rb_ledger_sum(&next, sums);
	assert_int_equal(sums[0], 8);
	sums[0] = 6;
	rb_ledger_sum(&first, sums);
	assert_int_equal(sums[0], 6);
	rb_ledger_close(&first);
	rb_ledger_close(&next);
}

static void without_totals_counts_are_our_own(void **state)
{
	uint64_t own[1] = {5};
	struct rb_ledger ledger;

	(void)state;
	assert_int_equal(rb_ledger_open(&ledger, NULL, 1), 0);
	rb_ledger_tell(&ledger, own);
	rb_ledger_sum(&ledger, own);
	assert_int_equal(own[0], 5);
	rb_ledger_close(&ledger);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_go_on),
		cmocka_unit_test(without_totals_counts_are_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
