/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which questions are answered without asking anybody, as the configuration has it, and which names
 * are not to be filled from outside. What is answered was seen of Unbound 1.17, asked without RD.
 */
#include "config_fixture.h"

#include "dns/name.h"
#include "policy/guard.h"

#define ANCHOR "trust-anchor: \"signed.example. DS 1 13 2 " DIGEST "\"\n"
#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static const char conf[] = "server:\n"
			   "local-zone: lz static\n"
			   "local-data: 'a.lz A 192.0.2.1'\n"
			   "local-data: 'a.cs.lz 3600 IN CNAME w.sub.'\n"
			   "local-zone: below.lz transparent\n"
			   "local-zone: tt typetransparent\n"
			   "local-data: 'a.tt 60 IN A 192.0.2.2'\n"
			   "local-data: 'c.tt CNAME w.sub.'\n"
			   "local-zone: ra redirect\n"
			   "local-data: 'ra A 192.0.2.3'\n"
			   "local-data: 'free.sub A 192.0.2.4'\n"
			   "local-data: 'chaos.sub CH TXT x'\n"
			   "local-zone: at.sub always_transparent\n"
			   "local-data: 'z.at.sub A 192.0.2.5'\n"
			   "local-zone: nv.sub noview\n"
			   "local-data: 'z.nv.sub A 192.0.2.6'\n"
			   "local-zone: ref always_refuse\n"
			   "local-zone: inf inform\n"
			   "local-data: 'a.inf A 192.0.2.7'\n"
			   "local-zone: twice static\n"
			   "local-zone: twice transparent\n"
			   "local-data-ptr: '203.0.114.5 ptr.lz'\n"
			   "local-data-ptr: '2001:db9::5 ptr.lz'\n"
			   "local-zone: onion nodefault\n"
			   "auth-zone:\n"
			   "name: auth\n"
			   "zonefile: '/dev/null'\n"
			   "auth-zone:\n"
			   "name: up.auth\n"
			   "zonefile: '/dev/null'\n"
			   "for-downstream: no\n"
			   "auth-zone:\n"
			   "name: back.auth\n"
			   "fallback-enabled: yes\n"
			   "zonefile: '/dev/null'\n";

static const struct {
	const char *name;
	uint16_t type;
	bool answers;
} cases[] = {
	{"a.lz", RB_TYPE_A, true},
	{"nothing.lz", RB_TYPE_A, true},
	{"lz", RB_TYPE_DS, false}, /* the parent's */
	{"a.lz", RB_TYPE_DS, true},
	{"a.cs.lz", RB_TYPE_A, true}, /* the CNAME alone */
	{"a.below.lz", RB_TYPE_A, false},
	{"below.lz", RB_TYPE_DS, true},
	{"a.tt", RB_TYPE_A, true},
	{"a.tt", RB_TYPE_MX, false},
	{"c.tt", RB_TYPE_A, true},
	{"b.tt", RB_TYPE_A, false},
	{"x.ra", RB_TYPE_A, true},
	{"x.ra", RB_TYPE_MX, true},
	{"free.sub", RB_TYPE_A, true},
	{"free.sub", RB_TYPE_MX, true},
	{"a.free.sub", RB_TYPE_A, false},
	{"sub", RB_TYPE_A, false},
	{"chaos.sub", RB_TYPE_TXT, false},
	{"z.at.sub", RB_TYPE_A, false},
	{"z.nv.sub", RB_TYPE_A, true},
	{"z.nv.sub", RB_TYPE_MX, true},
	{"y.nv.sub", RB_TYPE_A, false},
	{"x.ref", RB_TYPE_A, true},
	{"a.inf", RB_TYPE_A, true},
	{"b.inf", RB_TYPE_A, false},
	{"a.twice", RB_TYPE_A, false},
	{"5.114.0.203.in-addr.arpa", RB_TYPE_PTR, true},
	{"6.114.0.203.in-addr.arpa", RB_TYPE_PTR, false},
	{"5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.9.b.d.0.1.0.0.2.ip6.arpa", RB_TYPE_PTR,
	 true},
	{"localhost", RB_TYPE_A, true},
	{"localhost", RB_TYPE_DS, false},
	{"1.0.0.10.in-addr.arpa", RB_TYPE_PTR, true},
	{"a.onion", RB_TYPE_A, false},
	{"a.auth", RB_TYPE_A, true},
	{"auth", RB_TYPE_DS, false},
	{"a.up.auth", RB_TYPE_A, false},
	{"a.back.auth", RB_TYPE_A, false},
	{"www.example", RB_TYPE_A, false},
	{".", RB_TYPE_NS, false},
	{".", RB_TYPE_DS, false},
};

static bool answers(const struct rb_guard *guard, const uint8_t *name, size_t len, uint16_t type)
{
	const struct rb_policy_question question = {name, (uint16_t)len, type, RB_CLASS_IN};
	const struct rb_policy_client client = {0};
	struct rb_policy_verdict verdict;

	return rb_policy_decide(rb_guard_policy(guard), &question, &client, &verdict) ||
	       rb_guard_is_auth(guard, name, len, type);
}

/* Otherwise: who may not use the resolver could have it ask others, or would miss what is local. */
static void questions_that_are_answered_without_asking_are_known(void **state)
{
	struct rb_config *config = read_text(conf, 0);
	struct rb_guard *guard;

	(void)state;
	assert_int_equal(
		rb_guard_new(config->resolver_text, &config->anchors, &config->policy, &guard), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t name[RB_NAME_MAX];
		int len = rb_name_from_text(cases[i].name, name);

		assert_true(len > 0);
		if (answers(guard, name, (size_t)len, cases[i].type) != cases[i].answers)
			fail_msg("%s type %u", cases[i].name, cases[i].type);
	}
	rb_guard_free(guard);
	rb_config_free(config);
}

static unsigned int ask(const struct rb_guard *guard, const char *text)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(text, name);

	assert_true(len > 0);
	return rb_guard_ask(guard, name, (size_t)len, RB_TYPE_A);
}

static const struct {
	const char *text, *name;
	unsigned int guarded;
} guards[] = {
	{"server:\n", "www.example", 0},
	{"server:\n" ANCHOR, "www.example", 0},
	{"server:\n" ANCHOR, "signed.example", RB_GUARD_VALIDATED},
	{"server:\n" ANCHOR, "a.b.signed.example", RB_GUARD_VALIDATED},
	{"server:\n" ANCHOR, "unsigned.example", 0},
	{"server:\n" ANCHOR "domain-insecure: \"b.signed.example\"\n", "a.b.signed.example", 0},
	{"server:\n" ANCHOR "domain-insecure: \"b.signed.example\"\n", "c.signed.example",
	 RB_GUARD_VALIDATED},
	{"server:\n" ANCHOR "module-config: \"iterator\"\n", "signed.example", 0},
	{"server:\nlocal-zone: \"ads.example\" always_nxdomain\n", "x.ads.example", RB_GUARD_LOCAL},
	{"server:\nlocal-zone: \"ads.example\" always_nxdomain\n", "xads.example", 0},
	{"server:\nlocal-zone: \"ads.example\" static\nlocal-zone: \"ok.ads.example\" transparent\n",
	 "a.ok.ads.example", 0},
	{"server:\nlocal-data: \"Host.Example. 60 IN A 192.0.2.1\"\n", "host.example",
	 RB_GUARD_LOCAL},
	{"server:\nlocal-data: \"host.example. 60 IN A 192.0.2.1\"\n", "a.host.example", 0},
	{"server:\nlocal-data-ptr: \"203.0.114.1 host.example\"\n", "1.114.0.203.in-addr.arpa",
	 RB_GUARD_LOCAL},
	{"server:\n", "1.0.0.10.in-addr.arpa", RB_GUARD_LOCAL},
	{"server:\n", "1.20.172.in-addr.arpa", RB_GUARD_LOCAL},
	{"server:\n", "1.32.172.in-addr.arpa", 0},
	{"server:\n", "a.test", RB_GUARD_LOCAL},
	{"server:\nlocal-zone: \"test\" nodefault\n", "a.test", 0},
	{"server:\nunblock-lan-zones: yes\n", "1.0.0.10.in-addr.arpa", 0},
	{"server:\nunblock-lan-zones: yes\n", "localhost", RB_GUARD_LOCAL},
};

/*
 * Otherwise: preloaded data would unblock what is blocked, or stand in for what must be validated.
 */
static void names_with_local_answers_and_below_anchors_are_known(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(guards); i++) {
		struct rb_config *config = read_text(guards[i].text, 0);
		struct rb_guard *guard;

		assert_int_equal(rb_guard_new(config->resolver_text, &config->anchors,
					      &config->policy, &guard),
				 0);
		if (ask(guard, guards[i].name) != guards[i].guarded)
			fail_msg("%s of %s", guards[i].name, guards[i].text);
		rb_guard_free(guard);
		rb_config_free(config);
	}
}

/* Otherwise: whoever preloads a zone that nobody signs would have to vouch for it. */
static void anchors_in_files_guard_their_zones_alone(void **state)
{
	struct rb_config *config;
	struct rb_guard *guard;
	char text[256];
	struct lab lab;

	(void)state;
	lab_open(&lab);
	lab_file(&lab, "a", "RB.example. DS 1 13 2 " DIGEST "\n");
	lab_file(&lab, "b", "auto.example. DS 1 13 2 " DIGEST "\n");
	snprintf(text, sizeof(text),
		 "server:\ndirectory: \"%s\"\ntrust-anchor-file: a\n"
		 "auto-trust-anchor-file: b\ndomain-insecure: \"in.rb.example\"\n",
		 lab.path);
	config = read_text(text, 0);
	lab_close(&lab);
	assert_int_equal(rb_guard_new(config->resolver_text, &config->anchors, NULL, &guard), 0);
	assert_int_equal(ask(guard, "pre.example"), 0);
	assert_int_equal(ask(guard, "www.rb.example"), RB_GUARD_VALIDATED);
	assert_int_equal(ask(guard, "auto.example"), RB_GUARD_VALIDATED);
	assert_int_equal(ask(guard, "www.in.rb.example"), 0);
	rb_guard_free(guard);
	rb_config_free(config);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_that_are_answered_without_asking_are_known),
		cmocka_unit_test(names_with_local_answers_and_below_anchors_are_known),
		cmocka_unit_test(anchors_in_files_guard_their_zones_alone),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
