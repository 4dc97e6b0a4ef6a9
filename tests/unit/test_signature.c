/* SPDX-License-Identifier: BSD-2-Clause */
/* How long signatures let an answer live: whatever it holds, whoever asked, wherever it is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "../kern/reply.h"
#include "dns/answer.h"
#include "lib/message.h"
#include "policy/validity.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define WALL_S  1590969600ULL /* 2020-06-01 00:00:00 */
#define WALL_NS (WALL_S * RB_NS_PER_S)
#define NONE    RB_SIGNATURES_ENDLESS

/* clang-format off */
/* Signed a day ago; until that second of that minute of the same hour. */
#define SIG(minute_second) " 5 2 3600 20200601" minute_second " 20200531000000 1 example. c2ln"
#define A                  "a.example. 3600 IN A 192.0.2.1\n"
#define A_SIG(until)       "a.example. 3600 IN RRSIG A" SIG(until) "\n"
#define A_ENDED            "a.example. 3600 IN RRSIG A 5 2 3600 20200531235950 20200531000000 1 example. c2ln\n"
#define SOA                "example. 900 IN SOA ns.example. host.example. 1 2 3 4 600\n"
#define SOA_SIG(until)     "example. 900 IN RRSIG SOA" SIG(until) "\n"
#define NSEC               "example. 600 IN NSEC c.example. A RRSIG NSEC\n"
#define NSEC_SIG(until)    "example. 600 IN RRSIG NSEC" SIG(until) "\n"
#define NSEC3                                                                                      \
	"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 600 IN NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n"
#define NSEC3_SIG(until)                                                                           \
	"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 600 IN RRSIG NSEC3" SIG(until) "\n"
#define ALIAS             "a.example. 3600 IN CNAME b.example.\n"
#define ALIAS_SIG(until)  "a.example. 3600 IN RRSIG CNAME" SIG(until) "\n"
#define TARGET            "b.example. 3600 IN A 192.0.2.2\n"
#define TARGET_SIG(until) "b.example. 3600 IN RRSIG A" SIG(until) "\n"

static const struct rb_signature_rules strict = {.wall_ns = WALL_NS};

static const struct {
	const char *name;
	struct message_sections in;
	uint16_t rcode;
	bool insecure;
	uint32_t ttl_s;
	uint64_t signed_s;               /* from now; NONE: not bound */
	struct rb_signature_rules rules; /* all zero: strict */
} cases[] = {
	{"until_the_signature_ends", {A A_SIG("000040"), "", ""}, 0, false, 40, 40, {0}},
	{"not_longer_than_its_ttl", {A A_SIG("020000"), "", ""}, 0, false, 3600, 7200, {0}},
	{"in_its_last_second_not_at_all", {A A_SIG("000000"), "", ""}, 0, false, 0, 0, {0}},
	{"part_of_a_second_is_lost", {A A_SIG("000040"), "", ""}, 0, false, 39, 39, {.wall_ns = WALL_NS + RB_NS_PER_S / 2}},
	{"the_first_of_two_signatures_rules", {A A_SIG("003000") A_SIG("000040"), "", ""}, 0, false, 40, 40, {0}},
	{"one_that_has_ended_beside_another_is_nothing", {A A_SIG("000040") A_ENDED, "", ""}, 0, false, 40, 40, {0}},
	{"one_that_has_ended_alone_is_the_end", {A A_ENDED, "", ""}, 0, false, 0, 0, {0}},
	{"but_for_data_that_nobody_validated", {A A_ENDED, "", ""}, 0, true, 3600, NONE, {0}},
	{"that_may_live_as_long_as_others_can_validate_it", {A A_SIG("000040"), "", ""}, 0, true, 40, 40, {0}},
	{"of_an_alias", {ALIAS ALIAS_SIG("000040") TARGET TARGET_SIG("003000"), "", ""}, 0, false, 40, 40, {0}},
	{"of_what_an_alias_leads_to", {ALIAS ALIAS_SIG("003000") TARGET TARGET_SIG("000040"), "", ""}, 0, false, 40, 40, {0}},
	{"of_an_alias_into_an_unsigned_zone", {ALIAS ALIAS_SIG("000040") "b.example. 3600 IN A 192.0.2.2\n", "", ""}, 0, true, 40, 40, {0}},
	{"of_a_denial", {"", SOA SOA_SIG("003000") NSEC NSEC_SIG("000040"), ""}, 3, false, 40, 40, {0}},
	{"of_a_denial_by_hashes", {"", SOA SOA_SIG("003000") NSEC3 NSEC3_SIG("000040"), ""}, 3, false, 40, 40, {0}},
	{"of_its_soa", {"", SOA SOA_SIG("000040") NSEC NSEC_SIG("003000"), ""}, 3, false, 40, 40, {0}},
	{"of_no_data", {"", SOA SOA_SIG("003000") NSEC NSEC_SIG("000040"), ""}, 0, false, 40, 40, {0}},
	{"of_a_wildcards_proof", {A A_SIG("003000"), NSEC NSEC_SIG("000040"), ""}, 0, false, 40, 40, {0}},
	{"of_what_is_added", {A A_SIG("003000"), "", TARGET TARGET_SIG("000040")}, 0, false, 40, 40, {0}},
	{"what_is_added_with_old_ones_was_not_validated", {A A_SIG("003000"), "", TARGET "b.example. 3600 IN RRSIG A 5 2 3600 20200531235950 20200531000000 1 example. c2ln\n"}, 0, false, 1800, 1800, {0}},
	/* A day of life: the skew is a tenth of that, two hours and 24 minutes. */
	{"within_the_skew_until_its_end", {A "a.example. 36000 IN RRSIG A 5 2 36000 20200531235900 20200531000000 1 example. c2ln\n", "", ""}, 0, false, 3600 - 60, 3600 - 60, {.wall_ns = WALL_NS, .skew_min_s = 3600, .skew_max_s = 3600}},
	{"before_its_end_no_skew_counts", {A A_SIG("000040"), "", ""}, 0, false, 40, 40, {.wall_ns = WALL_NS, .skew_min_s = 3600, .skew_max_s = 86400}},
	{"original_ttl", {"a.example. 86400 IN A 192.0.2.1\na.example. 86400 IN RRSIG A" SIG("100000") "\n", "", ""}, 0, false, 3600, 36000, {0}},
	{"dates_that_do_not_matter", {A A_SIG("000040"), "", ""}, 0, false, 3600, NONE, {.skew_min_s = 1}},
};
/* clang-format on */

static void digest(size_t number, bool dnssec_ok, bool aa, struct rb_answer **ret_answer)
{
	_cleanup_(message_freep) ldns_pkt *in = message_new("a.example.", 1);
	_cleanup_free_ uint8_t *wire = NULL;
	const struct rb_signature_rules *rules = &cases[number].rules;
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300];
	size_t len;

	message_push_all(in, &cases[number].in);
	ldns_pkt_set_rcode(in, (uint8_t)cases[number].rcode);
	ldns_pkt_set_aa(in, aa);
	assert_int_equal(ldns_pkt2wire(&wire, in, &len), LDNS_STATUS_OK);
	message_query("a.example.", 1, (struct rb_edns){4096, 1, dnssec_ok}, RB_FLAG_RD, question,
		      &query);
	opts = message_opts(&query);
	opts.secure = !cases[number].insecure;
	opts.signatures = rules->wall_ns || rules->skew_min_s ? *rules : strict;
	assert_int_equal(rb_answer_from_message(wire, len, &opts, ret_answer), 0);
}

static uint32_t ttl_at(const struct rb_answer *answer, uint16_t i)
{
	const uint8_t *at = answer->body + answer->ttl_offsets[i];

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Otherwise: a zone's owner who let a signature end would be believed on, with AD=1. */
static void an_answer_ends_with_its_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int dnssec_ok = 0; dnssec_ok < 2; dnssec_ok++) {
			_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
			uint64_t until_s = NONE;

			digest(i, dnssec_ok == 1, false, &answer);
			if (answer->signed_until_ns != NONE)
				until_s = (answer->signed_until_ns - MESSAGE_NOW) / RB_NS_PER_S;
			if (answer->ttl_s == cases[i].ttl_s && until_s == cases[i].signed_s &&
			    answer->expires_ns == MESSAGE_NOW + answer->ttl_s * RB_NS_PER_S)
				continue;
			fail_msg("%s, DO=%d: %u s, signed for %lld s", cases[i].name, dnssec_ok,
				 answer->ttl_s, (long long)until_s);
		}
	}
}

/* Otherwise: the caches of clients would keep what ours does not. */
static void no_ttl_reaches_beyond_the_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

		digest(i, true, false, &answer);
		for (uint16_t ttl = 0; ttl < answer->ttl_count; ttl++)
			if (ttl_at(answer, ttl) > cases[i].signed_s)
				fail_msg("%s: %u s", cases[i].name, ttl_at(answer, ttl));
	}
}

/* Otherwise: a zone that is served from a file would not be once nobody signs it any more. */
static void local_data_has_no_end(void **state)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

	(void)state;
	digest(0, true, true, &answer);
	assert_int_equal(answer->ttl_s, 3600);
	assert_true(answer->signed_until_ns == NONE);
}

/* Otherwise: with serve-expired a client would keep it longer than the signatures hold. */
static void a_stale_answer_ends_with_its_signatures(void **state)
{
	static const struct {
		uint64_t after_s;
		uint32_t ttl_s;
	} stale[] = {{1, 30}, {9, 30}, {10, 30}, {11, 29}, {39, 1}, {40, 0}, {50, 0}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stale); i++) {
		_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

		digest(0, false, false, &answer);
		rb_answer_make_stale(answer, 30, MESSAGE_NOW + stale[i].after_s * RB_NS_PER_S);
		assert_int_equal(answer->ttl_s, stale[i].ttl_s);
		assert_int_equal(ttl_at(answer, 0), stale[i].ttl_s);
	}
}

/* Otherwise: what is written in a record, or in a file, would be longer than what was meant. */
static void a_stale_limit_is_never_longer_and_not_much_shorter(void **state)
{
	uint64_t seconds;

	(void)state;
	for (int limit = 0; limit < RB_STALE_ENDLESS; limit++)
		assert_int_equal(rb_stale_limit_make(rb_stale_limit_s((uint8_t)limit)), limit);
	for (seconds = 0; seconds < 10000000000ULL; seconds += 1 + seconds / 1000) {
		uint64_t kept = rb_stale_limit_s(rb_stale_limit_make(seconds));

		assert_true(kept <= seconds);
		assert_true(seconds - kept <= seconds / 8);
	}
	assert_int_equal(rb_stale_limit_make(UINT64_MAX), RB_STALE_ENDLESS - 1);
}

/* Otherwise: the dates would be judged by another clock than libunbound's. */
static void rules_are_those_of_the_configuration(void **state)
{
	struct rb_config config = {.val_sig_skew_min_s = 1, .val_sig_skew_max_s = 2};
	struct rb_signature_rules rules = rb_validity_rules(&config, 77);

	(void)state;
	assert_int_equal(rules.wall_ns, 77);
	assert_int_equal(rules.skew_min_s, 1);
	assert_int_equal(rules.skew_max_s, 2);
	config.val_override_date = (int64_t)WALL_S;
	assert_int_equal(rb_validity_rules(&config, 77).wall_ns, WALL_NS);
	config.val_override_date = RB_OVERRIDE_ANY_DATE;
	assert_int_equal(rb_validity_rules(&config, 77).wall_ns, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_ends_with_its_signatures),
		cmocka_unit_test(no_ttl_reaches_beyond_the_signatures),
		cmocka_unit_test(local_data_has_no_end),
		cmocka_unit_test(a_stale_answer_ends_with_its_signatures),
		cmocka_unit_test(a_stale_limit_is_never_longer_and_not_much_shorter),
		cmocka_unit_test(rules_are_those_of_the_configuration),
	};

	return cmocka_run_group_tests_name("signature", tests, NULL, NULL);
}
