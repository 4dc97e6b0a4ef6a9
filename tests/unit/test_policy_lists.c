/* SPDX-License-Identifier: BSD-2-Clause */
/* What blocklists say of questions. */
#include "config_fixture.h"
#include "policy_fixture.h"

#include "policy/inventory.h"
#include "policy/list_file.h"
#include "util/blob.h"

/* runbound's own. */
static const char list_conf[] = "server:\n"
				"define-tag: 't0'\n"
				"access-control-tag: 192.0.2.1/32 't0'\n"
				"local-zone: lz.ads.example static\n"
				"blocklist:\n"
				"name: mixed\n"
				"file: %s\n"
				"blocklist:\n"
				"file: %s\n"
				"format: domains\n"
				"action: null\n"
				"blocklist:\n"
				"file: %s\n"
				"tags: t0\n"
				"action: refuse\n"
				"blocklist:\n"
				"file: %s\n"
				"action: allow\n"
				"blocklist:\n"
				"file: %s\n"
				"action: '192.0.2.80 2001:db8::80'\n"
				"blocklist:\n"
				"file: %s\n"
				"format: rpz\n"
				"action: 192.0.2.81\n";

static const char *const list_files[] = {
	"# a comment\n! another\n[Adblock Plus 2.0]\n\n"
	"0.0.0.0 ads.example  tracker.example # both\r\n127.0.0.1 localhost\n::1 ip6-localhost\n"
	"||adblock.example^\n||odd.example^$third-party\n*.star.example\nPLAIN.example.\n"
	"plain.example # a comment\nbad..name\nexample is in no list of these\n",
	"ads.example\nzeros.example\n0.0.0.0 not.this.format\n",
	"tagged.example\n",
	"good.ads.example\n",
	"; a zone, which nobody says it is\n$TTL 60\n@ SOA ns. hm. 1 2 3 4 5\n NS ns.\n"
	"zoned.example CNAME .\n*.zoned.example CNAME .\ndata.example A 192.0.2.1\n"
	"fine.example CNAME rpz-passthru.\n32.1.2.0.192.rpz-ip CNAME .\nworse A\n",
	("$ORIGIN rpz.example.\n@ SOA ns. hm. 1 2 3 4 5\nshort.example CNAME *.\n"
	 "elsewhere.example. CNAME .\n"),
};

static const struct policy_case list_cases[] = {
	{NULL, "ads.example", RB_TYPE_A, "answer 3 blocked"}, /* the first list decides */
	{NULL, "x.ads.example", RB_TYPE_MX, "answer 3 blocked"},
	{NULL, "tracker.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "xads.example", RB_TYPE_A, "pass"},
	{NULL, "example", RB_TYPE_A, "pass"},
	{NULL, "adblock.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "odd.example", RB_TYPE_A, "pass"}, /* not the whole name */
	{NULL, "star.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "plain.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "zeros.example", RB_TYPE_A, "answer 0 null 4 blocked"},
	{NULL, "zeros.example", RB_TYPE_MX, "answer 0 blocked"},
	{NULL, "not.this.format", RB_TYPE_A, "pass"},
	{NULL, "tagged.example", RB_TYPE_A, "pass"},
	{"192.0.2.1", "tagged.example", RB_TYPE_A, "answer 5 filtered"},
	{NULL, "good.ads.example", RB_TYPE_A, "pass"},
	{NULL, "x.good.ads.example", RB_TYPE_A, "pass"},
	{NULL, "zoned.example", RB_TYPE_A, "answer 0 address 4 blocked"},
	{NULL, "x.zoned.example", RB_TYPE_AAAA, "answer 0 address 16 blocked"},
	{NULL, "data.example", RB_TYPE_MX, "answer 0 blocked"},
	{NULL, "fine.example", RB_TYPE_A, "pass"},
	{NULL, "short.example", RB_TYPE_A, "answer 0 address 4 blocked"},
	{NULL, "short.example", RB_TYPE_AAAA, "answer 0 blocked"},
	{NULL, "short.example.rpz.example", RB_TYPE_A, "pass"},
	{NULL, "elsewhere.example", RB_TYPE_A, "pass"},
	{NULL, "x.lz.ads.example", RB_TYPE_A, "answer 3"}, /* local zones come first */
};

#define PATH_BYTES 32

static void file_write(const char *text, char path[PATH_BYTES])
{
	int fd;

	strcpy(path, "/tmp/rb-list-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static struct rb_config *lists_config(void)
{
	char paths[ARRAY_SIZE(list_files)][PATH_BYTES], text[sizeof(list_conf) + sizeof(paths)];
	struct rb_config *config;

	for (size_t i = 0; i < ARRAY_SIZE(list_files); i++)
		file_write(list_files[i], paths[i]);
	snprintf(text, sizeof(text), list_conf, paths[0], paths[1], paths[2], paths[3], paths[4],
		 paths[5]);
	config = read_text(text, 0);
	for (size_t i = 0; i < ARRAY_SIZE(list_files); i++)
		unlink(paths[i]);
	return config;
}

/* Otherwise: what a list has would be open, or what another allows would not. */
static void blocklists_block_names_and_what_is_below(void **state)
{
	struct rb_config *config = lists_config();
	struct rb_inventory_list list;

	(void)state;
	assert_non_null(
		strstr(message_of(config, RB_MESSAGE_WARNING, 0),
		       ":9: blocklist mixed: this line names nothing to block and is ignored, "
		       "as are all such lines: 3; names: 5"));
	assert_non_null(strstr(message_of(config, RB_MESSAGE_WARNING, 1),
			       ":3: blocklist 2: this line names nothing to block and is ignored, "
			       "as are all such lines: 1; names: 2"));
	assert_non_null(strstr(message_of(config, RB_MESSAGE_WARNING, 2),
			       ":9: blocklist 5: this line names nothing to block and is ignored, "
			       "as are all such lines: 2; names: 2"));
	assert_non_null(strstr(message_of(config, RB_MESSAGE_WARNING, 3),
			       ":4: blocklist 6: this line names nothing to block and is ignored, "
			       "as are all such lines: 1; names: 1"));
	assert_true(rb_inventory_list(config, 0, &list));
	assert_string_equal(list.label, "mixed");
	assert_int_equal(list.list->names, 5);
	assert_int_equal(list.list->repeated, 1);
	assert_int_equal(list.list->unusable, 3);
	assert_true(rb_inventory_list(config, 5, &list));
	assert_string_equal(list.label, "6");
	assert_string_equal(list.action, "an address");
	assert_false(rb_inventory_list(config, 6, &list));
	cases_check(config, list_cases, ARRAY_SIZE(list_cases));
}

static const char exceptions_text[] = "\xef\xbb\xbf"
				      "first.example\n"
				      "||wide.example^\n@@||ok.wide.example^\n"
				      "@@||whole.example^$important\n||ads.whole.example^\n"
				      "||part.example^\n@@||part.example^$third-party\n"
				      ".dotted.example\n0.0.0.0 localhosts.example\n"
				      /* None of these is a name. */
				      "b\xc3\xbc"
				      "cher.example\naddress=/mask.example/0.0.0.0\n"
				      "||some.*.example^\n@@good.example\n<body>\n\x1f\x8b\x08\n";

static const struct policy_case exception_cases[] = {
	{NULL, "first.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "wide.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "x.wide.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "ok.wide.example", RB_TYPE_A, "answer 0 blocked"}, /* by the other list */
	{NULL, "x.ok.wide.example", RB_TYPE_A, "pass"},
	{NULL, "ads.whole.example", RB_TYPE_A, "pass"},
	{NULL, "part.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "x.dotted.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "localhosts.example", RB_TYPE_A, "answer 3 blocked"},
	{NULL, "x.zone.example", RB_TYPE_A, "answer 0 blocked"},
	{NULL, "fine.zone.example", RB_TYPE_A, "pass"},
};

/* Otherwise: what a list takes out of its own rules would be blocked, and lines of a format that is
 * not known would be counted as names. */
static void a_list_excepts_from_its_own_names_alone(void **state)
{
	static const char *const texts[] = {
		exceptions_text,
		"@@||first.example^\nok.wide.example\n@@||x.ok.wide.example^\n",
		"$TTL 60\n@ SOA ns. hm. 1 2 3 4 5\n*.zone.example CNAME .\n"
		"fine.zone.example CNAME rpz-passthru.\n",
	};
	char text[256] = "", path[ARRAY_SIZE(texts)][PATH_BYTES];
	struct rb_inventory_list list;
	struct rb_config *config;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		size_t len = strlen(text);

		file_write(texts[i], path[i]);
		snprintf(text + len, sizeof(text) - len, "blocklist:\nfile: %s\naction: %s\n",
			 path[i], i ? "nodata" : "nxdomain");
	}
	config = read_text(text, 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		unlink(path[i]);
	assert_true(rb_inventory_list(config, 0, &list));
	assert_int_equal(list.list->names, 6);
	assert_int_equal(list.list->unusable, 7);
	assert_true(rb_inventory_list(config, 2, &list));
	assert_int_equal(list.list->names, 1);
	cases_check(config, exception_cases, ARRAY_SIZE(exception_cases));
}

/* Otherwise: a server of lists that sends nothing, or an error in words, would open what is blocked. */
static void a_file_that_names_nothing_is_told(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		enum rb_list_format format;
		bool has_names;
	} cases[] = {
#define FILE_OF(text, format, has_names) {text, sizeof(text) - 1, format, has_names}
		FILE_OF("\n \n", RB_LIST_AUTO, false),
		FILE_OF("# Title: ads\n# Entries: 0\n", RB_LIST_AUTO, false),
		FILE_OF("Too many requests, try later\n", RB_LIST_AUTO, false),
		FILE_OF("{\"error\": \"limit\"}\n", RB_LIST_AUTO, false),
		FILE_OF("127.0.0.1 localhost\n0.0.0.0 0.0.0.0\n", RB_LIST_AUTO, false),
		FILE_OF("ads.example\0hidden\n", RB_LIST_AUTO, false),
		FILE_OF("ads.example\rother.example\r", RB_LIST_AUTO, false),
		FILE_OF("$TTL 60\n@ SOA ns. hm. 1 2 3 4 5\n@ NS ns.\n", RB_LIST_AUTO, false),
		FILE_OF("$TTL 60\n@ SOA ns. hm. 1 2 3 4 5\nx CNAME .\n", RB_LIST_AUTO, true),
		FILE_OF("||ads.example^\n", RB_LIST_HOSTS, false),
		FILE_OF("||ads.example^\n", RB_LIST_ADBLOCK, true),
		FILE_OF("@@||ads.example^\n", RB_LIST_AUTO, true),
		FILE_OF("# a comment\nno name\nads.example", RB_LIST_AUTO, true),
#undef FILE_OF
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		FILE *file = fmemopen((void *)cases[i].text, cases[i].len, "r");
		bool has_names = !cases[i].has_names;

		assert_non_null(file);
		assert_int_equal(rb_list_file_has_names(file, cases[i].format, &has_names), 0);
		if (has_names != cases[i].has_names)
			fail_msg("'%s': said to name %s", cases[i].text,
				 has_names ? "something" : "nothing");
		fclose(file);
	}
}

static uint32_t names_walk(const struct rb_policy *policy)
{
	struct rb_policy_run run = rb_policy_listed_all(policy);
	struct rb_policy_listed listed;
	uint8_t name[RB_NAME_MAX];
	uint32_t walked = 0;

	while (rb_policy_listed_walk(policy, &run, &listed, name))
		walked++;
	return walked;
}

/*
 * Otherwise: whoever could write to the image would have every process that decides read his
 * memory.
 */
static void a_damaged_list_is_read_inside(void **state)
{
	struct rb_config *config = lists_config();
	const struct rb_policy_question question = {(const uint8_t *)"\3ads\7example", 13,
						    RB_TYPE_A, RB_CLASS_IN};
	size_t bytes = rb_blob_len(config->policy.zones);
	uint8_t *copy = malloc(bytes);
	struct rb_policy policy;

	(void)state;
	assert_non_null(copy);
	for (size_t at = 0; at < bytes; at++) {
		memcpy(copy, rb_blob_bytes(config->policy.zones), bytes);
		copy[at] ^= 0xff;
		if (!rb_policy_open(copy, bytes, &policy)) {
			rb_policy_concerns(&policy, &question);
			names_walk(&policy);
		}
	}
	free(copy);
	rb_config_free(config);
}

#define MANY 20000 /* names; under one of 500 others, each of which is in the list too */

/* Names of a large list, a few of which come twice; a very long line, and one without an end. */
static void many_write(const char *path)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs("p7.example\nn7.p7.example\n", file);
	for (unsigned int i = 0; i < MANY; i++)
		fprintf(file, "n%u.p%u.example\n", i, i % 500);
	for (unsigned int i = 0; i < 500; i++)
		fprintf(file, "p%u.other.example\n", i);
	fprintf(file, "#%200000s\nlast.example", "x");
	fclose(file);
}

static bool is_blocked(const struct rb_policy *policy, const char *text, uint32_t *ret_line)
{
	const struct rb_policy_client client = {0};
	uint8_t name[RB_NAME_MAX];
	const struct rb_policy_question question = {name, (uint16_t)rb_name_from_text(text, name),
						    RB_TYPE_A, RB_CLASS_IN};
	struct rb_policy_verdict verdict;

	if (!rb_policy_decide(policy, &question, &client, &verdict))
		return false;
	*ret_line = verdict.listed.line;
	return true;
}

/* Otherwise: of a list of a million names some would be open, or others than those blocked. */
static void every_name_of_a_large_list_is_found_by_its_line(void **state)
{
	char path[] = "/tmp/rb-list-XXXXXX", text[128];
	struct rb_inventory_list list;
	struct rb_config *config;
	struct rb_policy policy;
	uint32_t line;

	(void)state;
	close(mkstemp(path));
	many_write(path);
	snprintf(text, sizeof(text), "blocklist:\nfile: %s\nblocklist:\nfile: %s\naction: null\n",
		 path, path);
	config = read_text(text, 0);
	unlink(path);
	assert_int_equal(rb_policy_open_images(&config->policy, &policy), 0);
	assert_true(rb_inventory_list(config, 0, &list));
	assert_int_equal(list.list->names, MANY + 502);
	assert_int_equal(list.list->repeated, 1);
	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "n%u.p%u.example", i, i % 500);
		assert_true(is_blocked(&policy, text, &line));
		assert_int_equal(line, i == 7 ? 2 : i + 3);
		snprintf(text, sizeof(text), "n%u.p%u.example", i, (i + 1) % 500);
		assert_int_equal(is_blocked(&policy, text, &line), (i + 1) % 500 == 7);
	}
	assert_true(is_blocked(&policy, "x.y.p499.other.example", &line));
	assert_int_equal(line, MANY + 502);
	assert_true(is_blocked(&policy, "last.example", &line));
	assert_int_equal(line, MANY + 504);
	assert_false(is_blocked(&policy, "other.example", &line));
	assert_int_equal(names_walk(&policy), 2 * (MANY + 502));
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocklists_block_names_and_what_is_below),
		cmocka_unit_test(a_damaged_list_is_read_inside),
		cmocka_unit_test(a_list_excepts_from_its_own_names_alone),
		cmocka_unit_test(a_file_that_names_nothing_is_told),
		cmocka_unit_test(every_name_of_a_large_list_is_found_by_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
