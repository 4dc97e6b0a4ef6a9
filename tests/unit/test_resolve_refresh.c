/* SPDX-License-Identifier: BSD-2-Clause */
/* Refreshes that end when their record's slot has another question's, or when it has moved. */
#include "resolve_fixture.h"

#include <errno.h>

#include "../kern/hash.h"

#define REFRESHED "a.silent.example" /* which is answered when a test says so */
#define HOUR_S    3600

/* One address, that ends with last; a negative lifetime: expired since. */
static void put(const struct world *world, const struct rb_table_key *key, uint8_t last, int ttl_s)
{
	static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 0};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = rb_answer_new(sizeof(record), 1);

	assert_non_null(answer);
	memcpy(answer->body, record, sizeof(record));
	answer->body[sizeof(record) - 1] = last;
	answer->body_len = sizeof(record);
	answer->ttl_offsets[0] = 6;
	answer->ttl_count = answer->ancount = 1;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA;
	answer->traits = RB_SERVES_DO0 | RB_SERVES_DO1;
	answer->ttl_s = HOUR_S;
	answer->expires_ns = rb_clock_ns() + (uint64_t)((int64_t)ttl_s * 1000000000);
	assert_int_equal(rb_table_publish(world->table, key, answer), 0);
}

static struct rb_table_key key_of(const struct world *world, const char *name)
{
	return job_make(world, name, RB_TYPE_A, 0).key;
}

/* Of a question whose record takes the place that the key's would take. */
static struct rb_table_key rival_of(const struct world *world, const struct rb_table_key *key)
{
	uint32_t buckets = world->table->tiers[RB_SMALL].buckets;
	struct rb_table_key rival;
	char name[32];

	for (unsigned int i = 0;; i++) {
		snprintf(name, sizeof(name), "n%u.plain.example", i);
		rival = key_of(world, name);
		if (rb_hash_bucket(rival.hash, buckets) == rb_hash_bucket(key->hash, buckets) &&
		    rb_hash_home(rival.hash) == rb_hash_home(key->hash))
			return rival;
	}
}

static struct rb_table_ref place_of(const struct world *world, const struct rb_table_key *key)
{
	struct rb_table_found found;

	if (rb_table_find(world->table, key, RB_SERVES_DO0, rb_clock_ns(), &found))
		assert_int_equal(rb_table_find_stale(world->table, key, RB_SERVES_DO0,
						     rb_clock_ns(), &found),
				 0);
	return found.ref;
}

/* The record's refresh is under way: its question is with the silent server. */
static struct rb_table_ref refresh_begin(struct world *world, const struct rb_table_key *key,
					 uint8_t *question, struct sockaddr_storage *from,
					 socklen_t *from_len)
{
	struct rb_table_ref ref = place_of(world, key);

	assert_true(rb_table_claim_refresh(world->table, ref));
	assert_int_equal(rb_resolvers_refresh(world->resolvers, 0, ref), 0);
	wait_for_question(world, question, from, from_len);
	return ref;
}

/* The slot is given to the rival, as a full bucket gives it. */
static void replace(const struct world *world, struct rb_table_ref ref,
		    const struct rb_table_key *key, const struct rb_table_key *rival, int ttl_s)
{
	struct rb_table_ref now;

	assert_int_equal(rb_table_remove(world->table, key, RB_SERVES_DO0 | RB_SERVES_DO1), 1);
	put(world, rival, 2, ttl_s);
	now = place_of(world, rival);
	assert_int_equal(now.tier, ref.tier);
	assert_int_equal(now.index, ref.index);
}

static void wait_until_unrefreshed(const struct world *world, uint64_t count)
{
	uint64_t end_ns = rb_clock_ns() + (uint64_t)WAIT_MS * 1000000;

	while (stats(world).unrefreshed < count) {
		assert_true(rb_clock_ns() < end_ns);
		assert_null(rb_resolvers_collect(world->resolvers, 0));
		usleep(1000);
	}
}

/* Otherwise: the other question would be refreshed twice at once, and a failure of its refresh
 * would not hold off the next. */
static void a_failed_refresh_leaves_the_claim_of_another_question_alone(void **state)
{
	struct world *world = *state;
	struct rb_table_key key = key_of(world, REFRESHED), rival = rival_of(world, &key);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	struct rb_table_ref ref;
	socklen_t from_len;

	start(world, 1, 1);
	put(world, &key, 1, HOUR_S);
	ref = refresh_begin(world, &key, question, &from, &from_len);
	replace(world, ref, &key, &rival, HOUR_S);
	assert_true(rb_table_claim_refresh(world->table, ref));
	/* What contexts of before say is not published: the claim is released at once. */
	assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	answer_question(world, question, &from, from_len);
	wait_until_unrefreshed(world, 1);
	assert_false(rb_table_claim_refresh(world->table, ref));
}

/* Otherwise: the record's refresh would not be asked for again until it is gone. */
static void a_failed_refresh_is_released_where_the_record_is_by_then(void **state)
{
	struct world *world = *state;
	struct rb_table_key key = key_of(world, REFRESHED), rival = rival_of(world, &key);
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	struct rb_table_ref ref;
	socklen_t from_len;

	start(world, 1, 1);
	put(world, &key, 1, HOUR_S);
	ref = refresh_begin(world, &key, question, &from, &from_len);
	replace(world, ref, &key, &rival, HOUR_S);
	put(world, &key, 1, HOUR_S);
	ref = place_of(world, &key);
	assert_true(rb_table_claim_refresh(world->table, ref));
	assert_int_equal(rb_resolvers_renew(world->resolvers, &world->config), 0);
	answer_question(world, question, &from, from_len);
	wait_until_unrefreshed(world, 1);
	assert_true(rb_table_claim_refresh(world->table, ref));
}

/* Otherwise: whoever breaks a zone's signatures, or spoofs its servers, would take away what was
 * validated, and may be served until its own signatures end. */
static void bogus_data_does_not_replace_a_record(void **state)
{
	struct world *world = *state;
	struct rb_table_key key = key_of(world, REFRESHED);
	static char text[8192 + 256];
	struct rb_table_found found;
	uint8_t question[QUESTION_MAX];
	struct sockaddr_storage from;
	socklen_t from_len;

	/* What comes unsigned is bogus. */
	snprintf(text, sizeof(text),
		 "server:\n  trust-anchor: \"silent.example. DS 1 13 2 "
		 "0000000000000000000000000000000000000000000000000000000000000000\"\n%s",
		 strchr(world->text, '\n') + 1);
	world->config.resolver_text = text;
	world->table->stale_ns = (uint64_t)HOUR_S * 1000000000;
	start(world, 1, 1);
	put(world, &key, 1, -1);
	refresh_begin(world, &key, question, &from, &from_len);
	answer_question(world, question, &from, from_len);
	while (!stats(world).bogus) {
		struct pollfd poll_fd = {.fd = world->silent_fd, .events = POLLIN};

		assert_null(rb_resolvers_collect(world->resolvers, 0));

		/* The keys are asked for, and found to be an address. */
		if (poll(&poll_fd, 1, 20) == 1) {
			wait_for_question(world, question, &from, &from_len);
			answer_question(world, question, &from, from_len);
		}
	}
	wait_until_unrefreshed(world, 1);
	assert_int_equal(
		rb_table_find_stale(world->table, &key, RB_SERVES_DO0, rb_clock_ns(), &found), 0);
	assert_int_equal(found.answer.flags & RB_FLAG_RCODE, 0);
	assert_int_equal(found.answer.body[found.answer.body_len - 1], 1);
}

/* Otherwise: a name that nobody asked to be refreshed would be asked for upstream. */
static void who_took_the_slot_before_the_refresh_began_is_not_refreshed(void **state)
{
	struct world *world = *state;
	struct rb_table_key key = key_of(world, REFRESHED), rival = rival_of(world, &key);
	struct rb_table_ref ref;

	start(world, 1, 1);
	put(world, &key, 1, HOUR_S);
	ref = place_of(world, &key);
	assert_true(rb_table_claim_refresh(world->table, ref));
	replace(world, ref, &key, &rival, HOUR_S);
	assert_int_equal(rb_resolvers_refresh(world->resolvers, 0, ref), -ESTALE);
	assert_true(rb_table_claim_refresh(world->table, ref));
	assert_int_equal(stats(world).submitted, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		CASE(a_failed_refresh_leaves_the_claim_of_another_question_alone),
		CASE(a_failed_refresh_is_released_where_the_record_is_by_then),
		CASE(bogus_data_does_not_replace_a_record),
		CASE(who_took_the_slot_before_the_refresh_began_is_not_refreshed),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}
