/* SPDX-License-Identifier: BSD-2-Clause */
/* Compression, decompression and hostile bytes in a resolver's message. */
#include <errno.h>
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
#include "dns/name.h"
#include "lib/message.h"
#include "lib/prng.h"
#include "lib/wire_text.h"
#include "util/cleanup.h"

#define NOW            MESSAGE_NOW
#define OF_TIER(class) "\300\14\0\1\0" class "\0\0\0\12\0\4\300\0\2\1"
#define ANSWER         LDNS_SECTION_ANSWER

static const struct wire_case {
	const char *name;
	const uint8_t *message;
	size_t len;
	const uint8_t *body; /* NULL: malformed */
	size_t body_len;
} wire_cases[] = {
	{"owner_becomes_a_pointer_to_the_question",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\1A\7exAmple\0" FIXED("\0\1", "\4") "\300\0\2\1"),
	 BYTES(ADDRESS)},
	{"suffix_of_the_question_is_pointed_to",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\5", "\13") "\1b\7EXample\0"),
	 BYTES("\300\14" FIXED("\0\5", "\4") "\1b\300\16")},
	{"target_of_a_cname_is_pointed_to_by_its_records",
	 BYTES(HEAD("\2", "\0", "\0") QUESTION
	       "\300\14" FIXED("\0\5", "\5") "\1b\1c\0"
					     "\1b\1c\0" FIXED("\0\1", "\4") "\300\0\2\1"),
	 BYTES("\300\14" FIXED("\0\5", "\5") "\1b\1c\0"
					     "\300\47" FIXED("\0\1", "\4") "\300\0\2\1")},
	{"srv_target_is_decompressed",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION
	       "\300\14" FIXED("\0\41", "\10") "\0\1\0\2\0\3\300\14"),
	 BYTES("\300\14" FIXED("\0\41", "\21") "\0\1\0\2\0\3\1a\7example\0")},
	{"dname_target_is_not_pointed_to",
	 BYTES(HEAD("\2", "\0", "\0") QUESTION
	       "\300\14" FIXED("\0\47", "\3") "\1z\0"
					      "\1z\0" FIXED("\0\1", "\4") "\300\0\2\1"),
	 BYTES("\300\14" FIXED("\0\47", "\3") "\1z\0"
					      "\1z\0" FIXED("\0\1", "\4") "\300\0\2\1")},
	{"unknown_type_is_opaque",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\377\0", "\2") "\300\14"),
	 BYTES("\300\14" FIXED("\377\0", "\2") "\300\14")},
	{"root_owner_is_one_byte",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\0" FIXED("\0\1", "\4") "\300\0\2\1"),
	 BYTES("\0" FIXED("\0\1", "\4") "\300\0\2\1")},
	{"response_bit_missing", BYTES("\0\0\1\200\0\1\0\0\0\0\0\0" QUESTION), NULL, 0},
	{"truncated_bit_set", BYTES("\0\0\203\200\0\1\0\0\0\0\0\0" QUESTION), NULL, 0},
	{"other_opcode", BYTES("\0\0\251\200\0\1\0\0\0\0\0\0" QUESTION), NULL, 0},
	{"no_question", BYTES("\0\0\201\200\0\0\0\0\0\0\0\0"), NULL, 0},
	{"other_name", BYTES(HEAD("\0", "\0", "\0") "\1b\7example\0\0\1\0\1"), NULL, 0},
	{"other_type", BYTES(HEAD("\0", "\0", "\0") "\1a\7example\0\0\2\0\1"), NULL, 0},
	{"cut_header", BYTES("\0\0\201\200\0\1\0\0\0\0\0"), NULL, 0},
	{"cut_question", BYTES(HEAD("\0", "\0", "\0") "\1a\7example\0\0\1\0"), NULL, 0},
	{"record_missing", BYTES(HEAD("\1", "\0", "\0") QUESTION), NULL, 0},
	{"bytes_behind", BYTES(HEAD("\1", "\0", "\0") QUESTION ADDRESS "\0"), NULL, 0},
	{"record_cut_in_its_head", BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14\0\1\0\1\0"), NULL,
	 0},
	{"data_cut",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\1", "\4") "\300\0\2"), NULL, 0},
	{"pointer_forwards",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\37" FIXED("\0\1", "\4") "\300\0\2\1"), NULL,
	 0},
	{"pointer_to_itself",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\33" FIXED("\0\1", "\4") "\300\0\2\1"), NULL,
	 0},
	{"pointer_loop_over_a_label",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\1x\300\33" FIXED("\0\1", "\4") "\300\0\2\1"), NULL,
	 0},
	{"label_type_1",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\101x\0" FIXED("\0\1", "\4") "\300\0\2\1"), NULL,
	 0},
	{"name_runs_out_of_its_data",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\5", "\2") "\1b" ADDRESS), NULL,
	 0},
	{"bytes_behind_a_name",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\5", "\3") "\300\14x"), NULL, 0},
	{"mx_without_preference",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\17", "\1") "x"), NULL, 0},
	{"soa_without_numbers",
	 BYTES(HEAD("\0", "\1", "\0") QUESTION "\300\14" FIXED("\0\6", "\4") "\300\14\300\14"),
	 NULL, 0},
	{"naptr_string_runs_out",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\43", "\6") "\0\1\0\1\5a"), NULL,
	 0},
	{"naptr_without_strings",
	 BYTES(HEAD("\1", "\0", "\0") QUESTION "\300\14" FIXED("\0\43", "\4") "\0\1\0\1"), NULL, 0},
	{"opt_as_answer", BYTES(HEAD("\1", "\0", "\0") QUESTION "\0" FIXED("\0\51", "\0")), NULL,
	 0},
	{"class_chaos_as_answer", BYTES(HEAD("\1", "\0", "\0") QUESTION OF_TIER("\3")), NULL, 0},
	{"class_chaos_beside_an_answer",
	 BYTES(HEAD("\2", "\0", "\0") QUESTION ADDRESS OF_TIER("\3")), NULL, 0},
	{"class_hesiod_as_authority", BYTES(HEAD("\1", "\1", "\0") QUESTION ADDRESS OF_TIER("\4")),
	 NULL, 0},
	{"class_any_as_additional", BYTES(HEAD("\1", "\0", "\1") QUESTION ADDRESS OF_TIER("\377")),
	 NULL, 0},
	{"class_none", BYTES(HEAD("\1", "\0", "\0") QUESTION OF_TIER("\376")), NULL, 0},
	{"class_0", BYTES(HEAD("\1", "\0", "\0") QUESTION OF_TIER("\0")), NULL, 0},
	{"question_of_class_chaos", BYTES(HEAD("\1", "\0", "\0") "\1a\7example\0\0\1\0\3" ADDRESS),
	 NULL, 0},
	{"question_of_class_any", BYTES(HEAD("\1", "\0", "\0") "\1a\7example\0\0\1\0\377" ADDRESS),
	 BYTES(ADDRESS)},
	{"tsig", BYTES(HEAD("\0", "\0", "\1") QUESTION "\1k\0" FIXED("\0\372", "\0")), NULL, 0},
};

/* Otherwise: hostile data is cached, or replies carry names that clients cannot follow. */
static void wire_is_digested(void **state)
{
	const struct wire_case *c = *state;
	struct rb_answer *untouched = (struct rb_answer *)&wire_cases, *answer = untouched;
	_cleanup_free_ uint8_t *message = malloc(c->len);
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300];

	memcpy(message, c->message, c->len);
	message_query("a.example.", 1, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
	opts = message_opts(&query);
	if (!c->body) {
		assert_int_equal(rb_answer_from_message(message, c->len, &opts, &answer), -EBADMSG);
		assert_ptr_equal(answer, untouched);
		return;
	}
	assert_int_equal(rb_answer_from_message(message, c->len, &opts, &answer), 0);
	assert_int_equal(answer->body_len, c->body_len);
	assert_memory_equal(answer->body, c->body, c->body_len);
	rb_answer_free(answer);
}

/* Otherwise: class ANY, which asks for the records of every class, is answered SERVFAIL. */
static void class_any_gets_records_of_every_class(void **state)
{
	static const uint8_t message[] =
		HEAD("\2", "\0", "\0") "\1a\7example\0\0\1\0\377" ADDRESS OF_TIER("\3");
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300];

	(void)state;
	message_query("a.example.", 1, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
	opts = message_opts(&query);
	opts.qclass = RB_CLASS_ANY;
	assert_int_equal(rb_answer_from_message(message, sizeof(message) - 1, &opts, &answer), 0);
	assert_int_equal(answer->ancount, 2);
}

static void random_name(struct prng *prng, char *out)
{
	static const char *const labels[] = {"a",   "A",       "b",       "bb",
					     "ccc", "example", "EXAMPLE", "net"};
	uint32_t count = 1 + prng_below(prng, 5);

	*out = '\0';
	while (count--) {
		strcat(out, labels[prng_below(prng, ARRAY_SIZE(labels))]);
		strcat(out, ".");
	}
}

static void random_record(struct prng *prng, char *line)
{
	static const char *const forms[] = {
		"%s %u IN A 192.0.2.1",  "%s %u IN TXT \"x\"",
		"%s %u IN NS %s",        "%s %u IN MX 5 %s",
		"%s %u IN SRV 1 2 3 %s", "%s %u IN SOA %s h.example. 1 2 3 4 5",
		"%s %u IN CNAME %s",     "%s %u IN DNAME %s",
	};
	char owner[64], target[64];

	random_name(prng, owner);
	random_name(prng, target);
	sprintf(line, forms[prng_below(prng, ARRAY_SIZE(forms))], owner,
		1000 + prng_below(prng, 1000), target);
}

/*
 * Otherwise: compression changes a name, or the kernel ages bytes that are no TTL. Letter case
 * may change: a name that is pointed to has one case only.
 */
static void random_messages_survive(void **state)
{
	struct prng prng = {8};
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		uint32_t count = prng_below(&prng, prng_below(&prng, 50) ? 20 : 700), i;
		_cleanup_(message_freep) ldns_pkt *in = NULL, *got = NULL;
		_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
		_cleanup_free_ uint8_t *wire = NULL, *out = malloc(65535);
		char qname[64], line[256];
		struct rb_answer_opts opts;
		struct rb_query query;
		uint8_t question[300];
		size_t len;

		random_name(&prng, qname);
		in = message_new(qname, 1);
		for (i = 0; i < count; i++) {
			random_record(&prng, line);
			message_push(in, 1 + 3 * i / count, line);
		}
		assert_int_equal(ldns_pkt2wire(&wire, in, &len), LDNS_STATUS_OK);
		message_query(qname, 1, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
		opts = message_opts(&query);
		opts.min_ttl_s = 0;
		assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
		assert_int_equal(answer->ttl_count, count);
		/* A number of its own in each place that is said to be a TTL. */
		for (i = 0; i < count; i++) {
			uint8_t ttl[4] = {0, 0x77, (uint8_t)(i >> 8), (uint8_t)i};

			memcpy(answer->body + answer->ttl_offsets[i], ttl, sizeof(ttl));
		}
		len = rb_reply_build(&query, answer, NOW, 0, 65535, out);
		assert_int_equal(ldns_wire2pkt(&got, out, len), LDNS_STATUS_OK);
		ldns_rr_list *all_in = ldns_pkt_all(in), *all_got = ldns_pkt_all(got);

		assert_int_equal(ldns_rr_list_rr_count(all_got), count + 1);
		for (i = 0; i < count; i++) {
			ldns_rr *rr_in = ldns_rr_list_rr(all_in, i + 1);
			ldns_rr *rr_got = ldns_rr_list_rr(all_got, i + 1);

			assert_int_equal(ldns_rr_compare(rr_in, rr_got), 0);
			assert_int_equal(ldns_rr_ttl(rr_got), 0x770000 + i);
		}
		ldns_rr_list_deep_free(all_in);
		ldns_rr_list_deep_free(all_got);
	}
}

/* Otherwise: pointers wrap round in a response by TCP that is longer than they reach. */
static void pointers_stay_within_their_reach(void **state)
{
	_cleanup_(message_freep) ldns_pkt *in = message_new("a.example.", 255);
	_cleanup_(message_freep) ldns_pkt *got = NULL;
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	_cleanup_free_ uint8_t *wire = NULL, *out = malloc(65535);
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300];
	char line[256];
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 400; i++) {
		sprintf(line, "n%d.other. 300 IN NULL \\# 60 %0120d", i, i);
		message_push(in, ANSWER, line);
		sprintf(line, "n%d.other. 300 IN CNAME long-name-%d.n%d.other.", i / 2, i, i);
		message_push(in, ANSWER, line);
	}
	assert_int_equal(ldns_pkt2wire(&wire, in, &len), LDNS_STATUS_OK);
	message_query("a.example.", 255, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
	opts = message_opts(&query);
	assert_int_equal(rb_answer_from_message(wire, len, &opts, &answer), 0);
	assert_true(answer->body_len > 0x8000);
	len = rb_reply_build(&query, answer, NOW, 0, 65535, out);
	assert_int_equal(ldns_wire2pkt(&got, out, len), LDNS_STATUS_OK);
	message_equal(got, in);
}

/* Otherwise: a message that grows when its names are decompressed overruns its room. */
static void what_grows_too_large_is_refused(void **state)
{
	static const uint8_t srv[] = "\300\14" FIXED("\0\41", "\10") "\0\1\0\2\0\3\300\14";
	_cleanup_free_ uint8_t *message = malloc(65535);
	struct rb_answer *answer = NULL;
	struct rb_answer_opts opts;
	struct rb_query query;
	uint8_t question[300];
	size_t at, records = 3000, i;
	char name[RB_NAME_TEXT_MAX] = "";

	(void)state;
	for (i = 0; i < 20; i++)
		strcat(name, "abcdefghi.");
	message_query(name, 33, (struct rb_edns){0}, RB_FLAG_RD, question, &query);
	memcpy(message, HEAD("\0", "\0", "\0"), 12);
	message[6] = (uint8_t)(records >> 8);
	message[7] = (uint8_t)records;
	memcpy(message + 12, question, query.question_len);
	at = 12U + query.question_len;
	for (i = 0; i < records; i++, at += sizeof(srv) - 1)
		memcpy(message + at, srv, sizeof(srv) - 1);
	opts = message_opts(&query);
	assert_int_equal(rb_answer_from_message(message, at, &opts, &answer), -EMSGSIZE);
	assert_int_equal(rb_answer_from_message(message, 65536, &opts, &answer), -EMSGSIZE);
	assert_null(answer);
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(class_any_gets_records_of_every_class),
		cmocka_unit_test(random_messages_survive),
		cmocka_unit_test(pointers_stay_within_their_reach),
		cmocka_unit_test(what_grows_too_large_is_refused),
	};
	struct CMUnitTest tests[ARRAY_SIZE(wire_cases) + ARRAY_SIZE(fixed)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wire_cases); i++)
		tests[i] = (struct CMUnitTest){.name = wire_cases[i].name,
					       .test_func = wire_is_digested,
					       .initial_state = (void *)&wire_cases[i]};
	memcpy(tests + i, fixed, sizeof(fixed));
	return cmocka_run_group_tests_name("answer_wire", tests, NULL, NULL);
}
