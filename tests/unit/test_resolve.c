/* SPDX-License-Identifier: BSD-2-Clause */
/* Resolver threads: what comes back from a real authoritative server, and what is published. */
#include "lib/lookup.h"
#include "resolve_fixture.h"

/* After <stdbool.h>: ldns otherwise makes bool a number of its own. */
#include <ldns/ldns.h>

#define NO_EDE    0
#define EDE(code) ((code) + 1)

/* As a client would see it, read by a library that is not ours. */
static ldns_pkt *decode(const struct rb_answer *answer, const char *name, uint16_t qtype)
{
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL] = {0};
	static uint8_t reply[RB_MESSAGE_MAX];
	struct rb_query query = {
		.qname = question,
		.qname_len = (uint16_t)rb_name_from_text(name, question),
		.qtype = qtype,
		.qclass = RB_CLASS_IN,
		.flags = RB_FLAG_RD,
	};
	ldns_pkt *packet;
	size_t len;

	query.question_len = query.qname_len + RB_QUESTION_TAIL;
	question[query.qname_len] = (uint8_t)(qtype >> 8);
	question[query.qname_len + 1] = (uint8_t)qtype;
	question[query.qname_len + 3] = RB_CLASS_IN;
	len = rb_reply_build(&query, answer, rb_clock_ns(), 1232, sizeof(reply), reply);
	assert_int_equal(ldns_wire2pkt(&packet, reply, len), LDNS_STATUS_OK);
	return packet;
}

static size_t count_type(const struct rb_answer *answer, const char *name, uint16_t qtype,
			 ldns_rr_type type)
{
	ldns_pkt *packet = decode(answer, name, qtype);
	ldns_rr_list *all = ldns_pkt_all_noquestion(packet);
	size_t found = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(all); i++)
		found += ldns_rr_get_type(ldns_rr_list_rr(all, i)) == type;
	ldns_rr_list_deep_free(all);
	ldns_pkt_free(packet);
	return found;
}

/* Otherwise: users would be told lies, or the truth with the wrong flags. */
static void each_kind_of_answer_comes_back_as_it_should(void **state)
{
	static const struct {
		const char *name;
		uint16_t qtype;
		uint16_t rcode;
		uint16_t flags; /* of AA, RA */
		uint8_t traits; /* of SECURE, FIXED_TTL, NO_STALE */
		uint8_t ede;
		uint32_t ttl_min_s, ttl_max_s;
		size_t records; /* of qtype */
		bool published;
	} cases[] = {
		/* clang-format off */
		{"a.secure.example", RB_TYPE_A, 0, RB_FLAG_RA, RB_SECURE, NO_EDE, 298, 300, 2, true},
		{"alias.secure.example", RB_TYPE_A, 0, RB_FLAG_RA, RB_SECURE, NO_EDE, 198, 200, 2, true},
		{"x.w.secure.example", RB_TYPE_A, 0, RB_FLAG_RA, RB_SECURE, NO_EDE, 58, 300, 1, true},
		{"nx.secure.example", RB_TYPE_A, 3, RB_FLAG_RA, RB_SECURE, NO_EDE, 58, 60, 0, true},
		{"a.secure.example", RB_TYPE_AAAA, 0, RB_FLAG_RA, RB_SECURE, NO_EDE, 58, 60, 0, true},
		{"a.plain.example", RB_TYPE_A, 0, RB_FLAG_RA, 0, NO_EDE, 298, 300, 2, true},
		{"alias.plain.example", RB_TYPE_A, 0, RB_FLAG_RA, 0, NO_EDE, 198, 200, 2, true},
		{"nx.plain.example", RB_TYPE_A, 3, RB_FLAG_RA, 0, NO_EDE, 58, 60, 0, true},
		{"a.plain.example", RB_TYPE_MX, 0, RB_FLAG_RA, 0, NO_EDE, 58, 60, 0, true},
		{"zero.plain.example", RB_TYPE_A, 0, RB_FLAG_RA, 0, NO_EDE, 0, 0, 1, false},
		{"big.plain.example", RB_TYPE_TXT, 0, RB_FLAG_RA, 0, NO_EDE, 298, 300, 20, false},
		{"a.bogus.example", RB_TYPE_A, 2, RB_FLAG_RA, RB_NO_STALE, EDE(6), 5, 5, 0, true},
		{"a.expired.example", RB_TYPE_A, 2, RB_FLAG_RA, RB_NO_STALE, EDE(7), 5, 5, 0, true},
		{"short.expired.example", RB_TYPE_A, 2, RB_FLAG_RA, RB_NO_STALE, EDE(7), 5, 5, 0, true},
		{"a.early.example", RB_TYPE_A, 2, RB_FLAG_RA, RB_NO_STALE, EDE(8), 5, 5, 0, true},
		{"a.stripped.example", RB_TYPE_A, 2, RB_FLAG_RA, RB_NO_STALE, EDE(9), 5, 5, 0, true},
		{"nozone.example", RB_TYPE_A, 2, RB_FLAG_RA, RB_NO_STALE, NO_EDE, 5, 5, 0, true},
		{"a.auth.example", RB_TYPE_A, 0, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 300, 300, 1, true},
		{"x.static.lz", RB_TYPE_A, 0, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 7, 7, 1, true},
		{"x.static.lz", RB_TYPE_TXT, 0, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 500, 500, 0, true},
		{"y.static.lz", RB_TYPE_A, 3, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 500, 500, 0, true},
		{"y.redirect.lz", RB_TYPE_A, 0, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 3600, 3600, 1, true},
		{"x.nx.lz", RB_TYPE_A, 3, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 3600, 3600, 0, true},
		{"refuse.lz", RB_TYPE_A, 5, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 3600, 3600, 0, true},
		{"a\\.b\\032c.data.lz", RB_TYPE_A, 0, RB_FLAG_AA | RB_FLAG_RA, RB_FIXED_TTL | RB_NO_STALE, NO_EDE, 3600, 3600, 1, true},
		/* clang-format on */
	};
	struct world *world = *state;

	start(world, 2, 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_answer_freep) struct rb_answer *answer =
			ask(world, cases[i].name, cases[i].qtype, 0);
		const char *name = cases[i].name;
		uint16_t qtype = cases[i].qtype;

		print_message("           %s/%u\n", name, qtype);
		assert_non_null(answer);
		assert_int_equal(rcode(answer), cases[i].rcode);
		assert_int_equal(answer->flags & (RB_FLAG_AA | RB_FLAG_RA), cases[i].flags);
		assert_int_equal(answer->traits & (RB_SECURE | RB_FIXED_TTL | RB_NO_STALE),
				 cases[i].traits);
		assert_int_equal(answer->ede, cases[i].ede);
		assert_in_range(answer->ttl_s, cases[i].ttl_min_s, cases[i].ttl_max_s);
		assert_int_equal(count_type(answer, name, qtype, (ldns_rr_type)qtype),
				 cases[i].records);
		if (qtype != RB_TYPE_RRSIG)
			assert_int_equal(count_type(answer, name, qtype, LDNS_RR_TYPE_RRSIG), 0);
		assert_int_equal(is_published(world, name, qtype, RB_SERVES_DO0),
				 cases[i].published);
	}
}

/* Otherwise: who validates for himself would find no signatures. */
static void dnssec_records_go_to_those_who_ask_for_them(void **state)
{
	struct world *world = *state;
	_cleanup_(rb_answer_freep) struct rb_answer *a = NULL, *nx = NULL, *plain = NULL;

	start(world, 1, 1);
	a = ask(world, "a.secure.example", RB_TYPE_A, DO);
	assert_int_equal(count_type(a, "a.secure.example", RB_TYPE_A, LDNS_RR_TYPE_RRSIG), 1);
	assert_true(a->traits & RB_SECURE);
	assert_true(is_published(world, "a.secure.example", RB_TYPE_A, RB_SERVES_DO1));
	assert_false(is_published(world, "a.secure.example", RB_TYPE_A, RB_SERVES_DO0));
	nx = ask(world, "nx.secure.example", RB_TYPE_A, DO);
	assert_true(count_type(nx, "nx.secure.example", RB_TYPE_A, LDNS_RR_TYPE_NSEC) > 0);
	/* One record serves both where there is nothing to strip. */
	plain = ask(world, "a.plain.example", RB_TYPE_A, DO);
	assert_int_equal(plain->traits & RB_SERVES_MASK, RB_SERVES_DO0 | RB_SERVES_DO1);
	assert_true(is_published(world, "a.plain.example", RB_TYPE_A, RB_SERVES_DO0));
}

/*
 * Otherwise: CD=1 would get SERVFAIL, or its bogus data would be given to others; or nobody
 * would profit from what is sound, and a validator behind us would not hear that it was validated.
 */
static void checking_disabled_gets_bogus_data_that_nobody_else_gets(void **state)
{
	struct world *world = *state;
	_cleanup_(rb_answer_freep) struct rb_answer *cd = NULL, *strict = NULL, *secure = NULL;

	start(world, 1, 1);
	cd = ask(world, "a.bogus.example", RB_TYPE_A, CD);
	assert_int_equal(rcode(cd), 0);
	assert_int_equal(count_type(cd, "a.bogus.example", RB_TYPE_A, LDNS_RR_TYPE_A), 2);
	assert_false(is_published(world, "a.bogus.example", RB_TYPE_A, RB_SERVES_DO0));
	assert_int_equal(stats(world).bogus, 0);
	secure = ask(world, "a.secure.example", RB_TYPE_A, CD);
	assert_true(secure->traits & RB_SECURE);
	assert_true(is_published(world, "a.secure.example", RB_TYPE_A, RB_SERVES_DO0));
	strict = ask(world, "a.bogus.example", RB_TYPE_A, 0);
	assert_int_equal(rcode(strict), RB_RCODE_SERVFAIL);
	assert_int_equal(stats(world).bogus, 1);
	assert_int_equal(stats(world).unpublished, 1);
}

static uint8_t published_ede(const struct world *world, const char *name)
{
	struct rb_job job = job_make(world, name, RB_TYPE_A, 0);
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

	assert_int_equal(table_lookup(world->table, &job.key, RB_SERVES_DO0, rb_clock_ns(), &answer,
				      NULL),
			 0);
	return answer->ede;
}

/* Otherwise: what Unbound says of bogus data from its cache would be something else. */
static void of_bogus_data_the_table_knows_no_more_than_that(void **state)
{
	static const struct {
		const char *name;
		uint8_t ede;
	} cases[] = {
		{"a.bogus.example", EDE(6)}, {"a.expired.example", EDE(7)},
		{"a.early.example", EDE(8)}, {"a.stripped.example", EDE(9)},
		{"nozone.example", NO_EDE},
	};
	struct world *world = *state;

	start(world, 1, 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_answer_freep) struct rb_answer *answer =
			ask(world, cases[i].name, RB_TYPE_A, 0);

		assert_int_equal(answer->ede, cases[i].ede);
		assert_int_equal(published_ede(world, cases[i].name),
				 cases[i].ede ? EDE(6) : NO_EDE);
	}
}

/* Otherwise: a zone of type deny would be answered. */
static void deny_answers_nothing(void **state)
{
	struct world *world = *state;

	start(world, 1, 1);
	assert_null(ask(world, "x.deny.lz", RB_TYPE_A, 0));
	assert_int_equal(stats(world).answered, 1);
}

/* Otherwise: a cached answer would be told to live as long as a fresh one. */
static void what_libunbound_has_cached_lives_no_longer_than_it_did(void **state)
{
	struct world *world = *state;
	_cleanup_(rb_answer_freep) struct rb_answer *first = NULL, *second = NULL;
	uint64_t end_ns = rb_clock_ns() + 3 * RB_NS_PER_S;

	start(world, 1, 1);
	first = ask(world, "short.plain.example", RB_TYPE_A, 0);
	do {
		rb_answer_free(second);
		second = ask(world, "short.plain.example", RB_TYPE_A, 0);
	} while (second->ttl_s >= first->ttl_s && rb_clock_ns() < end_ns);
	assert_true(second->ttl_s < first->ttl_s);
	assert_true(second->expires_ns <= first->expires_ns + RB_NS_PER_S);
}

/* Otherwise: a reload would crash, or find the port or the log of the last one in its way. */
static void start_and_stop_can_be_repeated(void **state)
{
	struct world *world = *state;

	for (int i = 0; i < 5; i++) {
		struct rb_resolvers *old = world->resolvers;
		_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

		start(world, 2, 1);
		if (old)
			rb_resolvers_stop(old);
		answer = ask(world, "a.secure.example", RB_TYPE_A, 0);
		assert_true(answer->traits & RB_SECURE);
	}
}

/* Otherwise: the daemon would run with half of what the operator wrote. */
static void a_configuration_that_libunbound_refuses_fails_the_start(void **state)
{
	static const char *const texts[] = {
		"server:\n  no-such-option: yes\n",
		"server:\n  local-data: 'nonsense'\n",
		"server:\n  root-hints: /nonexistent\n",
	};
	struct world *world = *state;

	world->config.num_threads = 2;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		world->config.resolver_text = (char *)(uintptr_t)texts[i];
		assert_true(rb_resolvers_start(&world->config, world->table, 1, &world->resolvers) <
			    0);
		assert_null(world->resolvers);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		CASE(each_kind_of_answer_comes_back_as_it_should),
		CASE(dnssec_records_go_to_those_who_ask_for_them),
		CASE(checking_disabled_gets_bogus_data_that_nobody_else_gets),
		CASE(of_bogus_data_the_table_knows_no_more_than_that),
		CASE(deny_answers_nothing),
		CASE(what_libunbound_has_cached_lives_no_longer_than_it_did),
		CASE(start_and_stop_can_be_repeated),
		CASE(a_configuration_that_libunbound_refuses_fails_the_start),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests(tests, world_new, world_free);
}
