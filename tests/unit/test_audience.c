/* SPDX-License-Identifier: BSD-2-Clause */
/* Records for everybody, for some client classes, for one. */
#include "table_fixture.h"

#include <errno.h>

#include "table/audience.h"

#define NUMBERING 0x1234
#define FOUR      0x35 /* classes 0, 2, 4, 5 */

static struct rb_table_key asked_by(const struct rb_table *table, uint8_t client_class,
				    uint32_t numbering)
{
	struct rb_table_key key = key_of(table, 1);

	key.client_class = client_class;
	key.numbering = numbering;
	return key;
}

/* The number of the answer that a class finds; 0: none. */
static uint32_t found_by(const struct rb_table *table, uint8_t client_class, uint32_t numbering)
{
	struct rb_table_key key = asked_by(table, client_class, numbering);
	uint32_t number;

	return lookup_number(table, &key, RB_SERVES_DO0, &number) ? 0 : number;
}

static void publish_for(struct rb_table *table, int audience, uint32_t number)
{
	struct rb_table_key key = key_of(table, 1);

	assert_in_range(audience, 0, UINT8_MAX);
	key.audience = (uint8_t)audience;
	publish_of(table, &key, number, ADDRESSES_SMALL, BOTH);
}

/* Otherwise: a client would be told what is for others. */
static void a_class_finds_what_is_for_it(void **state)
{
	struct rb_table *table = *state;

	rb_table_renumber(table, NUMBERING);
	publish_for(table, rb_audience_of_set(table, NUMBERING, FOUR), 1);
	publish_for(table, rb_audience_of_class(3), 2);
	publish_for(table, rb_audience_of_class(63), 3);
	for (uint8_t i = 0; i < RB_CLASSES_MAX; i++)
		assert_int_equal(found_by(table, i, NUMBERING), i < 6 && FOUR >> i & 1 ? 1
								: i == 3               ? 2
								: i == 63              ? 3
										       : 0);
	assert_int_equal(found_by(table, RB_CLASSES_MAX, NUMBERING), 0);
	assert_int_equal(found_by(table, UINT8_MAX, NUMBERING), 0);
}

/* Otherwise: one name would take several places, and hide the newer of its records. */
static void what_several_share_has_one_place(void **state)
{
	struct rb_table *table = *state;

	rb_table_renumber(table, NUMBERING);
	publish_for(table, RB_AUDIENCE_ALL, 1);
	publish_for(table, rb_audience_of_set(table, NUMBERING, FOUR), 2);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(found_by(table, 2, NUMBERING), 2);
	assert_int_equal(found_by(table, 1, NUMBERING), 0);
	publish_for(table, RB_AUDIENCE_ALL, 3);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(found_by(table, 1, NUMBERING), 3);
}

/* Otherwise: after a reload some would get what was meant for others of their number. */
static void other_numbers_find_everybody_s_alone(void **state)
{
	struct rb_table *table = *state;
	uint32_t epoch;

	epoch = rb_table_renumber(table, NUMBERING);
	publish_for(table, rb_audience_of_set(table, NUMBERING, FOUR), 1);
	publish_for(table, rb_audience_of_class(1), 2);
	for (uint8_t i = 0; i < 6; i++)
		assert_int_equal(found_by(table, i, NUMBERING + 1), 0);
	assert_int_not_equal(rb_table_renumber(table, NUMBERING + 1), epoch);
	/* The set has the number that the former one had. */
	publish_for(table, rb_audience_of_set(table, NUMBERING + 1, 0x3), 3);
	publish_for(table, rb_audience_of_class(2), 4);
	for (uint8_t i = 0; i < 6; i++)
		assert_int_equal(found_by(table, i, NUMBERING), 0);
	assert_int_equal(found_by(table, 1, NUMBERING + 1), 3);
	assert_int_equal(found_by(table, 2, NUMBERING + 1), 4);
	publish_for(table, RB_AUDIENCE_ALL, 5);
	assert_int_equal(found_by(table, 1, NUMBERING), 5);
}

/* Otherwise: the table would run out of numbers, or give one to two sets. */
static void a_set_has_one_number(void **state)
{
	struct rb_table *table = *state;
	int first;

	rb_table_renumber(table, NUMBERING);
	first = rb_audience_of_set(table, NUMBERING, FOUR);
	assert_int_equal(rb_audience_of_set(table, NUMBERING, FOUR), first);
	assert_true(rb_audience_classes(table, NUMBERING, (uint8_t)first) == FOUR);
	assert_true(!rb_audience_classes(table, NUMBERING + 1, (uint8_t)first));
	assert_int_equal(rb_audience_of_set(table, NUMBERING + 1, FOUR << 1), -ESTALE);
	for (uint64_t set = 0x100; set < 0x100 + RB_AUDIENCES - RB_AUDIENCE_SETS - 1; set++)
		assert_in_range(rb_audience_of_set(table, NUMBERING, set), first + 1, UINT8_MAX);
	assert_int_equal(rb_audience_of_set(table, NUMBERING, 0x1000), -ENOSPC);
	assert_int_equal(rb_audience_of_set(table, NUMBERING, FOUR), first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(a_class_finds_what_is_for_it),
		TABLE_TEST(what_several_share_has_one_place),
		TABLE_TEST(other_numbers_find_everybody_s_alone),
		TABLE_TEST(a_set_has_one_number),
	};

	return table_run_tests("audience", tests, ARRAY_SIZE(tests));
}
