/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain names, wire form and presentation form. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dns/name.h"
#include "lib/prng.h"
#include "util/cleanup.h"

#define WIRE(s) (const uint8_t *)(s), sizeof(s) - 1
#define LABEL63                                                                                    \
	"\x3f"                                                                                     \
	"123456789012345678901234567890123456789012345678901234567890123"
#define TEXT63  "123456789012345678901234567890123456789012345678901234567890123"
#define TEXT61  "1234567890123456789012345678901234567890123456789012345678901"
#define LABEL61 "\x3d" TEXT61

static const struct text_case {
	const char *name;
	const char *text;
	const uint8_t *wire;
	size_t len;
	const char *back; /* as rb_name_to_text() writes it */
} text_cases[] = {
	{"root", ".", WIRE("\0"), "."},
	{"final_dot_is_optional", "a.bc", WIRE("\1a\2bc\0"), "a.bc."},
	{"final_dot_is_taken", "a.bc.", WIRE("\1a\2bc\0"), "a.bc."},
	{"case_is_kept", "aBc.DE.", WIRE("\3aBc\2DE\0"), "aBc.DE."},
	{"escaped_dot_is_no_separator", "a\\.b.c.", WIRE("\3a.b\1c\0"), "a\\.b.c."},
	{"escaped_backslash", "a\\\\b.", WIRE("\3a\\b\0"), "a\\\\b."},
	{"decimal_escape", "\\000\\255\\097.", WIRE("\3\0\377a\0"), "\\000\\255a."},
	{"space_becomes_decimal", "a\\032b.", WIRE("\3a b\0"), "a\\032b."},
	{"master_file_characters_are_escaped", "\\\"\\;\\(\\)\\@\\$.", WIRE("\6\";()@$\0"),
	 "\\\"\\;\\(\\)\\@\\$."},
	{"underscore_is_plain", "_443._tcp.", WIRE("\4_443\4_tcp\0"), "_443._tcp."},
	{"longest_label", TEXT63 ".", WIRE(LABEL63 "\0"), TEXT63 "."},
	{"longest_name", TEXT63 "." TEXT63 "." TEXT63 "." TEXT61 ".",
	 WIRE(LABEL63 LABEL63 LABEL63 LABEL61 "\0"), TEXT63 "." TEXT63 "." TEXT63 "." TEXT61 "."},
};

/* If these fail, tools show and take other names than the operator means. */
static void text_is_read_and_written(void **state)
{
	const struct text_case *c = *state;
	uint8_t wire[RB_NAME_MAX];
	char text[RB_NAME_TEXT_MAX];

	assert_int_equal(rb_name_from_text(c->text, wire), c->len);
	assert_memory_equal(wire, c->wire, c->len);
	rb_name_to_text(c->wire, c->len, text);
	assert_string_equal(text, c->back);
}

/* Otherwise: a typing error in a configuration becomes another name instead of an error. */
static void bad_text_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"..",
		".a",
		"a..b",
		"a..",
		"\\",
		"a.\\",
		"\\25",
		"\\256",
		"\\2a5",
		"\\999",
		"1" TEXT63,
		"a." TEXT63 "." TEXT63 "." TEXT63 "." TEXT63 ".",
		"1" TEXT61 "." TEXT63 "." TEXT63 "." TEXT63 ".",
	};
	uint8_t wire[RB_NAME_MAX] = {42};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(rb_name_from_text(texts[i], wire), -EINVAL);
	/* Outputs are untouched on failure. */
	assert_int_equal(wire[0], 42);
}

/* Otherwise: a name does not survive a dump and its restoration. */
static void every_byte_survives_text(void **state)
{
	uint8_t back[RB_NAME_MAX];
	unsigned int byte;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		uint8_t wire[] = {3, 'x', (uint8_t)byte, '7', 0};
		char text[RB_NAME_TEXT_MAX];

		rb_name_to_text(wire, sizeof(wire), text);
		assert_int_equal(rb_name_from_text(text, back), sizeof(wire));
		assert_memory_equal(back, wire, sizeof(wire));
	}
}

/* Otherwise: the longest name of unprintable bytes overruns a buffer. */
static void longest_text_fits(void **state)
{
	uint8_t wire[RB_NAME_MAX];
	char text[RB_NAME_TEXT_MAX];
	int i;

	(void)state;
	memset(wire, 1, sizeof(wire));
	for (i = 0; i < 3; i++)
		wire[i * 64] = 63;
	wire[192] = 61;
	wire[254] = 0;
	assert_int_equal(rb_name_len(wire, sizeof(wire)), 255);
	rb_name_to_text(wire, sizeof(wire), text);
	assert_true(strlen(text) < RB_NAME_TEXT_MAX);
}

/* Otherwise: malformed questions are taken for names. */
static void length_of_malformed_names_is_refused(void **state)
{
	static const struct {
		const uint8_t *wire;
		size_t room;
		int len;
	} cases[] = {
		{WIRE("\0"), 1},
		{WIRE("\1a\0rest"), 3},
		{WIRE(""), -EBADMSG},
		{WIRE("\1a"), -EBADMSG},
		{WIRE("\3a\0"), -EBADMSG},
		{WIRE("\300\14"), -EBADMSG},
		{WIRE("\1a\300\14"), -EBADMSG},
		{WIRE("\100aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0"),
		 -EBADMSG},
		{WIRE("\200a\0"), -EBADMSG},
		{WIRE(LABEL63 LABEL63 LABEL63 LABEL61 "\0"), 255},
		{WIRE(LABEL63 LABEL63 LABEL63 LABEL63 "\0"), -EBADMSG},
		{WIRE(LABEL63 LABEL63 LABEL63 "\x3e" TEXT61 "2\0"), -EBADMSG},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(rb_name_len(cases[i].wire, cases[i].room), cases[i].len);
}

/* Otherwise: EXAMPLE.com and example.COM are two names, or two names are one. */
static void case_is_folded_for_letters_only(void **state)
{
	uint8_t a[256], b[256], lower[256];
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		a[i] = (uint8_t)i;
		b[i] = i >= 'A' && i <= 'Z' ? (uint8_t)(i + 32) : (uint8_t)i;
	}
	rb_name_lower(a, sizeof(a), lower);
	assert_memory_equal(lower, b, sizeof(b));
	rb_name_lower(a + 1, 253, a + 1);
	assert_memory_equal(a, b, 254);
	assert_true(rb_name_equal(WIRE("\3wWw\7EXAMPLE\0"), WIRE("\3WWw\7exAMple\0")));
	assert_false(rb_name_equal(WIRE("\3www\7example\0"), WIRE("\3www\7exbmple\0")));
	assert_false(rb_name_equal(WIRE("\1@\0"), WIRE("\1`\0")));
	assert_false(rb_name_equal(WIRE("\1[\0"), WIRE("\1{\0")));
	assert_false(rb_name_equal(WIRE("\1a\0"), WIRE("\1a\1b\0")));
}

/* Otherwise: notexample.com is treated as part of example.com. */
static void zones_end_at_labels(void **state)
{
	static const uint8_t zone[] = "\7eXample\3com";
	size_t len = sizeof(zone);

	(void)state;
	assert_true(rb_name_is_under(WIRE("\7example\3COM\0"), zone, len));
	assert_true(rb_name_is_under(WIRE("\1a\1b\7example\3com\0"), zone, len));
	assert_true(rb_name_is_under(zone, len, WIRE("\0")));
	assert_true(rb_name_is_under(WIRE("\0"), WIRE("\0")));
	assert_false(rb_name_is_under(WIRE("\3com\0"), zone, len));
	assert_false(rb_name_is_under(WIRE("\0"), zone, len));
	/* A label that ends in the zone's wire form. */
	assert_false(rb_name_is_under(WIRE("\16x\7example\3com\0"), zone, len));
	assert_false(rb_name_is_under(WIRE("\12notexample\3com\0"), zone, len));
}

/* Otherwise: a record is stored that answers another name's question. */
static void names_with_zero_bytes_are_not_scannable(void **state)
{
	(void)state;
	assert_true(rb_name_is_scannable(WIRE("\0")));
	assert_true(rb_name_is_scannable(WIRE("\3www\7example\0")));
	assert_false(rb_name_is_scannable(WIRE("\1\0\0")));
	assert_false(rb_name_is_scannable(WIRE("\3w\0w\7example\0")));
	assert_false(rb_name_is_scannable(WIRE("\3www")));
	assert_false(rb_name_is_scannable(WIRE("")));
}

/* Otherwise: the XDP program looks for a name where userspace did not store it. */
static void hash_is_nh_of_the_words(void **state)
{
	struct prng prng = {1};
	struct rb_hash_key key;
	int round;
	size_t i;

	(void)state;
	for (i = 0; i < RB_NAME_WORDS; i++)
		key.nh[i] = prng_next(&prng);
	for (round = 0; round < 20000; round++) {
		uint8_t padded[RB_NAME_WORDS * 8] = {0};
		size_t len = 1 + prng_below(&prng, RB_NAME_MAX);
		uint8_t *end = padded + sizeof(padded), *name = end - len;
		uint64_t sum = 0, word;

		for (i = 0; i < len - 1; i++)
			name[i] = (uint8_t)(1 + prng_below(&prng, 255));
		for (i = 0; i <= len / 8; i++) {
			memcpy(&word, end - 8 - i * 8, 8);
			sum += (uint64_t)((uint32_t)word + (uint32_t)key.nh[i]) *
			       ((uint32_t)(word >> 32) + (uint32_t)(key.nh[i] >> 32));
		}
		assert_true(rb_name_hash_sum(name, len, &key) == sum);
	}
}

/* Otherwise: two copies of a zone could not be compared. RFC 4034 6.1. */
static void names_sort_as_in_the_rfc(void **state)
{
	static const char *const sorted[] = {
		".",           "com",
		"a.com",       "example",
		"a.example",   "yljkjljk.a.example",
		"Z.a.example", "zABC.a.EXAMPLE",
		"z.example",   "\\001.z.example",
		"*.z.example", "\\200.z.example",
	};
	uint8_t names[2][RB_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(sorted) / sizeof(sorted[0]); i++)
		for (size_t k = 0; k < sizeof(sorted) / sizeof(sorted[0]); k++) {
			int a = rb_name_from_text(sorted[i], names[0]);
			int b = rb_name_from_text(sorted[k], names[1]);
			int order = rb_name_compare(names[0], (size_t)a, names[1], (size_t)b);

			assert_true(a > 0 && b > 0);
			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
}

int main(void)
{
	static const struct CMUnitTest fixed[] = {
		cmocka_unit_test(bad_text_is_refused),
		cmocka_unit_test(every_byte_survives_text),
		cmocka_unit_test(longest_text_fits),
		cmocka_unit_test(length_of_malformed_names_is_refused),
		cmocka_unit_test(case_is_folded_for_letters_only),
		cmocka_unit_test(zones_end_at_labels),
		cmocka_unit_test(names_sort_as_in_the_rfc),
		cmocka_unit_test(names_with_zero_bytes_are_not_scannable),
		cmocka_unit_test(hash_is_nh_of_the_words),
	};
	struct CMUnitTest tests[ARRAY_SIZE(text_cases) + ARRAY_SIZE(fixed)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(text_cases); i++)
		tests[i] = (struct CMUnitTest){.name = text_cases[i].name,
					       .test_func = text_is_read_and_written,
					       .initial_state = (void *)&text_cases[i]};
	memcpy(tests + i, fixed, sizeof(fixed));
	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
