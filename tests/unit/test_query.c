/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries, as Unbound 1.17's daemon judges them. Every case was put to that daemon; where we differ
 * on purpose the case says so. One difference is everywhere: Unbound's early errors send the query
 * back as it came, whatever its counts claim; ours hold a header, the question where it can be
 * read, and OPT where the query had one that can be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/answer.h"
#include "dns/query.h"
#include "lib/exact.h"
#include "query_text.h"
#include "util/cleanup.h"

enum expect_question { NO_QUESTION, WITH_QUESTION };
enum expect_edns { NO_EDNS, WITH_EDNS, WITH_DO };

static const struct query_case {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	enum rb_query_verdict verdict;
	uint16_t rcode;
	enum expect_question question;
	enum expect_edns edns;
} cases[] = {
	{"empty", BYTES(""), RB_QUERY_DROP, 0, 0, 0},
	{"eleven_bytes", BYTES("\x12\x34\1\0\0\1\0\0\0\0\0"), RB_QUERY_DROP, 0, 0, 0},
	{"response", BYTES(HEAD("\201\0", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_DROP, 0, 0,
	 0},
	{"plain", BYTES(PLAIN QUESTION), RB_QUERY_OK, 0, WITH_QUESTION, 0},
	{"rd_clear", BYTES(HEAD("\0\0", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_OK, 0,
	 WITH_QUESTION, 0},
	{"aa_ra_z_ad_cd_and_rcode_are_ignored",
	 BYTES(HEAD("\5\365", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_OK, 0, WITH_QUESTION, 0},
	{"trailing_bytes_are_ignored", BYTES(PLAIN QUESTION "xx"), RB_QUERY_OK, 0, WITH_QUESTION,
	 0},
	{"uncounted_opt_is_ignored", BYTES(PLAIN QUESTION OPT_PLAIN), RB_QUERY_OK, 0, WITH_QUESTION,
	 NO_EDNS},
	{"tc", BYTES(HEAD("\3\0", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, WITH_QUESTION, 0},

	{"iquery", BYTES(HEAD("\11\0", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_ERROR,
	 RB_RCODE_NOTIMP, WITH_QUESTION, 0},
	{"status", BYTES(HEAD("\21\0", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_ERROR,
	 RB_RCODE_NOTIMP, WITH_QUESTION, 0},
	{"update", BYTES(HEAD("\50\0", "\1", "\0", "\0", "\0") QTYPE("\0\6")), RB_QUERY_ERROR,
	 RB_RCODE_NOTIMP, WITH_QUESTION, 0},
	{"update_with_opt", BYTES(HEAD("\50\0", "\1", "\0", "\0", "\1") QTYPE("\0\6") OPT_PLAIN),
	 RB_QUERY_ERROR, RB_RCODE_NOTIMP, WITH_QUESTION, WITH_EDNS},
	{"opcode_15", BYTES(HEAD("\171\0", "\1", "\0", "\0", "\0") QUESTION), RB_QUERY_ERROR,
	 RB_RCODE_NOTIMP, WITH_QUESTION, 0},
	{"update_without_question", BYTES(HEAD("\50\0", "\0", "\0", "\0", "\0")), RB_QUERY_ERROR,
	 RB_RCODE_NOTIMP, NO_QUESTION, 0},
	{"tc_is_seen_before_the_opcode", BYTES(HEAD("\62\0", "\1", "\0", "\0", "\0") QUESTION),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, 0},
	{"notify", BYTES(HEAD("\44\0", "\1", "\0", "\0", "\0") QTYPE("\0\6")), RB_QUERY_ERROR,
	 RB_RCODE_REFUSED, WITH_QUESTION, 0},
	{"notify_with_soa", BYTES(HEAD("\44\0", "\1", "\1", "\0", "\0") QTYPE("\0\6") RECORD),
	 RB_QUERY_ERROR, RB_RCODE_REFUSED, WITH_QUESTION, 0},
	{"notify_with_two_records",
	 BYTES(HEAD("\44\0", "\1", "\2", "\0", "\0") QTYPE("\0\6") RECORD RECORD), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, WITH_QUESTION, 0},
	{"notify_without_question", BYTES(HEAD("\44\0", "\0", "\0", "\0", "\0")), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, NO_QUESTION, 0},
	{"notify_with_edns_version",
	 BYTES(HEAD("\44\0", "\1", "\0", "\0", "\1") QTYPE("\0\6") OPT("\1", "\0\0", "\0\0", "")),
	 RB_QUERY_ERROR, RB_RCODE_BADVERS, WITH_QUESTION, WITH_EDNS},

	{"no_question", BYTES(HEAD(RD, "\0", "\0", "\0", "\0")), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 NO_QUESTION, 0},
	{"uncounted_question", BYTES(HEAD(RD, "\0", "\0", "\0", "\0") QUESTION), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, NO_QUESTION, 0},
	{"two_questions", BYTES(HEAD(RD, "\2", "\0", "\0", "\0") QUESTION QUESTION), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, NO_QUESTION, 0},
	/* Unbound sends this OPT back with the rest; ours looks for an OPT behind a question only.
	 */
	{"opt_without_question", BYTES(HEAD(RD, "\0", "\0", "\0", "\1") OPT_PLAIN), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, NO_QUESTION, NO_EDNS},
	{"answer_in_query", BYTES(HEAD(RD, "\1", "\1", "\0", "\0") QUESTION RECORD), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, WITH_QUESTION, 0},
	{"authority_in_query", BYTES(HEAD(RD, "\1", "\0", "\1", "\0") QTYPE("\0\373") RECORD),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, 0},
	{"two_additional_records",
	 BYTES(HEAD(RD, "\1", "\0", "\0", "\2") QUESTION OPT_PLAIN RECORD), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"two_opts", BYTES(HEAD(RD, "\1", "\0", "\0", "\2") QUESTION OPT_PLAIN OPT_PLAIN),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"opt_and_tsig", BYTES(HEAD(RD, "\1", "\0", "\0", "\2") QUESTION OPT_PLAIN SIGNATURE),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},

	{"pointer_to_itself", BYTES(PLAIN "\300\14\0\1\0\1"), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 NO_QUESTION, 0},
	{"pointer_behind_a_label", BYTES(PLAIN "\1a\300\14\0\1\0\1"), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, NO_QUESTION, 0},
	{"label_type_1", BYTES(PLAIN "\100\0\0\1\0\1"), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 NO_QUESTION, 0},
	{"label_type_2", BYTES(PLAIN "\200a\0\0\1\0\1"), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 NO_QUESTION, 0},
	{"name_without_end", BYTES(PLAIN "\1a"), RB_QUERY_ERROR, RB_RCODE_FORMERR, NO_QUESTION, 0},
	{"question_without_type", BYTES(PLAIN QNAME), RB_QUERY_ERROR, RB_RCODE_FORMERR, NO_QUESTION,
	 0},
	{"question_without_class", BYTES(PLAIN QNAME "\0\1"), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 NO_QUESTION, 0},
	{"question_with_half_a_class", BYTES(PLAIN QNAME "\0\1\0"), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, NO_QUESTION, 0},
	{"root", BYTES(PLAIN "\0\0\2\0\1"), RB_QUERY_OK, 0, WITH_QUESTION, 0},

	{"type_0", BYTES(PLAIN QTYPE("\0\0")), RB_QUERY_OK, 0, WITH_QUESTION, 0},
	{"type_opt", BYTES(PLAIN QTYPE("\0\51")), RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION,
	 0},
	{"type_127", BYTES(PLAIN QTYPE("\0\177")), RB_QUERY_OK, 0, WITH_QUESTION, 0},
	{"type_128", BYTES(PLAIN QTYPE("\0\200")), RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION,
	 0},
	{"type_tkey", BYTES(PLAIN QTYPE("\0\371")), RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION,
	 0},
	{"type_tsig", BYTES(PLAIN QTYPE("\0\372")), RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION,
	 0},
	{"type_ixfr", BYTES(PLAIN QTYPE("\0\373")), RB_QUERY_ERROR, RB_RCODE_REFUSED, WITH_QUESTION,
	 0},
	{"type_axfr", BYTES(PLAIN QTYPE("\0\374")), RB_QUERY_ERROR, RB_RCODE_REFUSED, WITH_QUESTION,
	 0},
	{"type_axfr_with_edns_version",
	 BYTES(WITH_AR QTYPE("\0\374") OPT("\1", "\0\0", "\0\0", "")), RB_QUERY_ERROR,
	 RB_RCODE_REFUSED, WITH_QUESTION, WITH_EDNS},
	{"type_maila", BYTES(PLAIN QTYPE("\0\376")), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 WITH_QUESTION, 0},
	{"type_any", BYTES(PLAIN QTYPE("\0\377")), RB_QUERY_OK, 0, WITH_QUESTION, 0},
	{"type_65535", BYTES(PLAIN QTYPE("\377\377")), RB_QUERY_OK, 0, WITH_QUESTION, 0},
	{"class_chaos_is_left_to_the_caller", BYTES(PLAIN QNAME "\0\20\0\3"), RB_QUERY_OK, 0,
	 WITH_QUESTION, 0},
	{"class_any_is_left_to_the_caller", BYTES(PLAIN QNAME "\0\1\0\377"), RB_QUERY_OK, 0,
	 WITH_QUESTION, 0},

	{"edns", BYTES(WITH_AR QUESTION OPT_PLAIN), RB_QUERY_OK, 0, WITH_QUESTION, WITH_EDNS},
	{"edns_do", BYTES(WITH_AR QUESTION OPT("\0", "\200\0", "\0\0", "")), RB_QUERY_OK, 0,
	 WITH_QUESTION, WITH_DO},
	{"edns_other_flags_are_ignored", BYTES(WITH_AR QUESTION OPT("\0", "\177\377", "\0\0", "")),
	 RB_QUERY_OK, 0, WITH_QUESTION, WITH_EDNS},
	{"edns_extended_rcode_is_ignored",
	 BYTES(WITH_AR QUESTION "\0"
				"\0\51\4\320"
				"\3\0\0\0\0\0"),
	 RB_QUERY_OK, 0, WITH_QUESTION, WITH_EDNS},
	{"edns_version_1", BYTES(WITH_AR QUESTION OPT("\1", "\0\0", "\0\0", "")), RB_QUERY_ERROR,
	 RB_RCODE_BADVERS, WITH_QUESTION, WITH_EDNS},
	{"edns_version_255_with_do", BYTES(WITH_AR QUESTION OPT("\377", "\200\0", "\0\0", "")),
	 RB_QUERY_ERROR, RB_RCODE_BADVERS, WITH_QUESTION, WITH_DO},
	{"edns_version_1_with_odd_options",
	 BYTES(WITH_AR QUESTION OPT("\1", "\0\0", "\0\2", "\0\1")), RB_QUERY_ERROR,
	 RB_RCODE_BADVERS, WITH_QUESTION, WITH_EDNS},
	{"edns_version_1_with_lying_length", BYTES(WITH_AR QUESTION OPT("\1", "\0\0", "\0\11", "")),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, WITH_EDNS},
	{"edns_unknown_options",
	 BYTES(WITH_AR QUESTION OPT("\0", "\0\0", "\0\12",
				    "\0\144\0\1a"
				    "\0\145\0\1b")),
	 RB_QUERY_OK, 0, WITH_QUESTION, WITH_EDNS},
	{"edns_half_an_option_is_ignored",
	 BYTES(WITH_AR QUESTION OPT("\0", "\0\0", "\0\3", "\0\1\0")), RB_QUERY_OK, 0, WITH_QUESTION,
	 WITH_EDNS},
	{"edns_option_past_the_end_is_ignored",
	 BYTES(WITH_AR QUESTION OPT("\0", "\0\0", "\0\5", "\0\144\0\5a")), RB_QUERY_OK, 0,
	 WITH_QUESTION, WITH_EDNS},
	{"edns_trailing_bytes_are_ignored", BYTES(WITH_AR QUESTION OPT_PLAIN "x"), RB_QUERY_OK, 0,
	 WITH_QUESTION, WITH_EDNS},
	{"edns_lying_length", BYTES(WITH_AR QUESTION OPT("\0", "\0\0", "\0\5", "\0\1\0\0")),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, WITH_EDNS},
	{"edns_owner_that_points_to_the_root",
	 BYTES(WITH_AR QUESTION "\300\26"
				"\0\51\4\320"
				"\0\0\0\0\0\0"),
	 RB_QUERY_OK, 0, WITH_QUESTION, WITH_EDNS},
	/* Unbound adds an OPT to these errors, though it found none in the query: RFC 6891 6.1.1.
	 */
	{"edns_owner_that_points_to_a_name",
	 BYTES(WITH_AR QUESTION "\300\14"
				"\0\51\4\320"
				"\0\0\0\0\0\0"),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"edns_owner_that_points_to_itself",
	 BYTES(WITH_AR QUESTION "\300\33"
				"\0\51\4\320"
				"\0\0\0\0\0\0"),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"edns_owner_that_is_a_name", BYTES(WITH_AR QUESTION "\1a" OPT_PLAIN), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"edns_cut_off",
	 BYTES(WITH_AR QUESTION "\0"
				"\0\51\4\320"
				"\0\0\0\0"),
	 RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"counted_but_missing", BYTES(WITH_AR QUESTION), RB_QUERY_ERROR, RB_RCODE_FORMERR,
	 WITH_QUESTION, NO_EDNS},
	{"another_record_than_opt", BYTES(WITH_AR QUESTION RECORD), RB_QUERY_ERROR,
	 RB_RCODE_FORMERR, WITH_QUESTION, NO_EDNS},
	{"tsig", BYTES(WITH_AR QUESTION SIGNATURE), RB_QUERY_ERROR, RB_RCODE_FORMERR, WITH_QUESTION,
	 NO_EDNS},
};

/* Otherwise: a client hears another verdict on its query than Unbound would give. */
static void query_is_judged(void **state)
{
	const struct query_case *c = *state;
	_cleanup_free_ uint8_t *message = exact_copy(c->bytes, c->len);
	struct rb_query query = {.id = 0xffff};

	assert_int_equal(rb_query_parse(message, c->len, &query), c->verdict);
	if (c->verdict == RB_QUERY_DROP) {
		assert_int_equal(query.id, 0xffff);
		return;
	}
	assert_int_equal(query.id, 0x1234);
	assert_int_equal(query.rcode, c->rcode);
	assert_int_equal(query.edns.present, c->edns != NO_EDNS);
	assert_int_equal(query.edns.dnssec_ok, c->edns == WITH_DO);
	assert_int_equal(query.edns.udp_size, c->edns == NO_EDNS ? 0 : 1232);
	if (c->question == NO_QUESTION) {
		assert_null(query.qname);
		assert_int_equal(query.question_len, 0);
		return;
	}
	assert_ptr_equal(query.qname, message + 12);
	assert_int_equal(query.question_len, query.qname_len + 4);
	assert_int_equal(query.qtype,
			 message[12 + query.qname_len] << 8 | message[13 + query.qname_len]);
	assert_int_equal(query.qclass, message[15 + query.qname_len]);
}

static size_t long_question(size_t last_label, uint8_t *message)
{
	size_t at = 12;
	int i;

	memcpy(message, PLAIN, 12);
	for (i = 0; i < 3; i++) {
		message[at++] = 63;
		memset(message + at, 'a', 63);
		at += 63;
	}
	message[at++] = (uint8_t)last_label;
	memset(message + at, 'a', last_label);
	at += last_label;
	memcpy(message + at, "\0\0\1\0\1", 5);
	return at + 5;
}

/* Otherwise: names of legal length are refused, or longer ones overrun what holds names. */
static void names_end_at_255_bytes(void **state)
{
	uint8_t message[512];
	struct rb_query query;

	(void)state;
	assert_int_equal(rb_query_parse(message, long_question(61, message), &query), RB_QUERY_OK);
	assert_int_equal(query.qname_len, 255);
	assert_int_equal(rb_query_parse(message, long_question(62, message), &query),
			 RB_QUERY_ERROR);
	assert_int_equal(query.rcode, RB_RCODE_FORMERR);
	assert_null(query.qname);
}

/* Otherwise: errors leave with a question that was not asked, or tell of recursion wrongly. */
static void errors_are_answered_with_what_could_be_read(void **state)
{
	static const struct {
		const uint8_t *bytes;
		size_t len;
		const uint8_t *reply;
		size_t reply_len;
	} error_cases[] = {
		{BYTES(PLAIN "\300\14\0\1\0\1"), BYTES("\x12\x34\201\1"
						       "\0\0\0\0\0\0\0\0")},
		{BYTES(HEAD("\3\0", "\1", "\0", "\0", "\0") QUESTION),
		 BYTES("\x12\x34\201\1"
		       "\0\1\0\0\0\0\0\0" QUESTION)},
		{BYTES(HEAD("\50\60", "\1", "\0", "\0", "\1") QTYPE("\0\6") OPT_PLAIN),
		 BYTES("\x12\x34\250\24"
		       "\0\1\0\0\0\0\0\1" QTYPE("\0\6") OPT_PLAIN)},
		{BYTES(HEAD("\44\0", "\1", "\0", "\0", "\0") QTYPE("\0\6")),
		 BYTES("\x12\x34\240\205"
		       "\0\1\0\0\0\0\0\0" QTYPE("\0\6"))},
		{BYTES(HEAD("\1\60", "\1", "\0", "\0", "\1")
			       QUESTION OPT("\1", "\200\0", "\0\0", "")),
		 BYTES("\x12\x34\201\220"
		       "\0\1\0\0\0\0\0\1" QUESTION "\0\0\51\4\320\1\0\200\0\0\0")},
	};
	uint8_t out[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(error_cases); i++) {
		struct rb_query query;

		assert_int_equal(rb_query_parse(error_cases[i].bytes, error_cases[i].len, &query),
				 RB_QUERY_ERROR);
		assert_int_equal(rb_reply_build(&query, NULL, 0, 1232, sizeof(out), out),
				 error_cases[i].reply_len);
		assert_memory_equal(out, error_cases[i].reply, error_cases[i].reply_len);
	}
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(names_end_at_255_bytes),
		cmocka_unit_test(errors_are_answered_with_what_could_be_read),
	};
	struct CMUnitTest tests[ARRAY_SIZE(cases) + ARRAY_SIZE(fixed)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = query_is_judged,
					       .initial_state = (void *)&cases[i]};
	memcpy(tests + i, fixed, sizeof(fixed));
	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
