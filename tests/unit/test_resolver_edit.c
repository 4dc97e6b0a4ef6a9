/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones of upstreams, put into libunbound's text and taken out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config/resolver_edit.h"
#include "util/cleanup.h"

#define BEFORE "server:\n\tdomain-insecure: \"b.example\"\n"
#define ZONE_A "forward-zone:\n\tname: \"A.example.\"\n\tforward-addr: 192.0.2.1\n"
#define STUB_A "stub-zone:\n\tname: a.example\n\tstub-addr: 192.0.2.2\n"
#define ZONE_B "forward-zone:\n\tname: 'b.example'\n\tforward-addr: 192.0.2.3\n"

struct edit_case {
	const char *name;
	const char *text;
	enum rb_resolver_zone zone;
	bool adds, insecure, primes;
	const char *servers[3];
	const char *says; /* what is left, but for blanks and empty lines */
};

static const char *const nobody[1];

static const struct edit_case cases[] = {
	{"a_zone_is_put_behind_all",
	 BEFORE ZONE_B,
	 RB_RESOLVER_FORWARD,
	 true,
	 false,
	 false,
	 {"192.0.2.9@5353", "ns.example"},
	 BEFORE ZONE_B "forward-zone:\n\tname: \"a.example.\"\n\tforward-addr: 192.0.2.9@5353\n"
		       "\tforward-host: ns.example\n"},
	{"it_takes_the_place_of_one_of_its_name",
	 BEFORE ZONE_A ZONE_B,
	 RB_RESOLVER_FORWARD,
	 true,
	 false,
	 false,
	 {"2001:db8::9"},
	 BEFORE ZONE_B "forward-zone:\n\tname: \"a.example.\"\n\tforward-addr: 2001:db8::9\n"},
	{"a_stub_of_that_name_stays",
	 BEFORE ZONE_A STUB_A ZONE_B,
	 RB_RESOLVER_FORWARD,
	 false,
	 false,
	 false,
	 {NULL},
	 BEFORE STUB_A ZONE_B},
	{"a_stub_goes",
	 BEFORE STUB_A ZONE_A,
	 RB_RESOLVER_STUB,
	 false,
	 false,
	 false,
	 {NULL},
	 BEFORE ZONE_A},
	{"what_is_not_there_is_taken_out_without_ado",
	 BEFORE ZONE_B,
	 RB_RESOLVER_FORWARD,
	 false,
	 false,
	 false,
	 {NULL},
	 BEFORE ZONE_B},
	{"a_primed_stub_that_is_not_signed",
	 BEFORE,
	 RB_RESOLVER_STUB,
	 true,
	 true,
	 true,
	 {"192.0.2.9"},
	 BEFORE "stub-zone:\n\tname: \"a.example.\"\n\tstub-addr: 192.0.2.9\n\tstub-prime: yes\n"
		"server:\n\tdomain-insecure: \"a.example.\"\n"},
	{"insecure_alone",
	 BEFORE ZONE_A,
	 RB_RESOLVER_INSECURE,
	 true,
	 false,
	 false,
	 {NULL},
	 BEFORE ZONE_A "server:\n\tdomain-insecure: \"a.example.\"\n"},
	{"secure_again",
	 BEFORE "\tdomain-insecure: a.example\n" ZONE_A,
	 RB_RESOLVER_INSECURE,
	 false,
	 false,
	 false,
	 {NULL},
	 BEFORE ZONE_A},
};

/* Lines that were blanked are not there for libunbound. */
static void blanks_drop(char *text)
{
	char *out = text;

	while (*text) {
		size_t len = strcspn(text, "\n");
		bool empty = strspn(text, " \t") >= len;

		len += text[len] == '\n';
		if (!empty) {
			memmove(out, text, len);
			out += len;
		}
		text += len;
	}
	*out = '\0';
}

static unsigned int lines_count(const char *text, const char *until)
{
	unsigned int count = 0;

	for (; text < until; text++)
		count += *text == '\n';
	return count;
}

/* Otherwise: forward_add would lead questions elsewhere than was asked for. */
static void text_has_the_change_and_nothing_else(void **state)
{
	const struct edit_case *c = *state;
	struct rb_resolver_edit edit = {
		.zone = c->zone,
		.adds = c->adds,
		.insecure = c->insecure,
		.primes = c->primes,
		.servers = c->servers[0] ? c->servers : nobody,
	};
	_cleanup_free_ char *text = NULL;

	while (c->servers[edit.server_count])
		edit.server_count++;
	edit.name_len = (size_t)rb_name_from_text("a.EXAMPLE", edit.name);
	assert_int_equal(rb_resolver_edit(c->text, &edit, &text), 0);
	/* Messages go by the numbers of lines. */
	if (strstr(c->text, "b.example'") && strstr(text, "b.example'"))
		assert_int_equal(lines_count(text, strstr(text, "b.example'")),
				 lines_count(c->text, strstr(c->text, "b.example'")));
	blanks_drop(text);
	if (strcasecmp(text, c->says) != 0)
		assert_string_equal(text, c->says);
}

/* Otherwise: a word could end the clause, and say anything of the server to libunbound. */
static void servers_that_need_quotes_are_not_taken(void **state)
{
	static const char *const wrong[] = {
		"192.0.2.1@853#dns.example", "a\"b", "a'b", "a\\010b", "", "a..b"};
	bool is_address;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(rb_resolver_edit_takes(wrong[i], &is_address));
	assert_true(rb_resolver_edit_takes("192.0.2.1@53", &is_address) && is_address);
	assert_true(rb_resolver_edit_takes("ns.example", &is_address) && !is_address);
}

/* Otherwise: a server that was taken over would have the next one read any file, before it is confined. */
static void more_than_such_changes_is_not_taken(void **state)
{
	static char own[] = "server:\n\troot-hints: \"/a\"\nforward-zone:\n\tname: \"a.\"\n";
	static const char *const more[] = {
		"server:\n\troot-hints: \"/etc/shadow\"\nforward-zone:\n\tname: \"a.\"\n",
		"server:\n\troot-hints: \"/a\"\nforward-zone:\n\tname: \"b.\"\n",
		"server:\n\troot-hints: \"/a\"\n \n \nserver:\n\troot-hints: \"/b\"\n",
		"\n\n\n\nauth-zone:\n\tzonefile: \"/b\"\n",
		"\n\n\n\n\tinclude: \"/b\"\n",
	};
	struct rb_resolver_edit edit = {
		.zone = RB_RESOLVER_FORWARD, .adds = true, .insecure = true};
	static const char *const servers[] = {"192.0.2.1", "ns.example"};
	_cleanup_free_ char *once = NULL, *twice = NULL, *thrice = NULL;

	(void)state;
	edit.servers = servers;
	edit.server_count = ARRAY_SIZE(servers);
	edit.name_len = (size_t)rb_name_from_text("a.", edit.name);
	assert_int_equal(rb_resolver_edit(own, &edit, &once), 0);
	edit.zone = RB_RESOLVER_STUB;
	edit.primes = true;
	assert_int_equal(rb_resolver_edit(once, &edit, &twice), 0);
	edit.adds = false;
	assert_int_equal(rb_resolver_edit(twice, &edit, &thrice), 0);
	assert_true(rb_resolver_edit_is_of(own, own));
	assert_true(rb_resolver_edit_is_of(once, own));
	assert_true(rb_resolver_edit_is_of(twice, own));
	assert_true(rb_resolver_edit_is_of(thrice, own));
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		_cleanup_free_ char *text = strdup(more[i]);

		assert_false(rb_resolver_edit_is_of(text, own));
	}
}

/* Otherwise: what was asked of others would be forgotten in a crash, once a zone has changed. */
static void what_files_contain_is_told(void **state)
{
	static const char own[] = "auth-zone:\n\tname: \"a.\"\n\t# contents 00000002\n"
				  "\tzonefile: \"/a\"\n";
	char text[] = "auth-zone:\n\tname: \"a.\"\n\t# contents --------\n"
		      "\tzonefile: \"/a\"\nforward-zone:\n\tname: \"b.\"\n";

	(void)state;
	assert_true(rb_resolver_edit_is_of(text, own));
	assert_memory_equal(text, own, strlen(own));
	assert_string_equal(text + strlen(own), "forward-zone:\n\tname: \"b.\"\n");
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 3];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){.name = cases[i].name,
					       .test_func = text_has_the_change_and_nothing_else,
					       .initial_state = (void *)&cases[i]};
	tests[ARRAY_SIZE(cases)] =
		(struct CMUnitTest)cmocka_unit_test(servers_that_need_quotes_are_not_taken);
	tests[ARRAY_SIZE(cases) + 1] =
		(struct CMUnitTest)cmocka_unit_test(more_than_such_changes_is_not_taken);
	tests[ARRAY_SIZE(cases) + 2] =
		(struct CMUnitTest)cmocka_unit_test(what_files_contain_is_told);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
