/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the table keeps a record, and what gives way to it. */
#include "lib/lookup.h"
#include "table_fixture.h"

#include <errno.h>

#include "table/slot.h"

/* Otherwise: an answer that has grown would leave the old, smaller one to be answered. */
static void record_that_changes_its_tier_leaves_no_older_one(void **state)
{
	static const uint16_t addresses[] = {ADDRESSES_SMALL,  ADDRESSES_LARGE, ADDRESSES_MEDIUM,
					     ADDRESSES_MEDIUM, ADDRESSES_SMALL, ADDRESSES_LARGE};
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	uint32_t i, number;

	for (i = 0; i < ARRAY_SIZE(addresses); i++) {
		publish_of(table, &key, i, addresses[i], BOTH);
		assert_int_equal(records_used(table), 1);
		assert_int_equal(lookup_number(table, &key, RB_SERVES_DO1, &number), 0);
		assert_int_equal(number, i);
	}
}

/* Otherwise: a reader that slept through the reuse of a slot would take a mixture for a record. */
static void sequence_only_grows_when_a_slot_changes_hands(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key_of(table, 2);
	struct rb_table_ref ref;
	const uint64_t *slot;
	uint32_t before;

	other.hash = key.hash;
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, &ref), 0);
	slot = rb_slot_at(&table->tiers[ref.tier], ref.index);
	before = rb_slot_seq(slot);
	assert_int_equal(before, 2);
	publish_of(table, &other, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_slot_seq(slot), before + 2);
	assert_int_equal(rb_table_remove(table, &other, BOTH), 1);
	assert_int_equal(rb_slot_seq(slot), before + 4);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_slot_seq(slot), before + 6);
}

/* Otherwise: flushing a name would leave it, or take others with it. */
static void remove_takes_the_keys_variants_and_no_others(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key_of(table, 2);

	publish_of(table, &key, 1, ADDRESSES_SMALL, RB_SERVES_DO0);
	publish_of(table, &key, 1, ADDRESSES_MEDIUM, RB_SERVES_DO1);
	publish_of(table, &other, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_remove(table, &key, RB_SERVES_DO1), 1);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), 0);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO1, NULL), -ENOENT);
	assert_int_equal(rb_table_remove(table, &key, BOTH), 1);
	assert_int_equal(rb_table_remove(table, &key, BOTH), 0);
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO1, NULL), 0);
}

static int count_and_check(const struct rb_table *table, struct rb_table_ref ref,
			   const struct rb_record *record, void *context)
{
	struct rb_answer *answer;
	uint32_t number;
	struct rb_table_key key;

	assert_true(ref.index < table->tiers[ref.tier].buckets * RB_WAYS);
	assert_int_equal(rb_table_record_to_answer(record, &answer), 0);
	memcpy(&number, answer->body + 12, 4);
	key = key_of(table, number);
	assert_int_equal(record->qname_len, key.qname_len);
	assert_memory_equal(rb_table_record_qname(record), key.qname, key.qname_len);
	rb_answer_free(answer);
	return ++*(uint32_t *)context == 200 ? 7 : 0;
}

/* Otherwise: a dump would miss records, or show what is none. */
static void iteration_meets_every_record_once_until_it_is_stopped(void **state)
{
	struct rb_table *table = *state;
	uint32_t count = 0, kept = 0, i;

	for (i = 0; i < 150; i++) {
		struct rb_table_key key = key_of(table, i);

		publish_of(table, &key, i, (uint16_t)(1 + i % 40), BOTH);
	}
	/* Of two with the same tag by chance, a bucket keeps one. */
	for (i = 0; i < 150; i++) {
		struct rb_table_key key = key_of(table, i);

		kept += !lookup_of(table, &key, RB_SERVES_DO0, NULL);
	}
	assert_true(kept > 140);
	assert_int_equal(rb_table_iterate(table, count_and_check, &count), 0);
	assert_int_equal(count, kept);
	count = 100;
	assert_int_equal(rb_table_iterate(table, count_and_check, &count), 7);
}

/* Otherwise: the kernel and the workers would disagree on who is hot. */
static void lookup_marks_the_record_visited_and_renewal_keeps_the_mark(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_ref ref;
	struct rb_record *copy = calloc(1, RB_LARGE_BYTES);
	uint64_t *slot;

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, &ref), 0);
	slot = rb_slot_at(&table->tiers[ref.tier], ref.index);
	assert_int_equal(*rb_slot_marks(slot), RB_MARK_VISITED);
	*rb_slot_marks(slot) |= RB_MARK_REFRESH;
	publish_of(table, &key, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_read(table, ref, copy), 0);
	assert_int_equal(copy->marks, RB_MARK_VISITED);
	free(copy);
}

/* A key of the bucket whose hash ends with tag: its home are the tag's upper three bits. */
static struct rb_table_key neighbour_of(const struct rb_table *table, uint32_t number, uint16_t tag)
{
	struct rb_table_key key = key_of(table, number);

	key.hash = 0x1234567800000000ULL | tag;
	return key;
}

/*
 * Otherwise: records of a full table would stand where the kernel looks last; or be lost on their
 * way.
 */
static void record_away_from_home_makes_room_for_who_is_at_home(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key first = neighbour_of(table, 1, 3 << 13),
			    away = neighbour_of(table, 2, 3 << 13 | 0x40),
			    owner = neighbour_of(table, 3, 4 << 13);
	struct rb_table_ref ref;
	struct rb_answer *answer;
	uint32_t number;

	publish_of(table, &first, 1, ADDRESSES_SMALL, BOTH);
	publish_of(table, &away, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(table_lookup(table, &away, RB_SERVES_DO0, 0, &answer, &ref), 0);
	rb_answer_free(answer);
	assert_int_equal(ref.index % RB_WAYS, 4);
	assert_true(rb_table_claim_refresh(table, ref));

	publish_of(table, &owner, 3, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_number(table, &first, RB_SERVES_DO1, &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(lookup_number(table, &owner, RB_SERVES_DO1, &number), 0);
	assert_int_equal(number, 3);
	assert_int_equal(table_lookup(table, &owner, RB_SERVES_DO0, 0, &answer, &ref), 0);
	rb_answer_free(answer);
	assert_int_equal(ref.index % RB_WAYS, 4);
	assert_int_equal(lookup_number(table, &away, RB_SERVES_DO1, &number), 0);
	assert_int_equal(number, 2);
	assert_int_equal(table_lookup(table, &away, RB_SERVES_DO0, 0, &answer, &ref), 0);
	rb_answer_free(answer);
	assert_int_equal(ref.index % RB_WAYS, 5);
	/* Asked for at the old place, where nobody finds it: it has to be asked for again. */
	assert_true(rb_table_claim_refresh(table, ref));
	assert_int_equal(records_used(table), 3);

	/* Who is stored again goes home when that has become free. */
	assert_int_equal(rb_table_remove(table, &first, BOTH), 1);
	publish_of(table, &away, 4, ADDRESSES_SMALL, BOTH);
	assert_int_equal(table_lookup(table, &away, RB_SERVES_DO0, 0, &answer, &ref), 0);
	rb_answer_free(answer);
	assert_int_equal(ref.index % RB_WAYS, 3);
	assert_int_equal(records_used(table), 2);
}

/* Otherwise: nobody would see that the table is too small for what is asked. */
static void turnover_tells_renewal_from_eviction(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_turnover turnover;
	uint32_t i, names = table->tiers[RB_SMALL].buckets * RB_WAYS * 2;

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	rb_table_turnover(table, &turnover);
	assert_int_equal(turnover.stored, 2);
	assert_int_equal(turnover.replaced, 1);
	assert_int_equal(turnover.evicted, 0);
	/* In the place of what is void nothing is lost. */
	rb_table_bump_epoch(table);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	rb_table_turnover(table, &turnover);
	assert_int_equal(turnover.stored, 3);
	assert_int_equal(turnover.replaced + turnover.evicted, 1);
	for (i = 2; i < names; i++) {
		key = key_of(table, i);
		publish_of(table, &key, i, ADDRESSES_SMALL, BOTH);
	}
	rb_table_turnover(table, &turnover);
	assert_int_equal(turnover.stored, names + 1);
	assert_int_equal(turnover.replaced, 1);
	assert_int_equal(turnover.evicted, names - 1 - records_used(table));
}

/* The neighbours that are met, by their numbers, while the first one gives way to a newcomer. */
struct meeting {
	struct rb_table *table;
	const struct rb_table_key *first, *newcomer;
	unsigned int met[RB_WAYS + 1];
};

static int meet(const struct rb_table *table, struct rb_table_ref ref,
		const struct rb_record *record, void *context)
{
	struct meeting *meeting = context;
	struct rb_answer *answer;
	uint32_t number;

	(void)table;
	(void)ref;
	assert_int_equal(rb_table_record_to_answer(record, &answer), 0);
	memcpy(&number, answer->body + 12, 4);
	rb_answer_free(answer);
	meeting->met[number]++;
	if (number)
		return 0;
	rb_table_remove(meeting->table, meeting->first, BOTH);
	publish_of(meeting->table, meeting->newcomer, RB_WAYS, ADDRESSES_SMALL, BOTH);
	return 0;
}

/*
 * Otherwise: a sweep would not meet a record that a writer moves to where it has been already, and
 * a name that is blocked now would go on to be answered.
 */
static void nothing_is_moved_out_of_the_way_of_who_must_meet_all(void **state)
{
	/* Number 2 stands where the newcomer is at home, away from its own. */
	static const uint16_t homes[RB_WAYS + 1] = {0, 1, 1, 3, 4, 5, 6, 7, 2};
	struct rb_table *table = *state;
	struct rb_table_key keys[RB_WAYS + 1];
	struct meeting meeting = {.table = table, .first = &keys[0], .newcomer = &keys[RB_WAYS]};
	uint32_t i;

	for (i = 0; i <= RB_WAYS; i++) {
		keys[i] = neighbour_of(table, i, (uint16_t)(homes[i] << 13 | (i + 1) << 6));
		if (i < RB_WAYS)
			publish_of(table, &keys[i], i, ADDRESSES_SMALL, BOTH);
	}
	assert_int_equal(rb_table_iterate_all(table, meet, &meeting), 0);
	for (i = 0; i < RB_WAYS; i++)
		assert_int_equal(meeting.met[i], 1);
	assert_int_equal(lookup_of(table, &keys[RB_WAYS], RB_SERVES_DO0, NULL), 0);
	/* Afterwards a newcomer gets its home again. */
	rb_table_remove(table, &keys[RB_WAYS], BOTH);
	publish_of(table, &keys[RB_WAYS], RB_WAYS, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &keys[2], RB_SERVES_DO0, NULL), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TABLE_TEST(record_that_changes_its_tier_leaves_no_older_one),
		TABLE_TEST(sequence_only_grows_when_a_slot_changes_hands),
		TABLE_TEST(remove_takes_the_keys_variants_and_no_others),
		TABLE_TEST(iteration_meets_every_record_once_until_it_is_stopped),
		TABLE_TEST(record_away_from_home_makes_room_for_who_is_at_home),
		TABLE_TEST(nothing_is_moved_out_of_the_way_of_who_must_meet_all),
		TABLE_TEST(turnover_tells_renewal_from_eviction),
		TABLE_TEST(lookup_marks_the_record_visited_and_renewal_keeps_the_mark),
	};

	return table_run_tests("slots", tests, ARRAY_SIZE(tests));
}
