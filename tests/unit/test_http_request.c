/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests of DNS over HTTPS, judged; and how long a response may be kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/age.h"
#include "serve/http_request.h"
#include "util/cleanup.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static const struct path_case {
	const char *name, *path;
	enum rb_http_status status;
	const char *message; /* as text */
} path_cases[] = {
	{"plain", "/dns-query?dns=YWJj", RB_HTTP_OK, "abc"},
	{"one_byte_over", "/dns-query?dns=YWJjZA", RB_HTTP_OK, "abcd"},
	{"two_bytes_over", "/dns-query?dns=YWJjZGU", RB_HTTP_OK, "abcde"},
	{"padding_does_no_harm", "/dns-query?dns=YWJjZA==", RB_HTTP_OK, "abcd"},
	{"digits_of_base64url", "/dns-query?dns=_-8_", RB_HTTP_OK, "\xff\xef\x3f"},
	{"second_parameter", "/dns-query?ct=x&dns=YWJj", RB_HTTP_OK, "abc"},
	{"first_of_two", "/dns-query?dns=YWJj&dns=ZGVm", RB_HTTP_OK, "abc"},
	{"digits_of_base64", "/dns-query?dns=/+8/", RB_HTTP_BAD_REQUEST, NULL},
	{"impossible_length", "/dns-query?dns=YWJjZ", RB_HTTP_BAD_REQUEST, NULL},
	{"padding_inside", "/dns-query?dns=YW=Jj", RB_HTTP_BAD_REQUEST, NULL},
	{"empty_parameter", "/dns-query?dns=", RB_HTTP_BAD_REQUEST, NULL},
	{"no_parameter", "/dns-query?", RB_HTTP_BAD_REQUEST, NULL},
	{"no_question_mark", "/dns-query", RB_HTTP_BAD_REQUEST, NULL},
	{"other_name", "/dns-query?xdns=YWJj", RB_HTTP_BAD_REQUEST, NULL},
	{"capitals", "/dns-query?DNS=YWJj", RB_HTTP_BAD_REQUEST, NULL},
	{"empty", "", RB_HTTP_BAD_REQUEST, NULL},
	{"ampersands", "?&&&", RB_HTTP_BAD_REQUEST, NULL},
	{"percent", "/dns-query?dns=%59WJj", RB_HTTP_BAD_REQUEST, NULL},
};

/* Otherwise: a browser's question is another one, or none. */
static void message_of_a_path(void **state)
{
	const struct path_case *c = *state;
	size_t len = strlen(c->path), out_len = 99;
	/* Of exactly the bytes that are promised, so that sanitizers see any other. */
	_cleanup_free_ char *path = malloc(len ? len : 1);
	_cleanup_free_ uint8_t *out = malloc(len ? len : 1);

	memcpy(path, c->path, len);
	assert_int_equal(rb_http_path_decode(path, len, out, &out_len), c->status);
	if (!c->message)
		return;
	assert_int_equal(out_len, strlen(c->message));
	assert_memory_equal(out, c->message, out_len);
}

/* Otherwise: other paths of a host that is not for DNS alone would be taken for questions. */
static void endpoint_is_compared_in_whole(void **state)
{
	static const struct {
		const char *path;
		bool is;
	} cases[] = {
		{"/dns-query", true},   {"/dns-query?dns=x", true},
		{"/dns-query?", true},  {"/dns-query/", false},
		{"/dns-quer", false},   {"/dns-querys", false},
		{"/", false},           {"", false},
		{"?/dns-query", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(rb_http_is_endpoint(cases[i].path, strlen(cases[i].path),
						     "/dns-query"),
				 cases[i].is);
}

/* Otherwise: clients get the wrong status, and go on trying. */
static void methods_and_types_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(rb_http_method_of(BYTES("GET")), RB_HTTP_GET);
	assert_int_equal(rb_http_method_of(BYTES("POST")), RB_HTTP_POST);
	assert_int_equal(rb_http_method_of(BYTES("HEAD")), RB_HTTP_OTHER);
	assert_int_equal(rb_http_method_of(BYTES("get")), RB_HTTP_UNKNOWN);
	assert_int_equal(rb_http_method_of(BYTES("GETS")), RB_HTTP_UNKNOWN);
	assert_int_equal(rb_http_method_of(BYTES("")), RB_HTTP_UNKNOWN);
	assert_true(rb_http_is_dns_message(BYTES("application/dns-message")));
	assert_true(rb_http_is_dns_message(BYTES("Application/DNS-Message; x=y")));
	assert_false(rb_http_is_dns_message(BYTES("application/dns-messages")));
	assert_false(rb_http_is_dns_message(BYTES("application/dns-json")));
	assert_false(rb_http_is_dns_message(BYTES("")));
}

#define HEAD(answers, authorities)                                                                 \
	"\x12\x34\x81\x80\0\1\0" answers "\0" authorities "\0\0\1a\0\0\1\0\1"
#define ADDRESS(ttl) "\300\14\0\1\0\1\0\0\0" ttl "\0\4\300\0\2\1"
#define SOA(ttl, minimum)                                                                          \
	"\0\0\6\0\1\0\0\0" ttl "\0\26\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0" minimum

static const struct age_case {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	uint32_t age_s;
} age_cases[] = {
	{"one_record", BYTES(HEAD("\1", "\0") ADDRESS("\74")), 60},
	{"the_smallest_counts", BYTES(HEAD("\3", "\0") ADDRESS("\74") ADDRESS("\7") ADDRESS("\11")),
	 7},
	{"zero", BYTES(HEAD("\2", "\0") ADDRESS("\74") ADDRESS("\0")), 0},
	{"authorities_do_not_count", BYTES(HEAD("\1", "\1") ADDRESS("\74") SOA("\5", "\5")), 60},
	{"negative_by_its_ttl", BYTES(HEAD("\0", "\1") SOA("\5", "\11")), 5},
	{"negative_by_its_minimum", BYTES(HEAD("\0", "\1") SOA("\11", "\5")), 5},
	{"neither", BYTES(HEAD("\0", "\0")), 0},
	{"referral", BYTES(HEAD("\0", "\1") ADDRESS("\74")), 0},
	{"cut_short", BYTES(HEAD("\2", "\0") ADDRESS("\74")), 0},
	{"no_message", BYTES("\x12\x34"), 0},
};

/* Otherwise: caches of HTTP keep answers for longer than their owners allow. */
static void age_of_a_response(void **state)
{
	const struct age_case *c = *state;
	_cleanup_free_ uint8_t *exact = malloc(c->len);

	memcpy(exact, c->bytes, c->len);
	assert_int_equal(rb_message_age_s(exact, c->len), c->age_s);
	for (size_t len = 0; len < c->len; len++) {
		_cleanup_free_ uint8_t *shorter = malloc(len ? len : 1);

		memcpy(shorter, c->bytes, len);
		(void)rb_message_age_s(shorter, len);
	}
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(path_cases) + ARRAY_SIZE(age_cases) + 2] = {
		cmocka_unit_test(endpoint_is_compared_in_whole),
		cmocka_unit_test(methods_and_types_are_told_apart),
	};
	size_t count = 2;

	for (size_t i = 0; i < ARRAY_SIZE(path_cases); i++)
		tests[count++] = (struct CMUnitTest){.name = path_cases[i].name,
						     .test_func = message_of_a_path,
						     .initial_state = (void *)&path_cases[i]};
	for (size_t i = 0; i < ARRAY_SIZE(age_cases); i++)
		tests[count++] = (struct CMUnitTest){.name = age_cases[i].name,
						     .test_func = age_of_a_response,
						     .initial_state = (void *)&age_cases[i]};
	return cmocka_run_group_tests_name("http_request", tests, NULL, NULL);
}
