/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table stores, what it answers, and what it must not: in plain memory and in BPF maps. */
#include "table_fixture.h"

#include <errno.h>

#include "lib/pins.h"
#include "table/slot.h"

#define TABLE_BYTES (4U << 20)
#define BOTH        (RB_SERVES_DO0 | RB_SERVES_DO1)

/* pin_dir is the only difference between the two runs of the tests. */
static const char *pin_dir;

static int table_setup(void **state)
{
	struct rb_table *table;

	if (pin_dir)
		pins_remove(pin_dir);
	if (rb_table_open(pin_dir, RB_TABLE_WRITE, TABLE_BYTES, &table))
		return -1;
	*state = table;
	return 0;
}

static int table_teardown(void **state)
{
	rb_table_close(*state);
	if (pin_dir) {
		pins_remove(pin_dir);
	}
	return 0;
}

/* Else what was resolved would not be what is answered. */
static void what_was_published_is_found_in_every_class_and_variant(void **state)
{
	static const uint16_t addresses[RB_CLASSES] = {ADDRESSES_SMALL, ADDRESSES_MEDIUM,
						       ADDRESSES_LARGE};
	struct rb_table *table = *state;
	unsigned int class;
	uint8_t serves;

	for (class = 0; class < RB_CLASSES; class ++) {
		for (serves = 1; serves <= BOTH; serves++) {
			struct rb_table_key key = key_of(table, class * 10 + serves);
			struct rb_answer *answer, *found;
			struct rb_table_place place;
			uint8_t variant;

			answer = answer_of(serves, addresses[class], serves, HOUR_S);
			answer->traits |= RB_SECURE;
			answer->ede = 4;
			assert_int_equal(rb_table_publish(table, &key, answer), 0);
			for (variant = 1; variant <= 2; variant++) {
				int err = rb_table_lookup(table, &key, variant, rb_clock_ns(),
							  &found, &place);

				assert_int_equal(err, serves & variant ? 0 : -ENOENT);
				if (err)
					continue;
				assert_int_equal(place.class, class);
				assert_answers_equal(answer, found);
				rb_answer_free(found);
			}
			rb_answer_free(answer);
		}
	}
}

/* Else a name would get another name's addresses. */
static void another_name_with_the_same_hash_is_not_answered(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key_of(table, 2);
	uint32_t number;

	other.hash = key.hash;
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO0, NULL), -ENOENT);
	/* Two tags that serve one question would hide each other: the newer replaces the older. */
	publish_of(table, &other, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), -ENOENT);
	assert_int_equal(lookup_number(table, &other, RB_SERVES_DO0, &number), 0);
	assert_int_equal(number, 2);
	assert_int_equal(records_used(table), 1);
}

/* Else a question for one type, or of one view, would get the answer of another. */
static void another_type_or_view_with_the_same_hash_is_not_answered(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key;

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	other.qtype = RB_TYPE_AAAA;
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO0, NULL), -ENOENT);
	other.qtype = key.qtype;
	other.view = 1;
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO0, NULL), -ENOENT);
	/* A prefix of the name's bytes is another name. */
	other = key;
	other.qname_len--;
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO0, NULL), -ENOENT);
}

/* Else who asks without DO would get signatures, or the older of two answers. */
static void record_for_both_variants_replaces_those_of_each(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	uint32_t number;

	publish_of(table, &key, 10, ADDRESSES_SMALL, RB_SERVES_DO0);
	publish_of(table, &key, 20, ADDRESSES_SMALL, RB_SERVES_DO1);
	assert_int_equal(records_used(table), 2);
	publish_of(table, &key, 30, ADDRESSES_SMALL, BOTH);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(lookup_number(table, &key, RB_SERVES_DO0, &number), 0);
	assert_int_equal(number, 30);
	publish_of(table, &key, 40, ADDRESSES_SMALL, RB_SERVES_DO1);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), -ENOENT);
}

/* Else an answer that has grown would leave the old, smaller one to be answered. */
static void record_that_changes_its_class_leaves_no_older_one(void **state)
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

/* Else answers would be given that their owner has withdrawn. */
static void nothing_is_answered_at_or_after_its_expiry(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(1, ADDRESSES_SMALL, BOTH, 60), *found;

	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	assert_int_equal(rb_table_lookup(table, &key, RB_SERVES_DO0, answer->expires_ns - 1, &found,
					 NULL),
			 0);
	rb_answer_free(found);
	assert_int_equal(rb_table_lookup(table, &key, RB_SERVES_DO0, answer->expires_ns, &found,
					 NULL),
			 -ENOENT);
	rb_answer_free(answer);
}

/* Else a reload would leave answers of the old policy in force. */
static void new_epoch_makes_older_records_misses(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_bump_epoch(table), 2);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), -ENOENT);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), 0);
	table->control->epoch = UINT32_MAX;
	assert_int_equal(rb_table_bump_epoch(table), 1);
}

/* Else a flood of answers that cannot be stored would go unnoticed, or overwrite neighbours. */
static void what_cannot_be_stored_is_refused(void **state)
{
	static const uint8_t zero_inside[] = {3, 'a', 0, 'b', 0};
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(1, 85, BOTH, HOUR_S);

	assert_int_equal(rb_table_publish(table, &key, answer), -EMSGSIZE);
	rb_answer_free(answer);
	answer = answer_of(1, 1, BOTH, 0);
	assert_int_equal(rb_table_publish(table, &key, answer), -EINVAL);
	answer->ttl_s = 1;
	answer->ttl_offsets[0] = 13;
	assert_int_equal(rb_table_publish(table, &key, answer), -EINVAL);
	answer->ttl_offsets[0] = RR_A_TTL;
	answer->signed_until_ns = answer->expires_ns - 1;
	assert_int_equal(rb_table_publish(table, &key, answer), -EINVAL);
	answer->signed_until_ns = RB_SIGNATURES_ENDLESS;
	answer->traits = 0;
	assert_int_equal(rb_table_publish(table, &key, answer), -EINVAL);
	rb_answer_free(answer);
	assert_int_equal(rb_table_key_init(table, zero_inside, sizeof(zero_inside), RB_TYPE_A, 0,
					   &key),
			 -EINVAL);
	assert_int_equal(records_used(table), 0);
}

/* Else serve-expired would go on with what nobody can validate any more. */
static void a_stale_record_ends_with_its_signatures(void **state)
{
	static const struct {
		uint64_t signed_s, past_s;
		int err;
	} cases[] = {
		{64, 1, 0}, {64, 34, 0}, {64, 35, -ENOENT}, {29, 0, -ENOENT}, {0, 1 << 30, 0},
	};
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_found found;

	rb_table_set_stale(table, UINT64_MAX, 30);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_answer *answer = answer_of(1, 1, BOTH | RB_SECURE, 1);
		uint64_t expires_ns = answer->expires_ns;

		if (cases[i].signed_s)
			answer->signed_until_ns = expires_ns + cases[i].signed_s * RB_NS_PER_S;
		assert_int_equal(rb_table_publish(table, &key, answer), 0);
		assert_int_equal(rb_table_find_stale(table, &key, RB_SERVES_DO0,
						     expires_ns + cases[i].past_s * RB_NS_PER_S,
						     &found),
				 cases[i].err);
		rb_answer_free(answer);
	}
}

/* Else a record could not say for how long it lives, and would live for another time. */
static void a_long_life_is_cut_to_what_a_record_can_say(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(1, 1, BOTH, INT32_MAX), *found;
	uint64_t cut_ns = (INT32_MAX - RB_TTL_MAX_S) * RB_NS_PER_S;

	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	assert_int_equal(rb_table_lookup(table, &key, RB_SERVES_DO0, 0, &found, NULL), 0);
	assert_int_equal(found->ttl_s, RB_TTL_MAX_S);
	assert_int_equal(found->expires_ns, answer->expires_ns - cut_ns);
	rb_answer_free(found);
	rb_answer_free(answer);
}

/* Else TTLs behind long RDATA would not age, or other bytes would. */
static void ttls_far_apart_are_found_again(void **state)
{
	static const uint16_t offsets[] = {0, 254, 509, 765, 1275};
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = rb_answer_new(1300, ARRAY_SIZE(offsets)), *found;

	answer->expires_ns = UINT64_MAX;
	answer->ttl_s = 1;
	answer->traits = BOTH;
	answer->body_len = 1300;
	answer->ttl_count = ARRAY_SIZE(offsets);
	memcpy(answer->ttl_offsets, offsets, sizeof(offsets));
	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	assert_int_equal(rb_table_lookup(table, &key, RB_SERVES_DO0, 0, &found, NULL), 0);
	assert_answers_equal(answer, found);
	rb_answer_free(found);
	rb_answer_free(answer);
}

/* Else a worker's replies would differ from what a lookup tells of the record. */
static void what_is_found_in_place_equals_the_answer_of_its_own(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key_of(table, 2);
	struct rb_table_found found;
	struct rb_answer *answer;

	publish_of(table, &key, 1, ADDRESSES_MEDIUM, BOTH);
	assert_int_equal(rb_table_find(table, &other, RB_SERVES_DO0, 0, &found), -ENOENT);
	assert_int_equal(rb_table_find_stale(table, &key, RB_SERVES_DO0, UINT64_MAX, &found),
			 -ENOENT);
	assert_int_equal(rb_table_find(table, &key, RB_SERVES_DO0, 0, &found), 0);
	assert_int_equal(rb_table_lookup(table, &key, RB_SERVES_DO0, 0, &answer, NULL), 0);
	assert_answers_equal(answer, &found.answer);
	rb_answer_free(answer);
}

/* Else a damaged table would make a reader write beyond its list of TTLs. */
static void a_record_with_more_ttls_than_any_is_none(void **state)
{
	struct rb_table_found found;

	(void)state;
	memset(&found, 0, sizeof(found));
	memset(found.bytes + RB_RECORD_HEADER, 4, sizeof(found.bytes) - RB_RECORD_HEADER);
	found.record.body_len = 1000;
	found.record.ttl_steps = RB_TTL_STEPS_MAX + 1;
	assert_int_equal(rb_table_record_view(&found.record, found.ttl_offsets, &found.answer),
			 -EBADMSG);
	found.record.ttl_steps = RB_TTL_STEPS_MAX;
	assert_int_equal(rb_table_record_view(&found.record, found.ttl_offsets, &found.answer), 0);
	assert_int_equal(found.answer.ttl_count, RB_TTL_STEPS_MAX);
}

/* Else a reader that slept through the reuse of a slot would take a mixture for a record. */
static void sequence_only_grows_when_a_slot_changes_hands(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key_of(table, 2);
	struct rb_table_place place;
	const uint64_t *slot;
	uint32_t before;

	other.hash = key.hash;
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, &place), 0);
	slot = rb_slot_at(&table->classes[place.class], place.index);
	before = rb_slot_seq(slot);
	assert_int_equal(before, 2);
	publish_of(table, &other, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_slot_seq(slot), before + 2);
	assert_int_equal(rb_table_remove(table, &other, BOTH), 1);
	assert_int_equal(rb_slot_seq(slot), before + 4);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_slot_seq(slot), before + 6);
}

/* Else flushing a name would leave it, or take others with it. */
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

static int count_and_check(const struct rb_table *table, struct rb_table_place place,
			   const struct rb_record *record, void *context)
{
	struct rb_answer *answer;
	uint32_t number;
	struct rb_table_key key;

	assert_true(place.index < table->classes[place.class].buckets * RB_WAYS);
	assert_int_equal(rb_table_record_to_answer(record, &answer), 0);
	memcpy(&number, answer->body + 12, 4);
	key = key_of(table, number);
	assert_int_equal(record->qname_len, key.qname_len);
	assert_memory_equal(rb_table_record_qname(record), key.qname, key.qname_len);
	rb_answer_free(answer);
	return ++*(uint32_t *)context == 200 ? 7 : 0;
}

/* Else a dump would miss records, or show what is none. */
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

/* Else the kernel and the workers would disagree on who is hot. */
static void lookup_marks_the_record_visited_and_renewal_keeps_the_mark(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_place place;
	struct rb_record *copy = calloc(1, RB_LARGE_BYTES);
	uint64_t *slot;

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, &place), 0);
	slot = rb_slot_at(&table->classes[place.class], place.index);
	assert_int_equal(*rb_slot_marks(slot), RB_MARK_VISITED);
	*rb_slot_marks(slot) |= RB_MARK_REFRESH;
	publish_of(table, &key, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_read(table, place, copy), 0);
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

/* Else records of a full table would stand where the kernel looks last; or be lost on their way. */
static void record_away_from_home_makes_room_for_who_is_at_home(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key first = neighbour_of(table, 1, 3 << 13),
			    away = neighbour_of(table, 2, 3 << 13 | 0x40),
			    owner = neighbour_of(table, 3, 4 << 13);
	struct rb_table_place place;
	struct rb_answer *answer;
	uint32_t number;

	publish_of(table, &first, 1, ADDRESSES_SMALL, BOTH);
	publish_of(table, &away, 2, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_lookup(table, &away, RB_SERVES_DO0, 0, &answer, &place), 0);
	rb_answer_free(answer);
	assert_int_equal(place.index % RB_WAYS, 4);
	assert_true(rb_table_claim_refresh(table, place));

	publish_of(table, &owner, 3, ADDRESSES_SMALL, BOTH);
	assert_int_equal(lookup_number(table, &first, RB_SERVES_DO1, &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(lookup_number(table, &owner, RB_SERVES_DO1, &number), 0);
	assert_int_equal(number, 3);
	assert_int_equal(rb_table_lookup(table, &owner, RB_SERVES_DO0, 0, &answer, &place), 0);
	rb_answer_free(answer);
	assert_int_equal(place.index % RB_WAYS, 4);
	assert_int_equal(lookup_number(table, &away, RB_SERVES_DO1, &number), 0);
	assert_int_equal(number, 2);
	assert_int_equal(rb_table_lookup(table, &away, RB_SERVES_DO0, 0, &answer, &place), 0);
	rb_answer_free(answer);
	assert_int_equal(place.index % RB_WAYS, 5);
	/* Asked for at the old place, where nobody finds it: it has to be asked for again. */
	assert_true(rb_table_claim_refresh(table, place));
	assert_int_equal(records_used(table), 3);

	/* Who is stored again goes home when that has become free. */
	assert_int_equal(rb_table_remove(table, &first, BOTH), 1);
	publish_of(table, &away, 4, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_lookup(table, &away, RB_SERVES_DO0, 0, &answer, &place), 0);
	rb_answer_free(answer);
	assert_int_equal(place.index % RB_WAYS, 3);
	assert_int_equal(records_used(table), 2);
}

/* Else nobody would see that the table is too small for what is asked. */
static void turnover_tells_renewal_from_eviction(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_table_turnover turnover;
	uint32_t i, names = table->classes[RB_SMALL].buckets * RB_WAYS * 2;

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

static const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, table_setup, table_teardown)
	T(what_was_published_is_found_in_every_class_and_variant),
	T(another_name_with_the_same_hash_is_not_answered),
	T(another_type_or_view_with_the_same_hash_is_not_answered),
	T(record_for_both_variants_replaces_those_of_each),
	T(record_that_changes_its_class_leaves_no_older_one),
	T(nothing_is_answered_at_or_after_its_expiry),
	T(new_epoch_makes_older_records_misses),
	T(what_cannot_be_stored_is_refused),
	T(a_stale_record_ends_with_its_signatures),
	T(a_long_life_is_cut_to_what_a_record_can_say),
	T(ttls_far_apart_are_found_again),
	T(what_is_found_in_place_equals_the_answer_of_its_own),
	T(a_record_with_more_ttls_than_any_is_none),
	T(sequence_only_grows_when_a_slot_changes_hands),
	T(remove_takes_the_keys_variants_and_no_others),
	T(iteration_meets_every_record_once_until_it_is_stopped),
	T(record_away_from_home_makes_room_for_who_is_at_home),
	T(turnover_tells_renewal_from_eviction),
	T(lookup_marks_the_record_visited_and_renewal_keeps_the_mark),
#undef T
};

int main(void)
{
	int failed = cmocka_run_group_tests_name("table in plain memory", tests, NULL, NULL);
	char path[PINS_PATH_MAX];
	struct rb_table *table;
	int err;

	pins_name(path);
	err = rb_table_open(path, RB_TABLE_WRITE, TABLE_BYTES, &table);
	if (err) {
		printf("table in BPF maps: skipped, %s\n", strerror(-err));
		return failed;
	}
	rb_table_close(table);
	pin_dir = path;
	return failed + cmocka_run_group_tests_name("table in BPF maps", tests, NULL, NULL);
}
