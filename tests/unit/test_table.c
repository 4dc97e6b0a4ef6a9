/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table stores, what it answers, and what it must not. */
#include "lib/lookup.h"
#include "table_fixture.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Otherwise: what was resolved would not be what is answered. */
static void what_was_published_is_found_in_every_tier_and_variant(void **state)
{
	static const uint16_t addresses[RB_TIERS] = {ADDRESSES_SMALL, ADDRESSES_MEDIUM,
						     ADDRESSES_LARGE};
	struct rb_table *table = *state;
	unsigned int tier;
	uint8_t serves;

	for (tier = 0; tier < RB_TIERS; tier++) {
		for (serves = 1; serves <= BOTH; serves++) {
			struct rb_table_key key = key_of(table, tier * 10 + serves);
			struct rb_answer *answer, *found;
			struct rb_table_ref ref;
			uint8_t variant;

			answer = answer_of(serves, addresses[tier], serves, HOUR_S);
			answer->traits |= RB_SECURE;
			answer->ede = 4;
			assert_int_equal(rb_table_publish(table, &key, answer), 0);
			for (variant = 1; variant <= 2; variant++) {
				int err = table_lookup(table, &key, variant, rb_clock_ns(), &found,
						       &ref);

				assert_int_equal(err, serves & variant ? 0 : -ENOENT);
				if (err)
					continue;
				assert_int_equal(ref.tier, tier);
				assert_answers_equal(answer, found);
				rb_answer_free(found);
			}
			rb_answer_free(answer);
		}
	}
}

/* Otherwise: a name would get another name's addresses. */
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

/* Otherwise: a question for one type would get the answer of another. */
static void another_type_with_the_same_hash_is_not_answered(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1), other = key;

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	other.qtype = RB_TYPE_AAAA;
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO0, NULL), -ENOENT);
	/* A prefix of the name's bytes is another name. */
	other = key;
	other.qname_len--;
	assert_int_equal(lookup_of(table, &other, RB_SERVES_DO0, NULL), -ENOENT);
}

/* Otherwise: who asks without DO would get signatures, or the older of two answers. */
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

/* Otherwise: answers would be given that their owner has withdrawn. */
static void nothing_is_answered_at_or_after_its_expiry(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(1, ADDRESSES_SMALL, BOTH, 60), *found;

	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	assert_int_equal(
		table_lookup(table, &key, RB_SERVES_DO0, answer->expires_ns - 1, &found, NULL), 0);
	rb_answer_free(found);
	assert_int_equal(table_lookup(table, &key, RB_SERVES_DO0, answer->expires_ns, &found, NULL),
			 -ENOENT);
	rb_answer_free(answer);
}

/* Otherwise: a reload would leave answers of the old policy in force. */
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

/*
 * Otherwise: a flood of answers that cannot be stored would go unnoticed, or overwrite neighbours.
 */
static void what_cannot_be_stored_is_refused(void **state)
{
	static const uint8_t zero_inside[] = {3, 'a', 0, 'b', 0};
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(1, 85, BOTH, HOUR_S);

	assert_int_equal(rb_table_publish(table, &key, answer), -EMSGSIZE);
	assert_int_equal(rb_table_remove(table, &key, BOTH), 1);
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
	assert_int_equal(rb_table_key_init(table, zero_inside, sizeof(zero_inside), RB_TYPE_A,
					   &key),
			 -EINVAL);
	assert_int_equal(records_used(table), 0);
}

/* Otherwise: what is no answer would be given as one, or what there was before for ever. */
static void what_is_too_large_leaves_a_stub_that_nobody_finds(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *large = answer_of(1, 85, BOTH, HOUR_S);
	struct rb_table_found found;

	rb_table_set_stale(table, UINT64_MAX, 30);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(rb_table_publish(table, &key, large), -EMSGSIZE);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), -ENOENT);
	assert_int_equal(rb_table_find(table, &key, RB_SERVES_DO1, rb_clock_ns(), &found),
			 -EMSGSIZE);
	assert_int_equal(found.answer.body_len, large->body_len);
	assert_int_equal(found.answer.ancount, 1);
	assert_int_equal(found.answer.ttl_count, 0);
	assert_null(found.answer.body);
	assert_int_equal(rb_table_find_stale(table, &key, RB_SERVES_DO1, large->expires_ns + 1,
					     &found),
			 -ENOENT);
	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(records_used(table), 1);
	assert_int_equal(lookup_of(table, &key, RB_SERVES_DO0, NULL), 0);
	rb_answer_free(large);
}

/* Otherwise: serve-expired would go on with what nobody can validate any more. */
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

/* Otherwise: serve-expired-ttl-reset would do nothing, or keep answers longer than signatures hold. */
static void what_has_expired_begins_to_be_stale_anew(void **state)
{
	struct rb_table *table = *state;
	uint64_t now_ns = rb_clock_ns();

	rb_table_set_stale(table, 100 * RB_NS_PER_S, 30);
	for (uint32_t is_signed = 0; is_signed < 2; is_signed++) {
		struct rb_table_key key = key_of(table, is_signed);
		struct rb_answer *answer = answer_of(is_signed, 1, BOTH | RB_SECURE, 1);
		uint64_t expires_ns = answer->expires_ns, reset_ns = expires_ns + 90 * RB_NS_PER_S;
		struct rb_table_found found;

		assert_true(expires_ns > now_ns);
		if (is_signed)
			answer->signed_until_ns = expires_ns + 1000 * RB_NS_PER_S;
		assert_int_equal(rb_table_publish(table, &key, answer), 0);
		/* Still fresh: it stays so. */
		rb_table_expire_anew(table, &key, RB_SERVES_DO0, expires_ns - 1);
		assert_int_equal(rb_table_find(table, &key, RB_SERVES_DO0, expires_ns - 1, &found),
				 0);
		rb_table_expire_anew(table, &key, RB_SERVES_DO0, reset_ns);
		assert_int_equal(rb_table_find(table, &key, RB_SERVES_DO0, reset_ns + 1, &found),
				 -ENOENT);
		assert_int_equal(rb_table_find_stale(table, &key, RB_SERVES_DO0,
						     reset_ns + 99 * RB_NS_PER_S, &found),
				 is_signed ? -ENOENT : 0);
		rb_answer_free(answer);
	}
}

/* Otherwise: a record could not say for how long it lives, and would live for another time. */
static void a_long_life_is_cut_to_what_a_record_can_say(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	struct rb_answer *answer = answer_of(1, 1, BOTH, INT32_MAX), *found;
	uint64_t cut_ns = (INT32_MAX - RB_TTL_MAX_S) * RB_NS_PER_S;

	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	assert_int_equal(table_lookup(table, &key, RB_SERVES_DO0, 0, &found, NULL), 0);
	assert_int_equal(found->ttl_s, RB_TTL_MAX_S);
	assert_int_equal(found->expires_ns, answer->expires_ns - cut_ns);
	rb_answer_free(found);
	rb_answer_free(answer);
}

/* Otherwise: TTLs behind long RDATA would not age, or other bytes would. */
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
	assert_int_equal(table_lookup(table, &key, RB_SERVES_DO0, 0, &found, NULL), 0);
	assert_answers_equal(answer, found);
	rb_answer_free(found);
	rb_answer_free(answer);
}

/* Otherwise: a worker's replies would differ from what a lookup tells of the record. */
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
	assert_int_equal(table_lookup(table, &key, RB_SERVES_DO0, 0, &answer, NULL), 0);
	assert_answers_equal(answer, &found.answer);
	rb_answer_free(answer);
}

/* Otherwise: a damaged table would make a reader write beyond its list of TTLs. */
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

/* What a child of this process has of the table's memory. */
enum child_has {
	CHILD_HAS_ALL,
	CHILD_HAS_NOTHING,
	CHILD_HAS_PART,
};

static bool is_mapped(const void *memory)
{
	unsigned char resident;

	return !mincore((void *)(uintptr_t)memory, 1, &resident);
}

static enum child_has child_has(const struct rb_table *table)
{
	unsigned int tier, mapped = 0;
	int status;
	pid_t pid = fork();

	if (!pid) {
		for (tier = 0; tier < RB_TIERS; tier++)
			mapped += is_mapped(table->tiers[tier].tags) +
				  is_mapped(table->tiers[tier].records);
		_exit(mapped == 2 * RB_TIERS ? CHILD_HAS_ALL
		      : mapped               ? CHILD_HAS_PART
					     : CHILD_HAS_NOTHING);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Otherwise: a server would have no table, or each start of a resolver would take as long as it is
 * large. */
static void a_child_has_the_table_unless_it_is_withheld(void **state)
{
	struct rb_table *table = *state;
	struct rb_table_key key = key_of(table, 1);
	uint32_t number;

	publish_of(table, &key, 1, ADDRESSES_SMALL, BOTH);
	assert_int_equal(child_has(table), CHILD_HAS_ALL);
	assert_int_equal(rb_table_bequeath(table, RB_TABLE_WITHHELD), 0);
	assert_int_equal(child_has(table), CHILD_HAS_NOTHING);
	assert_int_equal(lookup_number(table, &key, RB_SERVES_DO0, &number), 0);
	assert_int_equal(rb_table_bequeath(table, RB_TABLE_INHERITED), 0);
	assert_int_equal(child_has(table), CHILD_HAS_ALL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TABLE_TEST(what_was_published_is_found_in_every_tier_and_variant),
		TABLE_TEST(another_name_with_the_same_hash_is_not_answered),
		TABLE_TEST(another_type_with_the_same_hash_is_not_answered),
		TABLE_TEST(record_for_both_variants_replaces_those_of_each),
		TABLE_TEST(nothing_is_answered_at_or_after_its_expiry),
		TABLE_TEST(new_epoch_makes_older_records_misses),
		TABLE_TEST(what_cannot_be_stored_is_refused),
		TABLE_TEST(what_is_too_large_leaves_a_stub_that_nobody_finds),
		TABLE_TEST(a_stale_record_ends_with_its_signatures),
		TABLE_TEST(what_has_expired_begins_to_be_stale_anew),
		TABLE_TEST(a_long_life_is_cut_to_what_a_record_can_say),
		TABLE_TEST(ttls_far_apart_are_found_again),
		TABLE_TEST(what_is_found_in_place_equals_the_answer_of_its_own),
		TABLE_TEST(a_record_with_more_ttls_than_any_is_none),
		TABLE_TEST(a_child_has_the_table_unless_it_is_withheld),
	};

	return table_run_tests("table", tests, ARRAY_SIZE(tests));
}
