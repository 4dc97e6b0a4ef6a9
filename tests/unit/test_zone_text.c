/* SPDX-License-Identifier: BSD-2-Clause */
/* Zone files, record by record: what is one, where it stands, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>

#include "config/zone_text.h"
#include "dns/name.h"
#include "util/cleanup.h"

static const struct text_case {
	const char *name, *text;
	const char *records; /* LINE OWNER TTL TYPE LENGTH; or LINE and what is wrong */
} cases[] = {
	{"owner_class_and_ttl_may_be_left_out",
	 "a 60 IN A 192.0.2.1\n\tIN A 192.0.2.2\n A 192.0.2.3",
	 "1 a.z. 60 1 4\n2 a.z. 3600 1 4\n3 a.z. 3600 1 4\n"},
	{"names_are_below_the_origin", "@ NS ns\nns.other. NS ns.other.\n$ORIGIN b\nc CNAME @\n",
	 "1 z. 3600 2 6\n2 ns.other. 3600 2 10\n4 c.b.z. 3600 5 5\n"},
	{"ttl_holds_for_what_follows", "a A 192.0.2.1\n$TTL 5m\nb A 192.0.2.1\n",
	 "1 a.z. 3600 1 4\n3 b.z. 300 1 4\n"},
	{"a_record_may_take_lines", "@ SOA ns host ( 1 ; serial\n 2\n\n 3 4 5 )\na A 192.0.2.1\n",
	 "1 z. 3600 6 34\n5 a.z. 3600 1 4\n"},
	{"signs_in_quotes_and_escapes_are_no_signs",
	 "a TXT \"(;\" \\( \\;\nb A 192.0.2.1 ; ( \" comment\nc A 192.0.2.1\n",
	 "1 a.z. 3600 16 7\n2 b.z. 3600 1 4\n3 c.z. 3600 1 4\n"},
	{"a_string_ends_with_its_line", "a TXT \"x\nb A 192.0.2.1\n",
	 "1 a.z. 3600 16 3\n2 b.z. 3600 1 4\n"},
	{"lines_of_others", "; a comment\r\n\r\na A 192.0.2.1\r\n", "3 a.z. 3600 1 4\n"},
	{"no_record", "a A 192.0.2.1\nb A\n",
	 "1 a.z. 3600 1 4\n2 the data does not fit the type\n"},
	{"no_owner", " A 192.0.2.1\n",
	 "1 it begins with a blank, and there is no owner before it\n"},
	{"no_type", "a IN\n", "1 its type is missing\n"},
	{"no_control", "$OTHER 1-2\n", "1 expected a record, $ORIGIN, $TTL or $INCLUDE\n"},
	{"generate", "$GENERATE 1-2 a A 192.0.2.1\n", "1 $GENERATE is not supported\n"},
	{"another_file", "$INCLUDE x\n", "1 $INCLUDE is not supported\n"},
	{"parenthesis_without_end", "a A ( 192.0.2.1\nb A 192.0.2.1\n", "1 a.z. 3600 1 4\n"},
};

static void zone_check(const char *text, const char *base, const char *records)
{
	_cleanup_fclose_ FILE *file = fmemopen((void *)text, strlen(text), "r");
	_cleanup_(rb_zone_text_free) struct rb_zone_text zone = {
		.file = file,
		.base = base,
		.context = {.origin = "\1z", .ttl_s = 3600},
		.next_line = 1,
	};
	char said[1024] = "", owner[RB_NAME_TEXT_MAX];
	struct rb_text_record record;
	const char *wrong;
	int got;

	assert_non_null(file);
	while ((got = rb_zone_text_next(&zone, &record, &wrong)) > 0) {
		rb_name_to_text(record.owner, record.owner_len, owner);
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%u %.100s %u %u %u\n",
			 zone.line, owner, record.ttl_s, record.type, record.rdata_len);
	}
	assert_int_equal(got, wrong ? -EINVAL : 0);
	if (wrong)
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%u %.100s\n", zone.line,
			 wrong);
	assert_string_equal(said, records);
}

/* Otherwise: a policy is not what its file says, or its fault is looked for in another line. */
static void zone_is_read(void **state)
{
	const struct text_case *c = *state;

	zone_check(c->text, NULL, c->records);
}

/* What files say, in a directory of their own. */
static const struct included_case {
	const char *name;
	const char *text;
	const char *records;
} included[] = {
	{"lines_of_an_included_file", "a A 192.0.2.1\n$INCLUDE plain\nc A 192.0.2.1\n",
	 "1 a.z. 3600 1 4\n2 in.z. 3600 1 4\n2 last.z. 3600 1 4\n3 c.z. 3600 1 4\n"},
	{"origin_and_ttl_stay_behind_it", "$INCLUDE moves ; a comment\na A 192.0.2.1\n",
	 "1 in.b.z. 77 1 4\n2 a.b.z. 77 1 4\n"},
	{"an_included_file_includes", "$INCLUDE outer\nc A 192.0.2.1\n",
	 "1 in.z. 3600 1 4\n1 last.z. 3600 1 4\n1 outer.z. 3600 1 4\n2 c.z. 3600 1 4\n"},
	{"a_fault_of_an_included_file", "a A 192.0.2.1\n$INCLUDE wrong\n",
	 "1 a.z. 3600 1 4\n2 the data does not fit the type\n"},
	{"a_file_that_includes_itself", "$INCLUDE self\n",
	 "1 $INCLUDE: too many files include each other\n"},
	{"no_such_file", "$INCLUDE nothing\n", "1 $INCLUDE: there is no such file\n"},
	{"a_directory", "$INCLUDE .\n", "1 $INCLUDE: it is a directory\n"},
	{"a_pipe_that_nobody_writes", "$INCLUDE pipe\n", "1 $INCLUDE: it is not a plain file\n"},
	{"an_origin_of_its_own", "$INCLUDE plain b.z.\n",
	 "1 $INCLUDE: expected one file, and no origin\n"},
};

static void file_write(const char *dir, const char *name, const char *text)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Otherwise: a response policy that Unbound reads does not start here, or stops the start for ever. */
static void files_are_included(void **state)
{
	static const char *const names[] = {"plain", "moves", "outer", "self", "wrong", "pipe"};
	char dir[] = "/tmp/rb-zone.XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	file_write(dir, "plain", "in A 192.0.2.1\nlast A 192.0.2.1");
	file_write(dir, "moves", "$ORIGIN b.z.\n$TTL 77\nin A 192.0.2.1\n");
	file_write(dir, "outer", "$INCLUDE plain\nouter A 192.0.2.1\n");
	file_write(dir, "self", "$INCLUDE self\n");
	file_write(dir, "wrong", "in A nonsense\n");
	snprintf(path, sizeof(path), "%s/pipe", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	for (size_t i = 0; i < ARRAY_SIZE(included); i++)
		zone_check(included[i].text, dir, included[i].records);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 1] = {
		[ARRAY_SIZE(cases)] = cmocka_unit_test(files_are_included),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = zone_is_read,
			.initial_state = (void *)&cases[i],
		};
	return cmocka_run_group_tests_name("zone text", tests, NULL, NULL);
}
