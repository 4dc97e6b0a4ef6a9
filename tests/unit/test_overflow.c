/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table cannot hold, and serve-expired gives all the same. */
#include "table_fixture.h"

#include <errno.h>

#include "lib/store.h"
#include "store/flush.h"
#include "table/overflow.h"
#include "table/wall.h"

#define TOO_LARGE 85 /* addresses */
#define STALE_S   1000
#define REPLY_S   30

static int setup(void **state)
{
	struct rb_table *table;

	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 0, &table), 0);
	rb_table_set_stale(table, STALE_S * RB_NS_PER_S, REPLY_S);
	*state = table;
	return 0;
}

static int teardown(void **state)
{
	rb_table_close(*state);
	return 0;
}

static void put(struct rb_table *table, const struct rb_table_key *key, uint32_t number,
		uint16_t addresses, uint8_t traits)
{
	struct rb_answer *answer = answer_of(number, addresses, traits, 1);

	assert_int_equal(rb_table_publish(table, key, answer),
			 addresses == TOO_LARGE ? -EMSGSIZE : 0);
	rb_answer_free(answer);
}

/* The number of what is found so long after it has expired; 0: nothing is. */
static uint32_t stale(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		      enum rb_checking checking, uint64_t past_s)
{
	uint64_t now_ns = rb_clock_ns() + (1 + past_s) * RB_NS_PER_S;
	struct rb_answer *answer;
	uint32_t number;
	bool asks;

	if (rb_table_stale_answer(table, key, serves, checking, now_ns, &answer, &asks))
		return 0;
	memcpy(&number, answer->body + 12, 4);
	rb_answer_free(answer);
	return number;
}

static uint32_t stale_for_all(const struct rb_table *table, const struct rb_table_key *key)
{
	return stale(table, key, RB_SERVES_DO0, RB_CHECKING_ENABLED, 1);
}

/* Otherwise: in an outage names with many records would fail, and others not. */
static void what_is_too_large_is_given_when_it_has_expired(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key_of(table, 2);
	struct rb_answer *answer;
	bool asks;

	put(table, &key, 7, TOO_LARGE, RB_SERVES_DO1);
	assert_int_equal(rb_table_stale_answer(table, &key, RB_SERVES_DO1, RB_CHECKING_ENABLED,
					       rb_clock_ns(), &answer, &asks),
			 -ENOENT);
	assert_int_equal(stale(table, &key, RB_SERVES_DO1, RB_CHECKING_ENABLED, 1), 7);
	assert_int_equal(stale(table, &key, RB_SERVES_DO1, RB_CHECKING_DISABLED, 1), 7);
	assert_int_equal(stale(table, &key, RB_SERVES_DO1, RB_CHECKING_ENABLED, STALE_S - 1), 7);
	assert_int_equal(stale(table, &key, RB_SERVES_DO1, RB_CHECKING_ENABLED, STALE_S + 1), 0);
	assert_int_equal(stale(table, &key, RB_SERVES_DO0, RB_CHECKING_ENABLED, 1), 0);
	assert_int_equal(stale(table, &other, RB_SERVES_DO1, RB_CHECKING_ENABLED, 1), 0);
	other = key;
	other.qtype = RB_TYPE_AAAA;
	assert_int_equal(stale(table, &other, RB_SERVES_DO1, RB_CHECKING_ENABLED, 1), 0);
}

/* Otherwise: an answer of this morning would be given though there was one at noon. */
static void the_newest_is_given(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);

	put(table, &key, 1, ADDRESSES_SMALL, BOTH);
	put(table, &key, 2, TOO_LARGE, BOTH);
	assert_int_equal(stale_for_all(table, &key), 2);
	put(table, &key, 3, TOO_LARGE, RB_SERVES_DO1);
	assert_int_equal(stale_for_all(table, &key), 0);
	assert_int_equal(stale(table, &key, RB_SERVES_DO1, RB_CHECKING_ENABLED, 1), 3);
	put(table, &key, 4, ADDRESSES_SMALL, BOTH);
	assert_int_equal(stale_for_all(table, &key), 4);
	assert_int_equal(rb_table_remove(table, &key, BOTH), 1);
	assert_int_equal(stale_for_all(table, &key), 0);
}

/*
 * Otherwise: what was flushed, or what another configuration found, would come back in an outage.
 */
static void what_goes_from_the_table_goes_here_too(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_flush flush = {.reach = RB_FLUSH_NAME, .name_len = key.qname_len};

	put(table, &key, 1, TOO_LARGE, BOTH);
	rb_table_remove(table, &key, BOTH);
	assert_int_equal(stale_for_all(table, &key), 0);
	put(table, &key, 2, TOO_LARGE, BOTH);
	rb_table_bump_epoch(table);
	assert_int_equal(stale_for_all(table, &key), 0);
	put(table, &key, 3, TOO_LARGE, BOTH);
	memcpy(flush.name, key.qname, key.qname_len);
	rb_flush_table(table, &flush);
	assert_int_equal(stale_for_all(table, &key), 0);
}

/* Otherwise: who checks would get data that failed the check. */
static void data_that_failed_is_for_those_who_do_not_check(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(9, 1, BOTH, 1);

	rb_table_keep_aside(table, &key, RB_CHECKING_DISABLED, answer);
	rb_answer_free(answer);
	assert_int_equal(stale_for_all(table, &key), 0);
	assert_int_equal(stale(table, &key, RB_SERVES_DO0, RB_CHECKING_DISABLED, 1), 9);
	/* Nor does it stand in the way of what passed it. */
	put(table, &key, 8, TOO_LARGE, BOTH);
	assert_int_equal(stale_for_all(table, &key), 8);
}

/* Otherwise: who may read the cache would see what policy hides, or nobody would get it policed. */
static void what_policy_has_not_examined_is_for_those_who_let_it(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(9, 1, BOTH, 1), *found;

	rb_table_keep_unjudged(table, &key, answer);
	assert_int_equal(rb_table_aside_answer(table, &key, RB_SERVES_DO0, RB_CHECKING_DISABLED,
					       rb_clock_ns(), &found),
			 -ENOENT);
	assert_int_equal(stale_for_all(table, &key), 9);
	/* What policy itself has made of it is published in between. */
	answer->traits |= RB_NO_STALE;
	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	assert_int_equal(stale_for_all(table, &key), 9);
	rb_answer_free(answer);
}

/* Otherwise: names of whatever bytes would fail in an outage. */
static void names_that_no_record_has_are_kept(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = {.qname = {3, 'a', 0, 'b', 0}, .qname_len = 5, .qtype = 1};
	struct rb_table_key other = {.qname = {3, 'a', 0, 'c', 0}, .qname_len = 5, .qtype = 1};
	struct rb_answer *answer = answer_of(9, 1, BOTH, 1);

	rb_table_keep_aside(table, &key, RB_CHECKING_ENABLED, answer);
	rb_answer_free(answer);
	key.hash = 77;
	assert_int_equal(stale_for_all(table, &key), 9);
	assert_int_equal(stale_for_all(table, &other), 0);
}

/* Otherwise: it would live longer than its signatures. */
static void what_is_kept_ends_with_its_signatures(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(9, TOO_LARGE, BOTH, 1);

	answer->signed_until_ns = answer->expires_ns + (REPLY_S + 10) * RB_NS_PER_S;
	assert_int_equal(rb_table_publish(table, &key, answer), -EMSGSIZE);
	rb_answer_free(answer);
	assert_int_equal(stale(table, &key, RB_SERVES_DO0, RB_CHECKING_ENABLED, 8), 9);
	assert_int_equal(stale(table, &key, RB_SERVES_DO0, RB_CHECKING_ENABLED, 11), 0);
}

/* Otherwise: each client of an outage would start a search of its own, and they would pile up. */
static void one_at_a_time_asks_again(void **state)
{
	static const struct {
		uint64_t after_s;
		bool asks;
	} cases[] = {{2, true}, {3, false}, {6, false}, {8, true}, {9, false}};
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	uint64_t start_ns = rb_clock_ns();
	struct rb_answer *answer;
	bool asks;

	put(table, &key, 1, TOO_LARGE, BOTH);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(rb_table_stale_answer(
					 table, &key, RB_SERVES_DO0, RB_CHECKING_ENABLED,
					 start_ns + cases[i].after_s * RB_NS_PER_S, &answer, &asks),
				 0);
		assert_int_equal(asks, cases[i].asks);
		rb_answer_free(answer);
	}
}

/* Otherwise: whoever asks for large answers would take the machine's memory. */
static void the_oldest_gives_way(void **state)
{
	struct rb_table *table = *state;
	uint32_t count = 2 * RB_OVERFLOW_BYTES / (TOO_LARGE * RR_A_BYTES), kept = 0;

	for (uint32_t i = 1; i <= count; i++) {
		struct rb_table_key key = key_of(table, i);

		put(table, &key, i, TOO_LARGE, BOTH);
	}
	for (uint32_t i = 1; i <= count; i++) {
		struct rb_table_key key = key_of(table, i);
		uint32_t number = stale_for_all(table, &key);

		assert_true(!number || number == i);
		/* From the first that is there on, all are. */
		assert_true(number || !kept);
		kept += number != 0;
	}
	assert_in_range(kept, count / 8, count / 2);
}

/* Otherwise: on a machine that learns the time late, data would live longer than its signatures. */
static void a_wall_clock_that_is_set_forwards_ends_what_is_signed(void **state)
{
	static const struct {
		int64_t step_ms;
		bool ends;
	} cases[] = {{0, false}, {900, false}, {-5000, false}, {-5000, false}, {1100, true}};
	const uint64_t wall_ns = 1600000000 * RB_NS_PER_S;
	struct rb_table *table = *state;
	uint64_t now_ns = wall_ns;

	assert_int_equal(rb_wall_follow(table, wall_ns, RB_NS_PER_S), 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_table_key bound = key_of(table, 10 * i), free = key_of(table, 10 * i + 1);
		struct rb_table_key large = key_of(table, 10 * i + 2);
		struct rb_answer *answer = answer_of(1, 1, BOTH | RB_SECURE, HOUR_S);

		answer->signed_until_ns = answer->expires_ns + HOUR_S * RB_NS_PER_S;
		assert_int_equal(rb_table_publish(table, &bound, answer), 0);
		rb_answer_free(answer);
		publish_of(table, &free, 1, 1, BOTH);
		put(table, &large, 1, TOO_LARGE, BOTH);
		now_ns += (uint64_t)(cases[i].step_ms * (int64_t)RB_NS_PER_MS);
		assert_int_equal(rb_wall_follow(table, now_ns + i * RB_NS_PER_S,
						(i + 1) * RB_NS_PER_S),
				 cases[i].ends ? i + 1 : 0);
		assert_int_equal(lookup_of(table, &bound, RB_SERVES_DO0, NULL),
				 cases[i].ends ? -ENOENT : 0);
		assert_int_equal(lookup_of(table, &free, RB_SERVES_DO0, NULL), 0);
		assert_int_equal(stale_for_all(table, &large), cases[i].ends ? 0 : 1);
	}
}

/* Otherwise: errors, or local data that was taken away, would come back. */
static void what_may_not_be_stale_is_not_kept(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);

	put(table, &key, 1, TOO_LARGE, BOTH | RB_NO_STALE);
	assert_int_equal(stale_for_all(table, &key), 0);
	rb_table_set_stale(table, 0, REPLY_S);
	put(table, &key, 2, TOO_LARGE, BOTH);
	rb_table_set_stale(table, STALE_S * RB_NS_PER_S, REPLY_S);
	assert_int_equal(stale_for_all(table, &key), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		T(what_is_too_large_is_given_when_it_has_expired),
		T(the_newest_is_given),
		T(what_goes_from_the_table_goes_here_too),
		T(data_that_failed_is_for_those_who_do_not_check),
		T(what_policy_has_not_examined_is_for_those_who_let_it),
		T(names_that_no_record_has_are_kept),
		T(what_is_kept_ends_with_its_signatures),
		T(one_at_a_time_asks_again),
		T(the_oldest_gives_way),
		T(a_wall_clock_that_is_set_forwards_ends_what_is_signed),
		T(what_may_not_be_stale_is_not_kept),
	};

	return cmocka_run_group_tests_name("overflow", tests, NULL, NULL);
}
