/* SPDX-License-Identifier: BSD-2-Clause */
/* What may go into the table past the resolvers, and what stays there. */
#include "lib/lookup.h"
#include "table_fixture.h"

#include "config_fixture.h"

#include "config/fingerprint.h"
#include "lib/store.h"
#include "dns/name.h"
#include "store/intake.h"

#define MANY   1000000U
#define ANCHOR "trust-anchor: \"signed.example. DS 1 13 2 " DIGEST "\"\n"
#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

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

	assert_int_equal(rb_table_key_init(world->table, name, (size_t)len, RB_TYPE_A, &key), 0);
	table_lookup(world->table, &key, serves, rb_clock_ns(), &answer, NULL);
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

/* Otherwise: whoever may preload could turn validation and blocklists off. */
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

/*
 * Otherwise: an operator could not migrate a validating resolver's cache; or its word would be
 * AD=1.
 */
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
	rb_table_key_init(world.table, name, (size_t)len, RB_TYPE_A, &key);
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

/*
 * Otherwise: a warm start would lose AD, or a file of another configuration would be taken for
 * ours.
 */
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

/* Otherwise: a zone file's week would be a week without a look at the zone. */
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

/*
 * Otherwise: a file, or a client of the control socket, would give what nobody can validate any
 * more.
 */
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

/*
 * Otherwise: what is stored for clients without DO, without signatures, would not know their end.
 */
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
					   &key),
			 0);
	assert_int_equal(rb_table_find_stale(world.table, &key, RB_SERVES_DO0,
					     expires_ns + 5 * RB_NS_PER_S, &stale),
			 0);
	assert_int_equal(rb_table_find_stale(world.table, &key, RB_SERVES_DO0,
					     expires_ns + 40 * RB_NS_PER_S, &stale),
			 -ENOENT);
	world_close(&world);
}

/* Otherwise: a preload that began before a reload would bring back what the reload forbids. */
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
		cmocka_unit_test(foreign_records_go_past_neither_validation_nor_local_zones),
		cmocka_unit_test(trusted_records_are_taken_without_ad_and_not_over_validated_ones),
		cmocka_unit_test(own_records_go_in_as_they_were),
		cmocka_unit_test(ttls_are_cut_to_cache_max_ttl),
		cmocka_unit_test(records_end_with_the_signatures_in_them),
		cmocka_unit_test(records_keep_the_end_of_signatures_that_are_not_in_them),
		cmocka_unit_test(change_of_the_configuration_ends_an_intake),
		cmocka_unit_test(a_million_records_are_taken),
	};

	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
