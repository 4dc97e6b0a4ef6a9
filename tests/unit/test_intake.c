/* SPDX-License-Identifier: BSD-2-Clause */
/* What may go into the table past the resolvers, and what stays there. */
#include "table_fixture.h"

#include "config_fixture.h"

#include "config/fingerprint.h"
#include "lib/store.h"
#include "dns/name.h"
#include "policy/guard.h"
#include "store/intake.h"

#define BOTH   (RB_SERVES_DO0 | RB_SERVES_DO1)
#define MANY   1000000U
#define ANCHOR "trust-anchor: \"signed.example. DS 1 13 2 " DIGEST "\"\n"
#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static unsigned int ask(const struct rb_guard *guard, const char *text)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(text, name);

	assert_true(len > 0);
	return rb_guard_ask(guard, name, (size_t)len, RB_TYPE_A);
}

static const struct {
	const char *text, *name;
	unsigned int guarded;
} guards[] = {
	{"server:\n", "www.example", 0},
	{"server:\n" ANCHOR, "www.example", 0},
	{"server:\n" ANCHOR, "signed.example", RB_GUARD_VALIDATED},
	{"server:\n" ANCHOR, "a.b.signed.example", RB_GUARD_VALIDATED},
	{"server:\n" ANCHOR, "unsigned.example", 0},
	{"server:\n" ANCHOR "domain-insecure: \"b.signed.example\"\n", "a.b.signed.example", 0},
	{"server:\n" ANCHOR "domain-insecure: \"b.signed.example\"\n", "c.signed.example",
	 RB_GUARD_VALIDATED},
	{"server:\n" ANCHOR "module-config: \"iterator\"\n", "signed.example", 0},
	{"server:\nlocal-zone: \"ads.example\" always_nxdomain\n", "x.ads.example", RB_GUARD_LOCAL},
	{"server:\nlocal-zone: \"ads.example\" always_nxdomain\n", "xads.example", 0},
	{"server:\nlocal-zone: \"ads.example\" static\nlocal-zone: \"ok.ads.example\" transparent\n",
	 "a.ok.ads.example", 0},
	{"server:\nlocal-data: \"Host.Example. 60 IN A 192.0.2.1\"\n", "host.example",
	 RB_GUARD_LOCAL},
	{"server:\nlocal-data: \"host.example. 60 IN A 192.0.2.1\"\n", "a.host.example", 0},
	{"server:\nlocal-data-ptr: \"203.0.114.1 host.example\"\n", "1.114.0.203.in-addr.arpa",
	 RB_GUARD_LOCAL},
	{"server:\n", "1.0.0.10.in-addr.arpa", RB_GUARD_LOCAL},
	{"server:\n", "1.20.172.in-addr.arpa", RB_GUARD_LOCAL},
	{"server:\n", "1.32.172.in-addr.arpa", 0},
	{"server:\n", "a.test", RB_GUARD_LOCAL},
	{"server:\nlocal-zone: \"test\" nodefault\n", "a.test", 0},
	{"server:\nunblock-lan-zones: yes\n", "1.0.0.10.in-addr.arpa", 0},
	{"server:\nunblock-lan-zones: yes\n", "localhost", RB_GUARD_LOCAL},
};

/* Else preloaded data would unblock what is blocked, or stand in for what must be validated. */
static void names_with_local_answers_and_below_anchors_are_known(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(guards); i++) {
		struct rb_config *config = read_text(guards[i].text, 0);
		struct rb_guard *guard;

		assert_int_equal(rb_guard_new(config->resolver_text, &config->anchors,
					      config->policy, &guard),
				 0);
		if (ask(guard, guards[i].name) != guards[i].guarded)
			fail_msg("%s of %s", guards[i].name, guards[i].text);
		rb_guard_free(guard);
		rb_config_free(config);
	}
}

/* Else whoever preloads a zone that nobody signs would have to vouch for it. */
static void anchors_in_files_guard_their_zones_alone(void **state)
{
	struct rb_config *config;
	struct rb_guard *guard;
	char text[256];
	struct lab lab;

	(void)state;
	lab_open(&lab);
	lab_file(&lab, "a", "RB.example. DS 1 13 2 " DIGEST "\n");
	lab_file(&lab, "b", "auto.example. DS 1 13 2 " DIGEST "\n");
	snprintf(text, sizeof(text),
		 "server:\ndirectory: \"%s\"\ntrust-anchor-file: a\n"
		 "auto-trust-anchor-file: b\ndomain-insecure: \"in.rb.example\"\n",
		 lab.path);
	config = read_text(text, 0);
	lab_close(&lab);
	assert_int_equal(rb_guard_new(config->resolver_text, &config->anchors, NULL, &guard), 0);
	assert_int_equal(ask(guard, "pre.example"), 0);
	assert_int_equal(ask(guard, "www.rb.example"), RB_GUARD_VALIDATED);
	assert_int_equal(ask(guard, "auto.example"), RB_GUARD_VALIDATED);
	assert_int_equal(ask(guard, "www.in.rb.example"), 0);
	rb_guard_free(guard);
	rb_config_free(config);
}

struct world {
	struct rb_config *config;
	struct rb_table *table;
	struct rb_intake *intake;
	char *bytes;
	size_t len;
	FILE *file;
	struct rb_store_writer writer;
};

static void world_open(struct world *world, const char *text, size_t table_bytes)
{
	memset(world, 0, sizeof(*world));
	world->config = read_text(text, 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, table_bytes, &world->table), 0);
}

static void world_close(struct world *world)
{
	rb_intake_free(world->intake);
	rb_table_close(world->table);
	rb_config_free(world->config);
	free(world->bytes);
}

static void stream_begin(struct world *world, uint32_t fingerprint)
{
	free(world->bytes);
	world->bytes = NULL;
	world->file = open_memstream(&world->bytes, &world->len);
	assert_int_equal(rb_store_begin(&world->writer, world->file, fingerprint, rb_store_now()),
			 0);
}

static void put(struct world *world, const char *text, const struct rb_answer *answer)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(text, name);
	const struct rb_store_record record = {
		.qname = name, .qname_len = (uint16_t)len, .qtype = RB_TYPE_A, .answer = answer};

	assert_true(len > 0);
	assert_int_equal(rb_store_put(&world->writer, &record), 0);
}

static void put_of(struct world *world, const char *text, uint8_t traits)
{
	struct rb_answer *answer = answer_of(7, 1, BOTH | traits, HOUR_S);

	put(world, text, answer);
	rb_answer_free(answer);
}

static int take(struct world *world, unsigned int flags)
{
	const char *from = world->bytes;
	size_t left;
	int err;

	assert_int_equal(rb_store_end(&world->writer), 0);
	fclose(world->file);
	from = world->bytes;
	left = world->len;
	rb_intake_free(world->intake);
	assert_int_equal(rb_intake_new(world->config, world->table, flags, &world->intake), 0);
	do {
		size_t room;
		uint8_t *bytes = rb_intake_room(world->intake, &room);

		room = room < left ? room : left;
		memcpy(bytes, from, room);
		from += room;
		left -= room;
		err = rb_intake_filled(world->intake, room);
	} while (!err && left);
	return err;
}

/* NULL: not there. */
static struct rb_answer *found_of(const struct world *world, const char *text, uint8_t serves)
{
	struct rb_answer *answer = NULL;
	struct rb_table_key key;
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(text, name);

	assert_int_equal(rb_table_key_init(world->table, name, (size_t)len, RB_TYPE_A, 0, &key), 0);
	rb_table_lookup(world->table, &key, serves, rb_clock_ns(), &answer, NULL);
	return answer;
}

static struct rb_answer *found(const struct world *world, const char *text)
{
	return found_of(world, text, RB_SERVES_DO0);
}

static bool is_there(const struct world *world, const char *text)
{
	struct rb_answer *answer = found(world, text);

	rb_answer_free(answer);
	return answer != NULL;
}

static const char policy[] = "server:\n" ANCHOR "local-zone: \"ads.example\" always_nxdomain\n";

/* Else whoever may preload could turn validation and blocklists off. */
static void foreign_records_go_past_neither_validation_nor_local_zones(void **state)
{
	const struct rb_intake_counts *counts;
	struct rb_answer *answer;
	struct world world;

	(void)state;
	world_open(&world, policy, 0);
	stream_begin(&world, 0);
	put_of(&world, "www.signed.example", RB_SECURE);
	put_of(&world, "x.ads.example", 0);
	put_of(&world, "fixed.example", RB_FIXED_TTL);
	put_of(&world, "plain.example", RB_SECURE);
	assert_int_equal(take(&world, 0), -ENODATA);
	counts = rb_intake_counts(world.intake);
	assert_int_equal(counts->loaded, 1);
	assert_int_equal(counts->validated, 1);
	assert_int_equal(counts->local, 1);
	assert_int_equal(counts->unsound, 1);
	assert_false(is_there(&world, "www.signed.example"));
	assert_false(is_there(&world, "x.ads.example"));
	answer = found(&world, "plain.example");
	assert_non_null(answer);
	assert_false(answer->traits & RB_SECURE);
	rb_answer_free(answer);
	assert_non_null(strstr(rb_intake_problems(world.intake),
			       "record 1: www.signed.example. type 1: DNSSEC"));
	world_close(&world);
}

/* Else an operator could not migrate a validating resolver's cache; or its word would be AD=1. */
static void trusted_records_are_taken_without_ad_and_not_over_validated_ones(void **state)
{
	struct rb_answer *answer = answer_of(1, 1, BOTH | RB_SECURE, HOUR_S);
	struct rb_table_key key;
	struct world world;
	uint8_t name[RB_NAME_MAX];
	uint32_t number;
	int len = rb_name_from_text("here.signed.example", name);

	(void)state;
	world_open(&world, policy, 0);
	rb_table_key_init(world.table, name, (size_t)len, RB_TYPE_A, 0, &key);
	assert_int_equal(rb_table_publish(world.table, &key, answer), 0);
	rb_answer_free(answer);
	stream_begin(&world, 0);
	put_of(&world, "here.signed.example", 0);
	put_of(&world, "other.signed.example", RB_SECURE);
	put_of(&world, "x.ads.example", 0);
	assert_int_equal(take(&world, RB_INTAKE_TRUST), -ENODATA);
	assert_int_equal(rb_intake_counts(world.intake)->loaded, 1);
	assert_int_equal(rb_intake_counts(world.intake)->kept, 1);
	assert_int_equal(rb_intake_counts(world.intake)->local, 1);
	assert_int_equal(lookup_number(world.table, &key, RB_SERVES_DO0, &number), 0);
	assert_int_equal(number, 1);
	answer = found(&world, "other.signed.example");
	assert_non_null(answer);
	assert_false(answer->traits & RB_SECURE);
	rb_answer_free(answer);
	world_close(&world);
}

/* Else a warm start would lose AD, or a file of another configuration would be taken for ours. */
static void own_records_go_in_as_they_were(void **state)
{
	struct rb_answer *answer;
	struct world world;

	(void)state;
	world_open(&world, policy, 0);
	stream_begin(&world, rb_config_fingerprint(world.config));
	put_of(&world, "www.signed.example", RB_SECURE);
	assert_int_equal(take(&world, RB_INTAKE_OWN_ALONE), -ENODATA);
	answer = found(&world, "www.signed.example");
	assert_non_null(answer);
	assert_true(answer->traits & RB_SECURE);
	rb_answer_free(answer);
	stream_begin(&world, rb_config_fingerprint(world.config) + 1);
	put_of(&world, "plain.example", 0);
	assert_int_equal(take(&world, RB_INTAKE_OWN_ALONE), -ESTALE);
	assert_false(is_there(&world, "plain.example"));
	world_close(&world);
}

/* Else a zone file's week would be a week without a look at the zone. */
static void ttls_are_cut_to_cache_max_ttl(void **state)
{
	struct rb_answer *answer;
	struct world world;
	uint32_t ttl;

	(void)state;
	world_open(&world, "server:\ncache-max-ttl: 100\n", 0);
	stream_begin(&world, 0);
	put_of(&world, "www.example", 0);
	assert_int_equal(take(&world, 0), -ENODATA);
	answer = found(&world, "www.example");
	assert_non_null(answer);
	assert_int_equal(answer->ttl_s, 100);
	memcpy(&ttl, answer->body + RR_A_TTL, 4);
	assert_int_equal(__builtin_bswap32(ttl), 100);
	assert_true(answer->expires_ns <= rb_clock_ns() + 100 * RB_NS_PER_S);
	rb_answer_free(answer);
	world_close(&world);
}

#define DATED                                                                                      \
	"server:\nval-override-date: 20200601000000\nval-sig-skew-min: 60\nval-sig-skew-max: 60\n" ANCHOR
#define SIGNED(name, until)                                                                        \
	{                                                                                          \
		name " 3600 IN A 192.0.2.1\n" name " 3600 IN RRSIG A 5 2 3600 " until              \
		     " 20200501000000 1 example. c2ln\n"                                           \
	}

/* Else a file, or a client of the control socket, would give what nobody can validate any more. */
static void records_end_with_the_signatures_in_them(void **state)
{
	static const struct {
		const char *name, *lines[1];
		bool own, secure;
		uint32_t ttl_s; /* 0: refused */
	} cases[] = {
		{"a.signed.example.", SIGNED("a.signed.example.", "20200602000000"), true, true,
		 3600},
		{"a.signed.example.", SIGNED("a.signed.example.", "20200601000040"), true, true,
		 40},
		{"a.signed.example.", SIGNED("a.signed.example.", "20200531235930"), true, true,
		 30},
		{"a.signed.example.", SIGNED("a.signed.example.", "20200531235800"), true, true, 0},
		{"a.signed.example.", SIGNED("a.signed.example.", "20200601000040"), false, false,
		 40},
		{"a.signed.example.", SIGNED("a.signed.example.", "20200531235800"), false, false,
		 0},
		{"a.example.", SIGNED("a.example.", "20200601000040"), false, false, 40},
		{"a.example.", SIGNED("a.example.", "20200531235800"), false, false, 3600},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct store store = {.name = cases[i].name,
					    .type = RB_TYPE_A,
					    .answer = cases[i].lines[0],
					    .secure = cases[i].secure,
					    .dnssec_ok = true};
		struct rb_answer *answer = store_answer(&store);
		uint32_t ttl, ttl_s = 0;
		struct world world;

		world_open(&world, DATED, 0);
		stream_begin(&world, cases[i].own ? rb_config_fingerprint(world.config) : 0);
		put(&world, cases[i].name, answer);
		rb_answer_free(answer);
		assert_int_equal(take(&world, RB_INTAKE_TRUST), -ENODATA);
		answer = found_of(&world, cases[i].name, RB_SERVES_DO1);
		if (answer) {
			memcpy(&ttl, answer->body + answer->ttl_offsets[0], 4);
			ttl_s = __builtin_bswap32(ttl);
		}
		/* A second may have passed. */
		if (!answer != !cases[i].ttl_s || ttl_s > cases[i].ttl_s ||
		    ttl_s + 5 < cases[i].ttl_s ||
		    (answer && answer->expires_ns > rb_clock_ns() + cases[i].ttl_s * RB_NS_PER_S))
			fail_msg("case %zu: %u s", i, ttl_s);
		assert_int_equal(rb_intake_counts(world.intake)->expired, !answer);
		rb_answer_free(answer);
		world_close(&world);
	}
}

/* Else what is stored for clients without DO, without signatures, would not know their end. */
static void records_keep_the_end_of_signatures_that_are_not_in_them(void **state)
{
	const struct store store = {.name = "a.signed.example.",
				    .type = RB_TYPE_A,
				    .answer = "a.signed.example. 60 IN A 192.0.2.1",
				    .secure = true,
				    .signed_s = 64};
	struct rb_answer *answer = store_answer(&store);
	uint64_t expires_ns = answer->expires_ns;
	uint8_t name[RB_NAME_MAX];
	struct rb_table_found stale;
	struct rb_table_key key;
	struct world world;

	(void)state;
	world_open(&world, DATED, 0);
	rb_table_set_stale(world.table, UINT64_MAX, 30);
	stream_begin(&world, rb_config_fingerprint(world.config));
	put(&world, store.name, answer);
	rb_answer_free(answer);
	assert_int_equal(take(&world, 0), -ENODATA);
	assert_int_equal(rb_table_key_init(world.table, name,
					   (size_t)rb_name_from_text(store.name, name), RB_TYPE_A,
					   0, &key),
			 0);
	assert_int_equal(rb_table_find_stale(world.table, &key, RB_SERVES_DO0,
					     expires_ns + 5 * RB_NS_PER_S, &stale),
			 0);
	assert_int_equal(rb_table_find_stale(world.table, &key, RB_SERVES_DO0,
					     expires_ns + 40 * RB_NS_PER_S, &stale),
			 -ENOENT);
	world_close(&world);
}

/* Else a preload that began before a reload would bring back what the reload forbids. */
static void change_of_the_configuration_ends_an_intake(void **state)
{
	struct world world;
	uint8_t *bytes;
	size_t room;

	(void)state;
	world_open(&world, policy, 0);
	stream_begin(&world, 0);
	put_of(&world, "www.example", 0);
	assert_int_equal(rb_store_end(&world.writer), 0);
	fclose(world.file);
	assert_int_equal(rb_intake_new(world.config, world.table, 0, &world.intake), 0);
	bytes = rb_intake_room(world.intake, &room);
	memcpy(bytes, world.bytes, world.len);
	rb_table_bump_epoch(world.table);
	assert_int_equal(rb_intake_filled(world.intake, world.len), -ECANCELED);
	assert_false(is_there(&world, "www.example"));
	world_close(&world);
}

/* Else what an operator pinned would go with the first flood of random names. */
static void pinned_records_stay_through_a_flood_and_leave_room(void **state)
{
	struct rb_table *table;
	uint32_t i, pinned = 0, kept = 0, refused = 0, places;
	struct rb_answer *answer;

	(void)state;
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 0, &table), 0);
	places = table->classes[RB_SMALL].buckets * RB_WAYS;
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
		if (rb_table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL))
			continue;
		kept += (answer->traits & RB_PINNED) != 0;
		rb_answer_free(answer);
	}
	print_message("%u places, %u pinned, %u of them kept\n", places, pinned, kept);
	/* But for those whose tag one of the flood has. */
	assert_true(kept > pinned * 94 / 100);
	rb_table_close(table);
}

/* Else the refresh of a pinned record would unpin it. */
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
	assert_int_equal(rb_table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &answer, NULL),
			 0);
	assert_true(answer->traits & RB_PINNED);
	rb_answer_free(answer);
	rb_table_close(table);
}

/* Printed: a preload must not take long. The machine decides on the figure. */
static void a_million_records_are_taken(void **state)
{
	struct timespec start, end;
	struct rb_answer *answer;
	struct world world;
	uint32_t i;

	(void)state;
	world_open(&world, policy, 256U << 20);
	stream_begin(&world, 0);
	answer = answer_of(1, 1, BOTH, HOUR_S);
	for (i = 0; i < MANY; i++) {
		struct rb_table_key key = key_of(world.table, i);
		const struct rb_store_record record = {.qname = key.qname,
						       .qname_len = key.qname_len,
						       .qtype = RB_TYPE_A,
						       .answer = answer};

		/* Not test., which is local. */
		memcpy(key.qname + 11, "host", 4);
		assert_int_equal(rb_store_put(&world.writer, &record), 0);
	}
	rb_answer_free(answer);
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(take(&world, 0), -ENODATA);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_int_equal(rb_intake_counts(world.intake)->loaded, MANY);
	print_message("%u records taken in %.3f s\n", MANY,
		      (double)(end.tv_sec - start.tv_sec) +
			      (double)(end.tv_nsec - start.tv_nsec) / 1e9);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_with_local_answers_and_below_anchors_are_known),
		cmocka_unit_test(anchors_in_files_guard_their_zones_alone),
		cmocka_unit_test(foreign_records_go_past_neither_validation_nor_local_zones),
		cmocka_unit_test(trusted_records_are_taken_without_ad_and_not_over_validated_ones),
		cmocka_unit_test(own_records_go_in_as_they_were),
		cmocka_unit_test(ttls_are_cut_to_cache_max_ttl),
		cmocka_unit_test(records_end_with_the_signatures_in_them),
		cmocka_unit_test(records_keep_the_end_of_signatures_that_are_not_in_them),
		cmocka_unit_test(change_of_the_configuration_ends_an_intake),
		cmocka_unit_test(pinned_records_stay_through_a_flood_and_leave_room),
		cmocka_unit_test(record_that_is_stored_again_stays_pinned_until_it_has_expired),
		cmocka_unit_test(a_million_records_are_taken),
	};

	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
