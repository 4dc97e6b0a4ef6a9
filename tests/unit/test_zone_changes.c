/* SPDX-License-Identifier: BSD-2-Clause */
/* Which auth-zones have changed, if nothing else has. */
#include "config/zone_changes.h"
#include "unit/config_fixture.h"

#define HEAD "@ SOA a b 1 1 1 1 1\n"

static const char both[] = "server:\n\tport: 5300\n"
			   "auth-zone:\n\tname: \"one.example\"\n\tzonefile: @@/one\n"
			   "auth-zone:\n\tname: two.example\n\tzonefile: @@/two\n"
			   "\tfor-upstream: no\n";

static struct rb_config *read_both(struct lab *lab, const char *one, const char *two)
{
	lab_file(lab, "one", one);
	lab_file(lab, "two", two);
	return read_main(lab, both, 0);
}

/* Otherwise: a small zone that changes takes all hot names with it, or old answers of it stay. */
static void zones_that_changed_are_found(void **state)
{
	static const struct {
		const char *one, *two;
		const char *changed[2]; /* in wire form */
	} cases[] = {
		{HEAD, HEAD, {NULL}},
		{HEAD "w A 192.0.2.1\n", HEAD, {"\3one\7example"}},
		{HEAD, HEAD "w A 192.0.2.1\n", {"\3two\7example"}},
		{HEAD "w A 192.0.2.1\n",
		 HEAD "w A 192.0.2.1\n",
		 {"\3one\7example", "\3two\7example"}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(rb_config_freep) struct rb_config *former = read_both(*state, HEAD, HEAD);
		_cleanup_(rb_config_freep) struct rb_config *config =
			read_both(*state, cases[i].one, cases[i].two);
		struct rb_flush flushes[RB_ZONE_CHANGES_MAX];
		int count = rb_zone_changes_find(former, config, flushes);

		assert_int_equal(count, !!cases[i].changed[0] + !!cases[i].changed[1]);
		for (int j = 0; j < count; j++) {
			assert_int_equal(flushes[j].reach, RB_FLUSH_ZONE);
			assert_int_equal(flushes[j].kind, RB_FLUSH_ANY);
			assert_int_equal(flushes[j].name_len, strlen(cases[i].changed[j]) + 1);
			assert_memory_equal(flushes[j].name, cases[i].changed[j],
					    flushes[j].name_len);
		}
	}
}

/* Otherwise: answers would stay that another configuration does not give. */
static void what_else_changes_is_not_overlooked(void **state)
{
	static const char *const texts[] = {
		"server:\n\tport: 5300\n\tqname-minimisation: no\n",
		"server:\n\tport: 5300\nauth-zone:\n\tname: one.example\n\tzonefile: @@/one\n",
		"server:\n\tport: 5300\n\troot-hints: @@/hints\n",
		"server:\n\tport: 5300\n\tlocal-zone: x.example static\n",
	};
	struct lab *lab = *state;
	_cleanup_(rb_config_freep) struct rb_config *former = read_both(lab, HEAD, HEAD);
	_cleanup_(rb_config_freep) struct rb_config *hints = NULL, *others = NULL;
	struct rb_flush flushes[RB_ZONE_CHANGES_MAX];

	lab_file(lab, "hints", ". NS a.root.example.\na.root.example. A 192.0.2.1\n");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(rb_config_freep) struct rb_config *config = read_main(lab, texts[i], 0);

		assert_int_equal(rb_zone_changes_find(former, config, flushes), -ENOTSUP);
	}
	/* The contents of a file that is no zone's count. */
	hints = read_main(lab, texts[2], 0);
	lab_file(lab, "hints", ". NS b.root.example.\nb.root.example. A 192.0.2.1\n");
	others = read_main(lab, texts[2], 0);
	assert_int_equal(rb_zone_changes_find(hints, others, flushes), -ENOTSUP);
}

/* Otherwise: the next server would not know what the table was filled from. */
static void contents_are_told_in_place(void **state)
{
	struct lab *lab = *state;
	_cleanup_(rb_config_freep) struct rb_config *former = read_both(lab, HEAD, HEAD);
	_cleanup_(rb_config_freep) struct rb_config *config =
		read_both(lab, HEAD, HEAD "w A 192.0.2.1\n");
	_cleanup_fclose_ FILE *file = NULL;
	struct rb_zone_contents contents;
	struct rb_flush flushes[RB_ZONE_CHANGES_MAX];
	_cleanup_free_ char *path = with_directory(lab, "@@/two");

	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(rb_zone_contents_read(file, &contents), 0);
	assert_false(rb_zone_contents_swap(former->resolver_text, "/other", &contents));
	assert_true(rb_zone_contents_swap(former->resolver_text, path, &contents));
	assert_string_equal(former->resolver_text, config->resolver_text);
	assert_int_equal(rb_zone_changes_find(former, config, flushes), 0);
	/* And back. */
	assert_true(rb_zone_contents_swap(former->resolver_text, path, &contents));
	assert_int_equal(rb_zone_changes_find(former, config, flushes), 1);
	assert_int_equal(rb_zone_contents_read(NULL, &contents), 0);
	assert_string_equal(contents.digits, RB_CONTENTS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(zones_that_changed_are_found),
		LAB_TEST(what_else_changes_is_not_overlooked),
		LAB_TEST(contents_are_told_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
