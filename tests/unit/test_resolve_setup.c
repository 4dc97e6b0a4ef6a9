/* SPDX-License-Identifier: BSD-2-Clause */
/* What resolver processes are given to read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "resolve/autotrust.h"
#include "resolve/setup.h"
#include "util/cleanup.h"

#define FIRST_FD 20
#define MB       (1ULL << 20)

static char directory[] = "/tmp/rb-test-setup.XXXXXX";

static int directory_new(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int directory_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

static void file_write(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void content_is(int fd, const char *expected)
{
	char text[4096] = "";

	assert_true(pread(fd, text, sizeof(text) - 1, 0) >= 0);
	assert_string_equal(text, expected);
}

/* DIR in the text becomes the directory. */
static char *with_directory(const char *text)
{
	char *all = NULL;
	size_t len;
	FILE *out = open_memstream(&all, &len);
	const char *at;

	while ((at = strstr(text, "DIR"))) {
		fprintf(out, "%.*s%s", (int)(at - text), text, directory);
		text = at + 3;
	}
	fputs(text, out);
	fclose(out);
	return all;
}

/* Otherwise: what worked as root would not work as another user, or a process that takes over
 * would read other keys than the one before it. */
static void files_are_copied_to_where_the_text_says(void **state)
{
	struct rb_config config = {0};
	_cleanup_free_ char *text = with_directory("server:\n"
						   "\troot-hints: \"DIR/hints\"\n"
						   "\ttrust-anchor-file: 'DIR/anchor'\n"
						   "\ttrusted-keys-file: \"DIR/*.key\"\n"
						   "\tdo-ip6: no\n"
						   "\ttrust-anchor-file: \"DIR/none\"\n"
						   "auth-zone:\n"
						   "\tname: example.\n"
						   "\tzonefile: \"DIR/zone\"\n");
	_cleanup_free_ char *expected = with_directory("server:\n"
						       "\troot-hints: \"/proc/self/fd/20\"\n"
						       "\ttrust-anchor-file: \"/proc/self/fd/21\"\n"
						       "\ttrusted-keys-file: \"/proc/self/fd/22\"\n"
						       "\ttrusted-keys-file: \"/proc/self/fd/23\"\n"
						       "\tdo-ip6: no\n"
						       "\ttrust-anchor-file: \"DIR/none\"\n"
						       "auth-zone:\n"
						       "\tname: example.\n"
						       "\tzonefile: \"/proc/self/fd/26\"\n\n");
	_cleanup_free_ char *zone = with_directory("@ SOA\n$INCLUDE DIR/part other.example. ; why\n"
						   "$INCLUDE DIR/none\n$INCLUDE\tINCLUDE\nwww A\n");
	_cleanup_free_ char *zone_expected =
		with_directory("@ SOA\n$INCLUDE /proc/self/fd/24 other.example. ; why\n"
			       "$INCLUDE DIR/none\n$INCLUDE /proc/self/fd/25\nwww A\n");
	_cleanup_(rb_setup_unrefp) struct rb_setup *setup = NULL, *next = NULL;

	(void)state;
	file_write("hints", "the hints\n");
	file_write("anchor", "the anchor");
	file_write("a.key", "key a\n");
	file_write("b.key", "key b\n");
	file_write("zone", zone);
	file_write("part", "part A\n");
	file_write("INCLUDE", "included A\n");
	config.resolver_text = text;
	config.directory = directory;
	assert_int_equal(rb_setup_new(&config, FIRST_FD, NULL, &setup), 0);
	/* Read once, whatever becomes of it. */
	file_write("anchor", "another");
	content_is(setup->text_fd, expected);
	assert_int_equal(setup->file_count, 7);
	content_is(setup->file_fds[0], "the hints\n");
	content_is(setup->file_fds[1], "the anchor");
	content_is(setup->file_fds[2], "key a\n");
	content_is(setup->file_fds[3], "key b\n");
	content_is(setup->file_fds[4], "part A\n");
	content_is(setup->file_fds[5], "included A\n");
	content_is(setup->file_fds[6], zone_expected);
	/* Nor for the next one, by who may not read it any more. */
	assert_int_equal(rb_setup_new(&config, FIRST_FD, setup, &next), 0);
	content_is(next->text_fd, expected);
	assert_int_equal(next->file_count, 7);
	content_is(next->file_fds[1], "the anchor");
	content_is(next->file_fds[6], zone_expected);
	/* One that was taken over cannot choose the keys of the next. */
	assert_int_equal(pwrite(setup->file_fds[1], "evil", 4, 0), -1);
	assert_int_equal(ftruncate(setup->text_fd, 0), -1);
}

/* clang-format off: a table */
static const struct {
	const char *zone, *part, *expected; /* DIR is the directory */
} outside[] = {
	{"@ SOA\nexample. A\n. NS\nwww A\n", NULL, "@ SOA\n;\n;\nwww A\n"},
	{"other.example. A\n\tMX\nwww A\n MX\n", NULL, ";\n;\nwww A\n MX\n"},
	{"x.example. TXT (\nwww\n\"(\" ; (\n) \\(\nwww A\n", NULL, ";\n;\n;\n;\nwww A\n"},
	{"www TXT (\nexample. A\n) ; (\nexample. A\n", NULL, "www TXT (\nexample. A\n) ; (\n;\n"},
	{"$ORIGIN example.\nother A\nz A\nw.Z A\n$ORIGIN z\nw A\n", NULL,
	 "$ORIGIN example.\n;\nz A\nw.Z A\n$ORIGIN z\nw A\n"},
	{"@ SOA\n$INCLUDE DIR/part\nwww A\n", "$ORIGIN other.\n",
	 "@ SOA\n$INCLUDE /proc/self/fd/20\n;\n"},
	{"x. A\n$INCLUDE DIR/part\n MX\n", " MX\nz.example. A\n",
	 ";\n$INCLUDE /proc/self/fd/20\n MX\n"},
	{"xz.example. A\n\"www\" A\na..b A\n; example.\n\n", NULL,
	 ";\n\"www\" A\na..b A\n; example.\n\n"},
};
/* clang-format on */

/* Otherwise: libunbound 1.17 looks for a proof in a record above the zone, without end, and the
 * questions of everybody end with its process. */
static void records_outside_of_a_zone_are_left_out(void **state)
{
	struct rb_config config = {0};
	_cleanup_free_ char *text =
		with_directory("auth-zone:\n\tname: \"z.example\"\n\tzonefile: \"DIR/zone\"\n");

	(void)state;
	config.resolver_text = text;
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		_cleanup_(rb_setup_unrefp) struct rb_setup *setup = NULL;
		_cleanup_free_ char *zone = with_directory(outside[i].zone);

		file_write("zone", zone);
		file_write("part", outside[i].part ?: "");
		assert_int_equal(rb_setup_new(&config, FIRST_FD, NULL, &setup), 0);
		content_is(setup->file_fds[setup->file_count - 1], outside[i].expected);
	}
}

static int zone_open(const char *text)
{
	char path[128];
	int fd;

	file_write("other", text);
	snprintf(path, sizeof(path), "%s/other", directory);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Otherwise: a zone that changes would be the old one, or each change would cost a descriptor. */
static void a_changed_zone_takes_the_place_of_the_former(void **state)
{
	static const char *const steps[] = {"@ SOA\nv A\n", NULL, "@ SOA\nw A\n"};
	_cleanup_free_ char *text = with_directory("auth-zone:\n\tname: \"a.example\"\n"
						   "\tzonefile: \"DIR/a\"\n"
						   "auth-zone:\n\tname: \"z.example\"\n"
						   "\tzonefile: \"DIR/zone\"\n");
	_cleanup_free_ char *with = with_directory("auth-zone:\n\tname: \"a.example\"\n"
						   "\tzonefile: \"/proc/self/fd/20\"\n"
						   "auth-zone:\n\tname: \"z.example\"\n"
						   "\tzonefile: \"/proc/self/fd/21\"\n\n");
	_cleanup_free_ char *without = with_directory("auth-zone:\n\tname: \"a.example\"\n"
						      "\tzonefile: \"/proc/self/fd/20\"\n"
						      "auth-zone:\n\tname: \"z.example\"\n"
						      "\tzonefile: \"DIR/zone\"\n\n");
	_cleanup_free_ char *path = with_directory("DIR/zone");
	_cleanup_(rb_setup_unrefp) struct rb_setup *setup = NULL;
	struct rb_config config = {0};

	(void)state;
	file_write("a", "@ SOA\n");
	file_write("zone", "@ SOA\nu A\n");
	config.resolver_text = text;
	assert_int_equal(rb_setup_new(&config, FIRST_FD, NULL, &setup), 0);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		_cleanup_close_ int fd = steps[i] ? zone_open(steps[i]) : -1;
		const struct rb_zone_copy copy = {.path = path, .fd = fd};
		struct rb_setup *former = setup;

		assert_int_equal(rb_setup_follow(former, &config, &copy, 1, &setup), 0);
		content_is(setup->text_fd, steps[i] ? with : without);
		content_is(setup->file_fds[0], "@ SOA\n");
		content_is(setup->file_fds[1], steps[i] ?: "");
		assert_int_equal(setup->file_count, 2);
		rb_setup_unref(former);
	}
}

/* Otherwise: caches that an operator has made large would end the process that fills them. */
static void memory_goes_by_the_caches(void **state)
{
	static const struct {
		const char *text;
		bool prefetch;
		size_t directive_bytes;
		uint64_t expected_bytes;
		bool total;
	} cases[] = {
		{"server:\n", false, 0, 512 * MB, false},
		{"server:\n\tmsg-cache-size: 4194304\n\trrset-cache-size: 8388608\n", false, 0,
		 (512 + 36) * MB, false},
		{"server:\n\tmsg-cache-size: 4194304\n", true, 0, (512 + 24) * MB, false},
		{"server:\n\tmsg-cache-size: 4194304\n", true, 100 * MB, 100 * MB, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct rb_config config = {
			.resolver_text = (char *)(uintptr_t)cases[i].text,
			.prefetch = cases[i].prefetch,
			.resolver_memory_bytes = cases[i].directive_bytes,
		};
		_cleanup_(rb_setup_unrefp) struct rb_setup *setup = NULL;

		assert_int_equal(rb_setup_new(&config, FIRST_FD, NULL, &setup), 0);
		assert_int_equal(setup->memory_bytes, cases[i].expected_bytes);
		assert_int_equal(setup->memory_is_total, cases[i].total);
		assert_int_equal(setup->contexts, cases[i].prefetch ? 3 : 1);
	}
}

/* Otherwise: a key that is announced, or revoked, would be trusted. */
static void only_trusted_keys_are_kept(void **state)
{
	static const struct {
		const char *file, *kept;
	} cases[] = {
		{". DNSKEY a\n. DNSKEY b\n", ". DNSKEY a\n. DNSKEY b\n"},
		{". DNSKEY a ;{id = 1} ;;state=2 [  VALID  ] ;;count=0\n"
		 ". DNSKEY b ;;state=1 [ ADDPEND ]\n"
		 ". DNSKEY c ;;state=3 [ MISSING ]\n"
		 ". DNSKEY d ;;state=4 [ REVOKED ]\n"
		 ". DNSKEY e ;;state=0 [  START  ]\n"
		 ". DNSKEY f ;;state=5 [ REMOVED ]",
		 ". DNSKEY a ;{id = 1} ;;state=2 [  VALID  ] ;;count=0\n"
		 ". DNSKEY c ;;state=3 [ MISSING ]\n"},
		{"; autotrust\n;;id: . 1\n. DS x", "; autotrust\n;;id: . 1\n. DS x"},
		{";;REVOKED\n. DNSKEY a ;;state=2\n", ""},
		{". DNSKEY a ;;state=", ". DNSKEY a ;;state="},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *bytes = strdup(cases[i].file);
		size_t len = rb_autotrust_keep(bytes, strlen(bytes));

		assert_int_equal(len, strlen(cases[i].kept));
		assert_memory_equal(bytes, cases[i].kept, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_copied_to_where_the_text_says),
		cmocka_unit_test(records_outside_of_a_zone_are_left_out),
		cmocka_unit_test(a_changed_zone_takes_the_place_of_the_former),
		cmocka_unit_test(memory_goes_by_the_caches),
		cmocka_unit_test(only_trusted_keys_are_kept),
	};

	return cmocka_run_group_tests(tests, directory_new, directory_remove);
}
