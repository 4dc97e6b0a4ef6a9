/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies from answers: flags, ages, EDNS, truncation. */
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
#include "lib/wire_text.h"
#include "util/cleanup.h"

#define S    1000000000ULL
#define NOW  MESSAGE_NOW
#define BOTH (RB_SERVES_DO0 | RB_SERVES_DO1)

/* An answer with two addresses of TTL 300 and 310, secure, EDE 3 (stale). */
static struct rb_answer *sample(struct rb_query *query, uint8_t question[300], struct rb_edns edns,
				uint16_t flags)
{
	static const uint8_t message[] = HEAD("\2", "\0", "\0") QUESTION ADDRESS
		"\300\14\0\1\0\1\0\0\1\66\0\4\300\0\2\2";
	struct rb_answer *answer = NULL;
	struct rb_answer_opts opts;

	message_query("A.Example.", 1, edns, flags, question, query);
	opts = message_opts(query);
	opts.secure = true;
	opts.ede = RB_EDE_STALE + 1;
	assert_int_equal(rb_answer_from_message(message, sizeof(message) - 1, &opts, &answer), 0);
	return answer;
}

/* Otherwise: caches behind us keep data for longer than its owner allows. */
static void ttls_age_to_zero_and_stop(void **state)
{
	static const struct {
		uint64_t now_ns;
		uint32_t first_s;
	} ages[] = {
		{NOW - S, 300},     {NOW, 300},         {NOW + S - 1, 300},  {NOW + S, 299},
		{NOW + 299 * S, 1}, {NOW + 300 * S, 0}, {NOW + 5000 * S, 0}, {UINT64_MAX, 0},
	};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_query query;
	uint8_t question[300], out[512];
	size_t i;

	(void)state;
	answer = sample(&query, question, (struct rb_edns){0}, RB_FLAG_RD);
	for (i = 0; i < ARRAY_SIZE(ages); i++) {
		_cleanup_(message_freep) ldns_pkt *got = NULL;
		size_t len = rb_reply_build(&query, answer, ages[i].now_ns, 1232, 512, out);

		assert_int_equal(ldns_wire2pkt(&got, out, len), LDNS_STATUS_OK);
		assert_int_equal(ldns_rr_ttl(ldns_rr_list_rr(ldns_pkt_answer(got), 0)),
				 ages[i].first_s);
		assert_int_equal(ldns_rr_ttl(ldns_rr_list_rr(ldns_pkt_answer(got), 1)),
				 ages[i].first_s + 10);
	}
	answer->traits |= RB_FIXED_TTL;
	rb_reply_build(&query, answer, NOW + 100 * S, 1232, 512, out);
	assert_memory_equal(out + 12 + query.question_len + 6, "\0\0\1\54", 4);
}

/* Otherwise: a bit of the reply's header or OPT is not what the client's query calls for. */
static void reply_mirrors_the_query(void **state)
{
	static const uint8_t body[] = ADDRESS "\300\14\0\1\0\1\0\0\1\66\0\4\300\0\2\2";
	static const uint8_t name[] = "\1A\7Example\0\0\1\0\1"; /* as sent */
	static const struct {
		struct rb_edns edns;
		uint16_t flags;
		const uint8_t *header;
		const uint8_t *opt;
		size_t opt_len;
	} mirrors[] = {
		{{0, 0, 0},
		 RB_FLAG_RD,
		 (const uint8_t *)"\xab\xcd\201\200\0\1\0\2\0\0\0\0",
		 BYTES("")},
		{{0, 0, 0}, 0, (const uint8_t *)"\xab\xcd\200\200\0\1\0\2\0\0\0\0", BYTES("")},
		{{0, 0, 0},
		 RB_FLAG_RD | RB_FLAG_AD,
		 (const uint8_t *)"\xab\xcd\201\240\0\1\0\2\0\0\0\0",
		 BYTES("")},
		{{0, 0, 0},
		 RB_FLAG_RD | RB_FLAG_CD | RB_FLAG_Z,
		 (const uint8_t *)"\xab\xcd\201\220\0\1\0\2\0\0\0\0",
		 BYTES("")},
		{{4096, 1, 0},
		 RB_FLAG_RD,
		 (const uint8_t *)"\xab\xcd\201\200\0\1\0\2\0\0\0\1",
		 BYTES("\0\0\51\4\320\0\0\0\0\0\6\0\17\0\2\0\3")},
		{{4096, 1, 1},
		 RB_FLAG_RD,
		 (const uint8_t *)"\xab\xcd\201\240\0\1\0\2\0\0\0\1",
		 BYTES("\0\0\51\4\320\0\0\200\0\0\6\0\17\0\2\0\3")},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(mirrors); i++) {
		_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
		size_t question_end = 12 + sizeof(name) - 1, body_len = sizeof(body) - 1;
		struct rb_query query;
		uint8_t question[300], out[512];
		size_t len;

		answer = sample(&query, question, mirrors[i].edns, mirrors[i].flags);
		len = rb_reply_build(&query, answer, NOW, 1232, 512, out);
		assert_int_equal(len, question_end + body_len + mirrors[i].opt_len);
		assert_memory_equal(out, mirrors[i].header, 12);
		assert_memory_equal(out + 12, name, sizeof(name) - 1);
		assert_memory_equal(out + question_end, body, body_len);
		assert_memory_equal(out + question_end + body_len, mirrors[i].opt,
				    mirrors[i].opt_len);
	}
}

/* Otherwise: a datagram is larger than the client takes, or the client is not told to use TCP. */
static void what_does_not_fit_is_truncated(void **state)
{
	const size_t question_end = 12 + 15, body = 32, opt = 17, bare_opt = 11;
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_query query;
	uint8_t question[300], out[512];
	size_t limit;

	(void)state;
	answer = sample(&query, question, (struct rb_edns){1232, 1, 0}, RB_FLAG_RD);
	for (limit = 0; limit < 100; limit++) {
		_cleanup_free_ uint8_t *exact = malloc(limit + 1);
		size_t len = rb_reply_build(&query, answer, NOW, 1232, limit, exact);

		if (limit < question_end) {
			assert_int_equal(len, 0);
			continue;
		}
		if (limit < question_end + bare_opt) {
			assert_int_equal(len, question_end);
			assert_memory_equal(exact, "\xab\xcd\203\200\0\1\0\0\0\0\0\0", 12);
		} else if (limit < question_end + opt) {
			assert_int_equal(len, question_end + bare_opt);
			assert_memory_equal(exact, "\xab\xcd\203\200\0\1\0\0\0\0\0\1", 12);
		} else if (limit < question_end + body + bare_opt) {
			assert_int_equal(len, question_end + opt);
			assert_memory_equal(exact, "\xab\xcd\203\200\0\1\0\0\0\0\0\1", 12);
		} else {
			/* The extended error takes the room that records leave. */
			assert_int_equal(len, question_end + body +
						      (limit < question_end + body + opt ? bare_opt
											 : opt));
			assert_memory_equal(exact, "\xab\xcd\201\200\0\1\0\2\0\0\0\1", 12);
		}
	}
	rb_answer_freep(&answer);
	assert_int_equal(rb_answer_error(RB_RCODE_SERVFAIL, 23, 5, NOW, &answer), 0);
	assert_int_equal(rb_reply_build(&query, answer, NOW, 1232, 512, out), question_end + opt);
	assert_memory_equal(out, "\xab\xcd\201\202\0\1\0\0\0\0\0\1", 12);
	assert_int_equal(out[question_end + 16], 22);
	assert_int_equal(answer->traits, BOTH | RB_NO_STALE);
	assert_true(answer->expires_ns == NOW + 5 * S && answer->ttl_s == 5);
}

#define GLUE_A            "\300\47" FIXED("\0\1", "\4") "\300\0\2\2"
#define GLUE_AAAA         "\300\47" FIXED("\0\34", "\20") "0123456789abcdef"
#define GLUE_SIG(covered) "\300\47" FIXED("\0\56", "\30") covered "0123456789abcdefghijk\0"

/*
 * Otherwise: whoever asks for the root's servers without EDNS is sent away to TCP for nothing,
 * or gets a part of a set that passes for the whole.
 */
static void glue_is_left_out_by_whole_sets(void **state)
{
	/* a.example NS ns.a.example, with two A, two AAAA, and signatures of each set. */
	static const uint8_t message[] =
		HEAD("\1", "\0", "\7") "\1a\7example\0\0\2\0\1"
				       "\300\14" FIXED("\0\2", "\5") "\2ns\300\14" GLUE_A GLUE_A
					       GLUE_AAAA GLUE_AAAA GLUE_SIG("\0\1") GLUE_SIG("\0\1")
						       GLUE_SIG("\0\34");
	const size_t question_end = 12 + 15, ns = 17, a = 16, aaaa = 28, sig = 36;
	const size_t sets[] = {0, 2 * a, 2 * a + 2 * aaaa, 2 * a + 2 * aaaa + 2 * sig,
			       2 * a + 2 * aaaa + 3 * sig};
	const uint16_t counts[] = {0, 2, 4, 6, 7};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300], out[512];

	(void)state;
	message_query("a.example.", 2, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
	opts = message_opts(&query);
	opts.dnssec_ok = true;
	assert_int_equal(rb_answer_from_message(message, sizeof(message) - 1, &opts, &answer), 0);
	for (size_t limit = question_end; limit < 300; limit++) {
		size_t len = rb_reply_build(&query, answer, NOW + 10 * S, 1232, limit, out),
		       set = 0;

		if (limit < question_end + ns) {
			assert_int_equal(len, question_end);
			assert_memory_equal(out, "\xab\xcd\203\200\0\1\0\0\0\0\0\0", 12);
			continue;
		}
		while (set < 4 && question_end + ns + sets[set + 1] <= limit)
			set++;
		assert_int_equal(len, question_end + ns + sets[set]);
		assert_memory_equal(out, "\xab\xcd\201\200\0\1\0\1\0\0\0", 11);
		assert_int_equal(out[11], counts[set]);
		/* Every TTL that is left has aged, and nothing behind them was touched. */
		assert_memory_equal(out + question_end + 6, "\0\0\1\42", 4);
		if (set)
			assert_memory_equal(out + question_end + ns + a + 6, "\0\0\1\42", 4);
	}
}

/* Otherwise: who sees the lengths of what is encrypted knows what was asked (RFC 8467 4.1). */
static void reply_is_padded_to_whole_blocks(void **state)
{
	static const struct {
		uint16_t block;
		bool edns;
		size_t limit, expected;
	} cases[] = {
		{0, true, 512, 76},  {128, true, 512, 128}, {468, true, 512, 468},
		{16, true, 512, 80}, {20, true, 512, 80},   {76, true, 512, 152},
		{1, true, 512, 80},  {128, false, 512, 59}, {128, true, 100, 100},
		{128, true, 79, 76}, {128, true, 80, 80},   {128, true, 76, 76},
	};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_query query;
	uint8_t question[300], out[512];

	(void)state;
	answer = sample(&query, question, (struct rb_edns){1232, 1, 0}, RB_FLAG_RD);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t len, opt = 12 + 15 + 32;

		memset(out, 0xff, sizeof(out));
		query.pad_block_bytes = cases[i].block;
		query.edns.present = cases[i].edns;
		len = rb_reply_build(&query, answer, NOW, 1232, cases[i].limit, out);
		assert_int_equal(len, cases[i].expected);
		if (cases[i].edns)
			assert_int_equal(out[opt + 9] << 8 | out[opt + 10], len - opt - 11);
		if (len > 76) {
			assert_memory_equal(out + opt + 17, "\0\14", 2);
			assert_int_equal(out[opt + 19] << 8 | out[opt + 20], len - 76 - 4);
			for (size_t at = opt + 21; at < len; at++)
				assert_int_equal(out[at], 0);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ttls_age_to_zero_and_stop),
		cmocka_unit_test(reply_mirrors_the_query),
		cmocka_unit_test(what_does_not_fit_is_truncated),
		cmocka_unit_test(glue_is_left_out_by_whole_sets),
		cmocka_unit_test(reply_is_padded_to_whole_blocks),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
