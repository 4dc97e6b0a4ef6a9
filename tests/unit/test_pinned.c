/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that an operator has pinned. */
#include "lib/lookup.h"
#include "table_fixture.h"

/* Otherwise: what an operator pinned would go with the first flood of random names. */
static void pinned_records_stay_through_a_flood_and_leave_room(void **state)
{
	struct rb_table *table;
	uint32_t i, pinned = 0, kept = 0, refused = 0, places;
	struct rb_answer *answer;

	(void)state;
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 0, &table), 0);
	places = table->tiers[RB_SMALL].buckets * RB_WAYS;
	for (i = 0; i < places; i++) {
		struct rb_table_key key = key_of(table, i);
		int result;

		answer = answer_of(i, 1, BOTH | RB_PINNED, HOUR_S);
		result = rb_table_publish_of(table, &key, answer, table->control->epoch);
		assert_true(result == 0 || result == 1);
		refused += result == 1;
		pinned += result == 0;
		rb_answer_free(answer);
	}
	assert_true(pinned <= places / 2 && refused > 0);
	for (i = 0; i < 20 * places; i++) {
		struct rb_table_key key = key_of(table, 0x20000000 + i);

		publish_of(table, &key, i, 1, BOTH);
	}
	for (i = 0; i < places; i++) {
		struct rb_table_key key = key_of(table, i);

		answer = NULL;
		if (table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL))
			continue;
		kept += (answer->traits & RB_PINNED) != 0;
		rb_answer_free(answer);
	}
	print_message("%u places, %u pinned, %u of them kept\n", places, pinned, kept);
	/* But for those whose tag one of the flood has. */
	assert_true(kept > pinned * 94 / 100);
	rb_table_close(table);
}

/* Otherwise: the refresh of a pinned record would unpin it. */
static void record_that_is_stored_again_stays_pinned_until_it_has_expired(void **state)
{
	struct rb_answer *answer = answer_of(1, 1, BOTH | RB_PINNED, HOUR_S);
	struct rb_table_key key;
	struct rb_table *table;

	(void)state;
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 0, &table), 0);
	key = key_of(table, 1);
	assert_int_equal(rb_table_publish_of(table, &key, answer, table->control->epoch), 0);
	rb_answer_free(answer);
	publish_of(table, &key, 2, 1, BOTH);
	assert_int_equal(table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL), 0);
	assert_true(answer->traits & RB_PINNED);
	rb_answer_free(answer);
	rb_table_close(table);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pinned_records_stay_through_a_flood_and_leave_room),
		cmocka_unit_test(record_that_is_stored_again_stays_pinned_until_it_has_expired),
	};

	return cmocka_run_group_tests_name("pinned", tests, NULL, NULL);
}
