/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a log that come again and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "util/clock.h"
#include "util/repeats.h"

#define WINDOW_NS (RB_REPEATS_WINDOW_S * RB_NS_PER_S)
#define START_NS  (1000 * RB_NS_PER_S)

static unsigned int admitted(struct rb_repeats *repeats, const char *line, unsigned int times,
			     uint64_t now_ns)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < times; i++)
		count += rb_repeats_admit(repeats, 4, line, now_ns);
	return count;
}

/* Otherwise: a stranger could fill the disk, and hide what matters. */
static void first_lines_are_printed_and_the_rest_is_told(void **state)
{
	struct rb_repeats repeats = {0};
	struct rb_repeats_kind kind;
	uint64_t kept;

	(void)state;
	assert_int_equal(admitted(&repeats, "no descriptors", 400000, START_NS),
			 RB_REPEATS_PRINTED);
	assert_int_equal(admitted(&repeats, "another matter", 3, START_NS), 3);
	assert_false(rb_repeats_told(&repeats, START_NS + WINDOW_NS - 1, &kept, &kind));
	assert_true(rb_repeats_told(&repeats, START_NS + WINDOW_NS, &kept, &kind));
	assert_int_equal(kept, 400000 - RB_REPEATS_PRINTED);
	assert_string_equal(kind.line, "no descriptors");
	assert_int_equal(kind.level, 4);
	assert_false(rb_repeats_told(&repeats, START_NS + WINDOW_NS, &kept, &kind));
	assert_int_equal(admitted(&repeats, "no descriptors", 20, START_NS + WINDOW_NS),
			 RB_REPEATS_PRINTED);
}

/* Otherwise: what happens now and then would be kept back. */
static void rare_lines_are_all_printed(void **state)
{
	struct rb_repeats repeats = {0};
	struct rb_repeats_kind kind;
	uint64_t kept, now_ns = START_NS;

	(void)state;
	for (int i = 0; i < 100; i++, now_ns += WINDOW_NS / RB_REPEATS_PRINTED + 1)
		assert_int_equal(admitted(&repeats, "now and then", 1, now_ns), 1);
	assert_false(rb_repeats_told(&repeats, now_ns, &kept, &kind));
}

/* Otherwise: the errors of a long configuration would not all be shown. */
static void different_lines_are_all_printed(void **state)
{
	struct rb_repeats repeats = {0};
	char line[64];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "file.conf:%d: no such option", i);
		assert_int_equal(admitted(&repeats, line, 1, START_NS), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_lines_are_printed_and_the_rest_is_told),
		cmocka_unit_test(rare_lines_are_all_printed),
		cmocka_unit_test(different_lines_are_all_printed),
	};

	return cmocka_run_group_tests_name("repeats", tests, NULL, NULL);
}
