/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of a resolver's message, and for how long: messages and decoding by ldns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "../kern/abi.h"
#include "dns/answer.h"
#include "lib/message.h"
#include "util/cleanup.h"

#define S    1000000000ULL
#define NOW  MESSAGE_NOW
#define BOTH (RB_SERVES_DO0 | RB_SERVES_DO1)
#define SIG  " 5 3 300 20300101000000 20200101000000 1 example. c2lnbmF0dXJl"
#define SOA  "example. 900 IN SOA ns.example. host.example. 1 2 3 4 600"
#define NSEC "a.example. 600 IN NSEC c.example. A RRSIG NSEC"

static const struct answer_case {
	const char *name;
	const char *qname;
	struct message_sections in;
	struct message_sections out; /* all empty: as in */
	uint16_t qtype;
	uint8_t rcode;
	bool dnssec_ok;
	bool aa;
	bool secure;
	uint32_t ttl_s;
	uint8_t traits;
} cases[] = {
	{"address",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1", "", ""},
	 .qtype = 1,
	 .ttl_s = 300,
	 .traits = BOTH},
	{"shortest_ttl_of_all_sections_rules",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1", "example. 200 IN NS ns.example.",
	  "ns.example. 100 IN AAAA 2001:db8::1"},
	 .qtype = 1,
	 .ttl_s = 100,
	 .traits = BOTH},
	{"case_of_records_is_kept",
	 "a.example.",
	 {"a.example. 300 IN CNAME B.Other.ExamplE.\nB.Other.ExamplE. 300 IN CNAME c.OTHER.example.\nc.OTHER.example. 300 IN A 192.0.2.1",
	  "", ""},
	 {"a.example. 300 IN CNAME B.Other.example.\nB.Other.example. 300 IN CNAME c.Other.example.\nc.Other.example. 300 IN A 192.0.2.1",
	  "", ""},
	 .qtype = 1,
	 .ttl_s = 300,
	 .traits = BOTH},
	{"cname_made_from_dname_has_its_ttl",
	 "a.old.example.",
	 {"old.example. 300 IN DNAME new.example.\na.old.example. 0 IN CNAME a.new.example.\na.new.example. 200 IN A 192.0.2.1",
	  "", ""},
	 {"old.example. 300 IN DNAME new.example.\na.old.example. 300 IN CNAME a.new.example.\na.new.example. 200 IN A 192.0.2.1",
	  "", ""},
	 .qtype = 1,
	 .ttl_s = 200,
	 .traits = BOTH},
	{"cname_beside_a_dname_keeps_its_ttl",
	 "a.example.",
	 {"old.example. 300 IN DNAME new.example.\na.example. 0 IN CNAME b.example.\nb.example. 200 IN A 192.0.2.1",
	  "", ""},
	 .qtype = 1,
	 .ttl_s = 0,
	 .traits = BOTH},
	{"secure_answer_keeps_signatures_for_do",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1\na.example. 300 IN RRSIG A" SIG, "", ""},
	 .qtype = 1,
	 .dnssec_ok = true,
	 .secure = true,
	 .ttl_s = 300,
	 .traits = RB_SERVES_DO1 | RB_SECURE},
	{"secure_answer_is_stripped_without_do",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1\na.example. 50 IN RRSIG A" SIG,
	  "example. 300 IN NS ns.example.\nexample. 300 IN RRSIG NS" SIG "\n" NSEC, ""},
	 {"a.example. 300 IN A 192.0.2.1", "example. 300 IN NS ns.example.", ""},
	 .qtype = 1,
	 .secure = true,
	 .ttl_s = 300,
	 .traits = RB_SERVES_DO0 | RB_SECURE},
	{"secure_but_without_signatures_serves_both",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1", "", ""},
	 .qtype = 1,
	 .dnssec_ok = true,
	 .secure = true,
	 .ttl_s = 300,
	 .traits = BOTH | RB_SECURE},
	{"rrsig_is_given_to_who_asks_for_it",
	 "a.example.",
	 {"a.example. 300 IN RRSIG A" SIG, "", ""},
	 .qtype = 46,
	 .ttl_s = 300,
	 .traits = BOTH},
	{"rrsig_of_an_alias_is_its_part_and_not_asked_for",
	 "a.example.",
	 {"a.example. 300 IN CNAME b.example.\na.example. 300 IN RRSIG CNAME" SIG
	  "\nb.example. 300 IN RRSIG A" SIG,
	  "", ""},
	 {"a.example. 300 IN CNAME b.example.\nb.example. 300 IN RRSIG A" SIG, "", ""},
	 .qtype = 46,
	 .ttl_s = 300,
	 .traits = RB_SERVES_DO0},
	{"any_keeps_all",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1\na.example. 300 IN RRSIG A" SIG "\n" NSEC, "", ""},
	 .qtype = 255,
	 .ttl_s = 300,
	 .traits = BOTH},
	{"ds_of_the_question_stays",
	 "a.example.",
	 {"a.example. 300 IN DS 1 13 2 ABCD\na.example. 300 IN RRSIG DS" SIG, "", ""},
	 {"a.example. 300 IN DS 1 13 2 abcd", "", ""},
	 .qtype = 43,
	 .ttl_s = 300,
	 .traits = RB_SERVES_DO0},
	{"ds_of_a_referral_goes",
	 "b.a.example.",
	 {"b.a.example. 300 IN A 192.0.2.1",
	  "a.example. 300 IN NS ns.example.\na.example. 300 IN DS 1 13 2 ABCD", ""},
	 {"b.a.example. 300 IN A 192.0.2.1", "a.example. 300 IN NS ns.example.", ""},
	 .qtype = 1,
	 .ttl_s = 300,
	 .traits = RB_SERVES_DO0},
	{"nodata_holds_for_the_soa_minimum",
	 "a.example.",
	 {"", SOA, ""},
	 {"", "example. 600 IN SOA ns.example. host.example. 1 2 3 4 600", ""},
	 .qtype = 28,
	 .ttl_s = 600,
	 .traits = BOTH},
	{"nodata_of_type_soa_is_negative",
	 "a.example.",
	 {"", SOA, ""},
	 {"", "example. 600 IN SOA ns.example. host.example. 1 2 3 4 600", ""},
	 .qtype = 6,
	 .ttl_s = 600,
	 .traits = BOTH},
	{"nxdomain_holds_for_the_soa_ttl",
	 "b.example.",
	 {"", "example. 60 IN SOA ns.example. host.example. 1 2 3 4 600", ""},
	 .qtype = 1,
	 .rcode = 3,
	 .secure = true,
	 .ttl_s = 60,
	 .traits = BOTH | RB_SECURE},
	{"nxdomain_with_proof_for_do",
	 "b.example.",
	 {"",
	  "example. 60 IN SOA ns.example. host.example. 1 2 3 4 600\nexample. 60 IN RRSIG SOA" SIG
	  "\n" NSEC,
	  ""},
	 .qtype = 1,
	 .rcode = 3,
	 .dnssec_ok = true,
	 .secure = true,
	 .ttl_s = 60,
	 .traits = RB_SERVES_DO1 | RB_SECURE},
	{"nxdomain_without_proof_otherwise",
	 "b.example.",
	 {"",
	  "example. 60 IN SOA ns.example. host.example. 1 2 3 4 600\nexample. 60 IN RRSIG SOA" SIG
	  "\n" NSEC,
	  ""},
	 {"", "example. 60 IN SOA ns.example. host.example. 1 2 3 4 600", ""},
	 .qtype = 1,
	 .rcode = 3,
	 .secure = true,
	 .ttl_s = 60,
	 .traits = RB_SERVES_DO0 | RB_SECURE},
	{"chain_to_nothing_holds_as_long_as_its_shortest_link",
	 "a.example.",
	 {"a.example. 30 IN CNAME b.example.", SOA, ""},
	 {"a.example. 30 IN CNAME b.example.",
	  "example. 600 IN SOA ns.example. host.example. 1 2 3 4 600", ""},
	 .qtype = 1,
	 .ttl_s = 30,
	 .traits = BOTH},
	{"soa_of_a_positive_answer_keeps_its_ttl",
	 "example.",
	 {SOA, "", ""},
	 .qtype = 6,
	 .ttl_s = 900,
	 .traits = BOTH},
	{"negative_ttl_is_capped",
	 "b.example.",
	 {"", "example. 90000 IN SOA ns.example. host.example. 1 2 3 4 80000", ""},
	 {"", "example. 3600 IN SOA ns.example. host.example. 1 2 3 4 80000", ""},
	 .qtype = 1,
	 .rcode = 3,
	 .ttl_s = 3600,
	 .traits = BOTH},
	{"positive_ttl_is_capped",
	 "a.example.",
	 {"a.example. 100000 IN A 192.0.2.1", "", ""},
	 {"a.example. 86400 IN A 192.0.2.1", "", ""},
	 .qtype = 1,
	 .ttl_s = 86400,
	 .traits = BOTH},
	{"ttl_with_the_top_bit_is_0",
	 "a.example.",
	 {"a.example. 2147483648 IN A 192.0.2.1", "", ""},
	 {"a.example. 0 IN A 192.0.2.1", "", ""},
	 .qtype = 1,
	 .ttl_s = 0,
	 .traits = BOTH},
	{"negative_without_soa_hardly_holds",
	 "a.example.",
	 {"a.example. 300 IN CNAME b.example.", "", ""},
	 .qtype = 1,
	 .ttl_s = 5,
	 .traits = BOTH},
	{"servfail_hardly_holds",
	 "a.example.",
	 {"", "", ""},
	 .qtype = 1,
	 .rcode = 2,
	 .secure = true,
	 .ttl_s = 5,
	 .traits = BOTH | RB_NO_STALE},
	{"local_data_does_not_age",
	 "a.example.",
	 {"a.example. 100000 IN A 192.0.2.1", "", ""},
	 .qtype = 1,
	 .aa = true,
	 .ttl_s = 100000,
	 .traits = BOTH | RB_FIXED_TTL | RB_NO_STALE},
	{"local_block_without_soa_holds_for_the_negative_cap",
	 "a.example.",
	 {"", "", ""},
	 .qtype = 1,
	 .rcode = 3,
	 .aa = true,
	 .ttl_s = 3600,
	 .traits = BOTH | RB_FIXED_TTL | RB_NO_STALE},
	{"opt_is_dropped",
	 "a.example.",
	 {"a.example. 300 IN A 192.0.2.1", "", "ns.example. 300 IN A 192.0.2.2"},
	 .qtype = 1,
	 .dnssec_ok = true,
	 .ttl_s = 300,
	 .traits = BOTH},
	{"root",
	 ".",
	 {". 300 IN NS a.root-servers.net.\n. 300 IN NS b.root-servers.net.", "",
	  "a.root-servers.net. 300 IN A 192.0.2.1"},
	 .qtype = 2,
	 .ttl_s = 300,
	 .traits = BOTH},
	{"every_type_with_names",
	 "a.example.",
	 {"a.example. 300 IN MX 10 mx.a.example.\na.example. 300 IN PTR p.example.\n"
	  "a.example. 300 IN MINFO m.example. n.example.\na.example. 300 IN RP r.example. t.example.\n"
	  "a.example. 300 IN AFSDB 1 f.example.\na.example. 300 IN RT 1 f.example.\n"
	  "a.example. 300 IN PX 1 x.example. y.example.\na.example. 300 IN KX 1 k.example.\n"
	  "a.example. 300 IN SRV 1 2 3 s.example.\na.example. 300 IN DNAME d.example.\n"
	  "a.example. 300 IN NAPTR 1 2 \"u\" \"sip\" \"!x!y!\" n.example.\n"
	  "a.example. 300 IN TXT \"text\" \"\"\na.example. 300 IN CAA 0 issue \"ca.example\"\n"
	  "a.example. 300 IN MB mb.example.\na.example. 300 IN HINFO \"cpu\" \"os\"",
	  "", ""},
	 .qtype = 255,
	 .ttl_s = 300,
	 .traits = BOTH},
};

/* Otherwise: a client is told something else than the resolver found, or for longer. */
static void answer_is_digested(void **state)
{
	const struct answer_case *c = *state;
	_cleanup_(message_freep) ldns_pkt *in = message_new(c->qname, c->qtype);
	_cleanup_(message_freep) ldns_pkt *want = message_new(c->qname, c->qtype);
	_cleanup_(message_freep) ldns_pkt *got = NULL;
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	_cleanup_free_ uint8_t *wire = NULL;
	bool same = !c->out.answer;
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300], out[4096];
	size_t len;

	message_push_all(in, &c->in);
	message_push_all(want, same ? &c->in : &c->out);
	ldns_pkt_set_rcode(in, c->rcode);
	ldns_pkt_set_aa(in, c->aa);
	ldns_pkt_set_edns_udp_size(in, 4096);
	assert_int_equal(ldns_pkt2wire(&wire, in, &len), LDNS_STATUS_OK);
	message_query(c->qname, c->qtype, (struct rb_edns){4096, 1, c->dnssec_ok}, RB_FLAG_RD,
		      question, &query);
	opts = message_opts(&query);
	opts.secure = c->secure;
	assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
	assert_int_equal(answer->ttl_s, c->ttl_s);
	assert_true(answer->expires_ns == NOW + c->ttl_s * S);
	assert_int_equal(answer->traits, c->traits);
	assert_int_equal(answer->flags, RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA |
						(c->aa ? RB_FLAG_AA : 0) | c->rcode);

	len = rb_reply_build(&query, answer, NOW, 1232, sizeof(out), out);
	assert_true(len > 0);
	assert_int_equal(ldns_wire2pkt(&got, out, len), LDNS_STATUS_OK);
	message_equal(got, want);
	assert_int_equal(ldns_pkt_get_rcode(got), c->rcode);
	assert_int_equal(ldns_pkt_id(got), 0xabcd);
	assert_int_equal(ldns_pkt_aa(got), c->aa);
	assert_int_equal(ldns_pkt_ad(got), c->secure && c->dnssec_ok && c->rcode != 2);
	assert_true(ldns_pkt_ra(got) && ldns_pkt_rd(got) && !ldns_pkt_tc(got));
	assert_int_equal(ldns_pkt_edns_udp_size(got), 1232);
	assert_int_equal(ldns_pkt_edns_do(got), c->dnssec_ok);
}

/* Otherwise: cache-min-ttl is not kept to, or TTLs that have aged live for another time. */
static void cache_min_ttl_lifts_what_limits_ttls(void **state)
{
	static const struct {
		struct message_sections in;
		uint32_t min_s, min_negative_s, ttl_s;
	} lifts[] = {
		{{"a.example. 5 IN A 192.0.2.1", "", ""}, 100, 0, 5},
		{{"", "example. 900 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 0, 0, 3},
		{{"", "example. 900 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 100, 0, 100},
		{{"", "example. 80 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 100, 0, 80},
		{{"", "example. 9000 IN SOA ns.example. host.example. 1 2 3 4 3", ""},
		 9000,
		 0,
		 3600},
		{{"a.example. 900 IN A 192.0.2.1\na.example. 900 IN RRSIG A" SIG, "", ""},
		 0,
		 0,
		 300},
		{{"a.example. 900 IN A 192.0.2.1\na.example. 900 IN RRSIG A" SIG, "", ""},
		 600,
		 0,
		 600},
		{{"a.example. 5 IN A 192.0.2.1", "", ""}, 0, 10, 5},
		{{"", "example. 900 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 0, 10, 10},
		{{"", "example. 5 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 5, 10, 10},
		{{"", "example. 900 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 100, 10, 10},
		{{"", "example. 80 IN SOA ns.example. host.example. 1 2 3 4 60", ""}, 0, 10, 60},
		{{"", "example. 9 IN SOA ns.example. host.example. 1 2 3 4 3", ""}, 0, 4000, 3600},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lifts); i++) {
		_cleanup_(message_freep) ldns_pkt *in = message_new("a.example.", 1);
		_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
		_cleanup_free_ uint8_t *wire = NULL;
		struct rb_answer_opts opts;
		struct rb_query query;
		uint8_t question[300];
		size_t len;

		message_push_all(in, &lifts[i].in);
		assert_int_equal(ldns_pkt2wire(&wire, in, &len), LDNS_STATUS_OK);
		message_query("a.example.", 1, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
		opts = message_opts(&query);
		opts.secure = true;
		opts.signatures.wall_ns = 1590969600 * S; /* 2020-06-01 */
		opts.min_ttl_s = lifts[i].min_s;
		opts.min_negative_ttl_s = lifts[i].min_negative_s;
		assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
		assert_int_equal(answer->ttl_s, lifts[i].ttl_s);
	}
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(cache_min_ttl_lifts_what_limits_ttls),
	};
	struct CMUnitTest tests[ARRAY_SIZE(cases) + ARRAY_SIZE(fixed)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = answer_is_digested,
					       .initial_state = (void *)&cases[i]};
	memcpy(tests + i, fixed, sizeof(fixed));
	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
