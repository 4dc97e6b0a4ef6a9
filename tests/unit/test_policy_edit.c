/* SPDX-License-Identifier: BSD-2-Clause */
/* What changes of local policy at run time make of it. Seen of Unbound 1.17, but for the messages. */
#include "config_fixture.h"
#include "policy_fixture.h"

#include "policy/edit.h"

static const char text[] = "server:\n"
			   "define-tag: 't0'\n"
			   "local-zone: st static\n"
			   "local-data: 'a.b.st A 192.0.2.1'\n"
			   "local-data: 'a.b.st A 192.0.2.2'\n"
			   "local-data: 'a.b.st TXT kept'\n"
			   "local-data: 'c.st A 192.0.2.3'\n"
			   "local-zone: tg refuse\n"
			   "local-zone-tag: tg 't0'\n"
			   "local-zone: ov static\n"
			   "local-zone-override: ov 192.0.2.0/24 refuse\n"
			   "local-zone: re redirect\n"
			   "local-data: 're A 192.0.2.4'\n"
			   "local-data: 'lone.example A 192.0.2.5'\n"
			   "access-control: 192.0.2.0/24 allow\n"
			   "access-control-view: 192.0.2.5/32 first\n"
			   "access-control-view: 192.0.2.6/32 empty\n"
			   "response-ip: 203.0.113.1/32 deny\n"
			   "view:\nname: first\nview-first: yes\nlocal-zone: vw static\n"
			   "view:\nname: empty\nview-first: yes\n";

#define TEXTS_MAX 4

static const struct edit_case {
	enum rb_policy_verb verb;
	const char *view;
	const char *texts[TEXTS_MAX];
	const char *wrong[TEXTS_MAX]; /* a part of what is said; NULL: it is in force */
	struct policy_case after[8];
} cases[] = {
	{RB_POLICY_ZONE_ADD,
	 NULL,
	 {"new.st refuse", "st always_nxdomain", "tg always_nodata"},
	 {NULL},
	 {{NULL, "x.new.st", RB_TYPE_A, "answer 5 blocked"},
	  {NULL, "x.st", RB_TYPE_A, "answer 3 blocked"},
	  {NULL, "tg", RB_TYPE_A, "pass"}, /* its tags stay */
	  {NULL, "localhost", RB_TYPE_A, "answer 0: 127.0.0.1"},
	  {"192.0.2.9", "x.ov", RB_TYPE_A, "answer 5 by address blocked"}}},
	/* What stands below the top of a zone stays, but says nothing while the type is redirect. */
	{RB_POLICY_ZONE_ADD,
	 NULL,
	 {"st redirect"},
	 {NULL},
	 {{NULL, "a.b.st", RB_TYPE_A, "answer 0"},
	  {NULL, "x.st", RB_TYPE_A, "answer 0"},
	  {NULL, "x.re", RB_TYPE_A, "answer 0: 192.0.2.4"}}},
	{RB_POLICY_ZONE_ADD,
	 NULL,
	 {"st redirect", "st typetransparent"},
	 {NULL},
	 {{NULL, "a.b.st", RB_TYPE_A, "answer 0: 192.0.2.1 192.0.2.2"}}},
	{RB_POLICY_ZONE_ADD,
	 NULL,
	 {"one", "two refuse", "three nonsense", "a..b static"},
	 {"a type", NULL, "a type", "a domain name"},
	 {{NULL, "two", RB_TYPE_A, "answer 5 blocked"}, {NULL, "three", RB_TYPE_A, "pass"}}},
	{RB_POLICY_ZONE_REMOVE,
	 NULL,
	 {"ST", "ov", "localhost", "not.there"},
	 {NULL},
	 {{NULL, "a.b.st", RB_TYPE_A, "pass"},
	  {NULL, "x.ov", RB_TYPE_A, "pass"},
	  {NULL, "localhost", RB_TYPE_A, "pass"},
	  {NULL, "lone.example", RB_TYPE_A, "answer 0: 192.0.2.5"}}},
	{RB_POLICY_DATA_ADD,
	 NULL,
	 {"a.b.st A 192.0.2.9", "own.example 60 A 192.0.2.10", "localhost A 192.0.2.11"},
	 {NULL},
	 {{NULL, "a.b.st", RB_TYPE_A, "answer 0: 192.0.2.1 192.0.2.2 192.0.2.9"},
	  {NULL, "own.example", RB_TYPE_A, "answer 0: 192.0.2.10"},
	  {NULL, "own.example", RB_TYPE_AAAA, "answer 0"},
	  {NULL, "x.own.example", RB_TYPE_A, "pass"},
	  {NULL, "example", RB_TYPE_A, "pass"},
	  {NULL, "x.localhost", RB_TYPE_A, "answer 0: 127.0.0.1 192.0.2.11"}}},
	{RB_POLICY_DATA_ADD,
	 NULL,
	 {"x.re A 192.0.2.9", "d.st A 192.0.2.9", "d.st A nonsense", "re CNAME d.st"},
	 {"at its top", NULL, "", "only record"},
	 {{NULL, "d.st", RB_TYPE_A, "answer 0: 192.0.2.9"},
	  {NULL, "x.re", RB_TYPE_A, "answer 0: 192.0.2.4"}}},
	{RB_POLICY_DATA_REMOVE,
	 NULL,
	 {"a.b.st", "lone.example", "localhost", "not.there"},
	 {NULL},
	 {{NULL, "a.b.st", RB_TYPE_TXT, "answer 3"},
	  {NULL, "b.st", RB_TYPE_A, "answer 3"}, /* an empty non-terminal no more */
	  {NULL, "c.st", RB_TYPE_A, "answer 0: 192.0.2.3"},
	  {NULL, "lone.example", RB_TYPE_A, "pass"},
	  {NULL, "localhost", RB_TYPE_A, "answer 0"}}},
	{RB_POLICY_DATA_ADD,
	 "first",
	 {"n.vw A 192.0.2.12", "a.b.st A 192.0.2.13"},
	 {NULL},
	 {{"192.0.2.5", "n.vw", RB_TYPE_A, "answer 0: 192.0.2.12"},
	  {"192.0.2.5", "a.b.st", RB_TYPE_A, "answer 0: 192.0.2.13"},
	  {"192.0.2.5", "c.st", RB_TYPE_A, "answer 0: 192.0.2.3"},
	  {NULL, "n.vw", RB_TYPE_A, "pass"}}},
	/* A view gets no default zones by that. */
	{RB_POLICY_ZONE_ADD,
	 "empty",
	 {"vx refuse"},
	 {NULL},
	 {{"192.0.2.6", "vx", RB_TYPE_A, "answer 5 blocked"},
	  {"192.0.2.6", "c.st", RB_TYPE_A, "answer 0: 192.0.2.3"},
	  {"192.0.2.5", "vx", RB_TYPE_A, "pass"}}},
	{RB_POLICY_ZONE_REMOVE, "first", {"vw"}, {NULL}, {{"192.0.2.5", "vw", RB_TYPE_A, "pass"}}},
};

static int edit(struct rb_config *config, struct rb_policy_change *change)
{
	struct rb_policy_edited edited;
	int err = rb_policy_edit(&config->local, &config->policy, change, &edited);

	if (err)
		return err;
	rb_policy_images_unref(&config->policy);
	rb_local_free(&edited.lines);
	config->policy = edited.images;
	return 0;
}

/* twice: what the first change has made is changed by the second, which says the same. */
static void case_run(const struct edit_case *one, bool twice)
{
	struct rb_config *config = read_text(text, 0);
	const char *wrong[TEXTS_MAX];
	struct rb_policy_change change = {one->verb, one->view, one->texts, 0, wrong};
	size_t count = 0;

	while (change.count < TEXTS_MAX && one->texts[change.count])
		change.count++;
	assert_int_equal(edit(config, &change), 0);
	if (twice)
		assert_int_equal(edit(config, &change), 0);
	for (size_t i = 0; i < change.count; i++) {
		if (!wrong[i] != !one->wrong[i] || (wrong[i] && !strstr(wrong[i], one->wrong[i])))
			fail_msg("%s: %s", one->texts[i], wrong[i] ?: "taken");
	}
	while (count < ARRAY_SIZE(one->after) && one->after[count].name)
		count++;
	cases_check(config, one->after, count);
}

/* Otherwise: what a DHCP server or a script has said would not be so, or cost what was there. */
static void changes_do_what_unbound_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		case_run(&cases[i], false);
		case_run(&cases[i], true);
	}
}

/* Otherwise: a mistyped view would have its data shown to everybody. */
static void a_view_that_is_not_there_takes_nothing(void **state)
{
	static const char *const texts[] = {"a.example A 192.0.2.1"};
	struct rb_config *config = read_text(text, 0);
	const char *wrong[1];
	struct rb_policy_change change = {RB_POLICY_DATA_ADD, "nowhere", texts, 1, wrong};

	(void)state;
	assert_int_equal(edit(config, &change), -ENOENT);
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_do_what_unbound_does),
		cmocka_unit_test(a_view_that_is_not_there_takes_nothing),
	};

	return cmocka_run_group_tests_name("policy, changes", tests, NULL, NULL);
}
