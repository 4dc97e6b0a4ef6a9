/* SPDX-License-Identifier: BSD-2-Clause */
/* What preload sees in a text before any answer is made of it: its format, names, RDATA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "import/input.h"
#include "import/names.h"
#include "import/own.h"
#include "util/cleanup.h"

/* Whatever is read fast is read as ldns reads it. Otherwise: it depends on the form of a record
 * what becomes of it. */
static void fast_data_are_those_of_ldns(void **state)
{
	static const char *const lines[] = {
		"a. 1 IN RRSIG A 13 3 3600 20300101000000 20260228235959 12345 big.example. AQIDBA==",
		"a. 1 IN RRSIG TYPE65280 8 0 4294967295 20240229120001 19700101000000 0 . AQID BAU=",
		"a. 1 IN RRSIG NSEC 8 0 0 21060207062815 20001231235959 65535 Ex.Ample. AQIDBAUG",
		"a. 1 IN A 192.0.2.255",
		"a. 1 IN AAAA ::ffff:192.0.2.1",
		"a. 1 IN CNAME B.example.",
		"a. 1 IN MX 65535 .",
		"a. 1 IN SRV 1 2 3 x.example.",
		"a. 1 IN NS a\\.b.c.",
		"a. 1 IN TXT a \"b c\" \\\"\\255 \"\"",
		"a. 1 IN PTR \\001\\200.x.",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		static const struct rb_import_name origin = {.len = 0};
		static uint8_t fast[RB_IMPORT_RDATA_MAX + 1], slow[RB_IMPORT_RDATA_MAX + 1];
		uint16_t fast_len, slow_len, type;
		struct rb_import_entry entry;
		struct rb_import_text text;
		const char *problem;

		assert_int_equal(rb_import_text_copy(lines[i], strlen(lines[i]), &text), 0);
		assert_int_equal(rb_import_text_next(&text, &entry, &problem), 1);
		type = rb_import_type_parse(&entry.words[3]);
		assert_int_equal(rb_import_rdata_parse(type, entry.words + 4, entry.count - 4,
						       &origin, fast, &fast_len),
				 0);
		assert_int_equal(rb_import_rdata_by_ldns(type, entry.words + 4, entry.count - 4,
							 &origin, slow, &slow_len, &problem),
				 0);
		assert_int_equal(fast_len, slow_len);
		assert_memory_equal(fast, slow, fast_len);
		rb_import_text_free(&text);
	}
}

static const struct guess_case {
	const char *name;
	const char *input;
	enum rb_import_format format;
} guess_cases[] = {
	{"names_are_names", "www.example\n# example.\nexample. MX\n", RB_IMPORT_NAMES},
	{"a_zone_file_is_a_zone_file", "; names\n\nwww.example. 60 A 192.0.2.1\n", RB_IMPORT_ZONE},
	{"a_directive_is_of_a_zone_file", "$ORIGIN example.\n", RB_IMPORT_ZONE},
	{"unbounds_cache", "START_RRSET_CACHE\nEND_RRSET_CACHE\n", RB_IMPORT_DUMP_CACHE},
	{"our_own_dump", RB_IMPORT_OWN_TITLE "\n", RB_IMPORT_DUMP},
	{"nothing", "", RB_IMPORT_ZONE},
};

/* Otherwise: an operator's file is taken for something else, and most of it refused. */
static void format_is_guessed(void **state)
{
	const struct guess_case *c = *state;
	struct rb_import_text text;

	assert_int_equal(rb_import_text_copy(c->input, strlen(c->input), &text), 0);
	assert_string_equal(rb_import_format_name(rb_import_format_guess(&text)),
			    rb_import_format_name(c->format));
	assert_int_equal(text.at, 0);
	rb_import_text_free(&text);
}

/* Otherwise: other names are resolved than those in the list. */
static void names_are_read(void **state)
{
	static const char input[] =
		"www.example\nexample. MX ; mail\n# mail.example\na b c\nx. AXFR\n";
	struct rb_import_problems problems = {.source = "input"};
	struct rb_import_names names;
	struct rb_import_text text;

	(void)state;
	assert_int_equal(rb_import_text_copy(input, strlen(input), &text), 0);
	assert_int_equal(rb_import_names_read(&text, NULL, &problems, &names), 0);
	assert_int_equal(names.count, 3);
	assert_int_equal(names.list[0].qtype, RB_TYPE_A);
	assert_int_equal(names.list[1].qtype, RB_TYPE_AAAA);
	assert_int_equal(names.list[2].qtype, RB_TYPE_MX);
	assert_memory_equal(names.list[2].qname, "\7example", 9);
	assert_int_equal(problems.total, 2);
	assert_int_equal(problems.list[0].line, 4);
	assert_int_equal(problems.list[1].line, 5);
	rb_import_names_free(&names);
	rb_import_problems_free(&problems);
	rb_import_text_free(&text);
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(fast_data_are_those_of_ldns),
	};
	struct CMUnitTest tests[ARRAY_SIZE(guess_cases) + ARRAY_SIZE(fixed)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(guess_cases); i++)
		tests[i] = (struct CMUnitTest){.name = guess_cases[i].name,
					       .test_func = format_is_guessed,
					       .initial_state = (void *)&guess_cases[i]};
	memcpy(tests + i, fixed, sizeof(fixed));
	return cmocka_run_group_tests_name("import, text", tests, NULL, NULL);
}
