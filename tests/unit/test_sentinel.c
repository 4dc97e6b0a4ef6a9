/* SPDX-License-Identifier: BSD-2-Clause */
/* Root key sentinel: which questions fail, by the anchors of the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../kern/wire.h"
#include "dns/name.h"
#include "policy/sentinel.h"
#include "util/cleanup.h"

/* Otherwise: who asks which keys are trusted is told the wrong thing, or other names fail. */
static void questions_fail_by_the_roots_anchors(void **state)
{
	static struct rb_anchor list[] = {
		{.owner_len = 1, .rr_class = RB_CLASS_IN, .tag = 20326},
		{.owner_len = 1, .rr_class = RB_CLASS_IN, .tag = 7},
		{.owner_len = 1, .rr_class = 3, .tag = 4711},
		{.owner = "\7example", .owner_len = 9, .rr_class = RB_CLASS_IN, .tag = 815},
	};
	static const struct rb_anchors anchors = {.list = list, .count = ARRAY_SIZE(list)};
	static const struct {
		const char *name;
		uint16_t qtype;
		bool fails;
	} cases[] = {
		{"root-key-sentinel-is-ta-20326.example.", RB_TYPE_A, false},
		{"root-key-sentinel-is-ta-20326.example.", RB_TYPE_AAAA, false},
		{"root-key-sentinel-is-ta-00007.example.", RB_TYPE_A, false},
		{"root-key-sentinel-is-ta-20327.example.", RB_TYPE_A, true},
		{"root-key-sentinel-is-ta-20327.example.", RB_TYPE_AAAA, true},
		{"root-key-sentinel-is-ta-20327.", RB_TYPE_A, true},
		{"root-key-sentinel-is-ta-04711.example.", RB_TYPE_A, true},
		{"root-key-sentinel-is-ta-00815.example.", RB_TYPE_A, true},
		{"root-key-sentinel-is-ta-99999.example.", RB_TYPE_A, true},
		{"root-key-sentinel-not-ta-20326.example.", RB_TYPE_A, true},
		{"root-key-sentinel-not-ta-20326.example.", RB_TYPE_AAAA, true},
		{"root-key-sentinel-not-ta-00007.a.b.c.", RB_TYPE_A, true},
		{"root-key-sentinel-not-ta-20327.example.", RB_TYPE_A, false},
		{"root-key-sentinel-not-ta-00815.example.", RB_TYPE_A, false},
		{"root-key-sentinel-not-ta-20326.example.", RB_TYPE_TXT, false},
		{"root-key-sentinel-not-ta-20326.example.", RB_TYPE_ANY, false},
		{"root-key-sentinel-is-ta-20327.example.", RB_TYPE_CNAME, false},
		{"root-key-sentinel-is-ta-2032.example.", RB_TYPE_A, false},
		{"root-key-sentinel-is-ta-203270.example.", RB_TYPE_A, false},
		{"root-key-sentinel-is-ta-2032x.example.", RB_TYPE_A, false},
		{"root-key-sentinel-is-ta--2032.example.", RB_TYPE_A, false},
		{"x.root-key-sentinel-is-ta-20327.example.", RB_TYPE_A, false},
		{"xroot-key-sentinel-is-ta-20327.example.", RB_TYPE_A, false},
		{"root-key-sentinel-is-ta-.example.", RB_TYPE_A, false},
		{"root-key-sentinel-xs-ta-20327.example.", RB_TYPE_A, false},
		{"example.", RB_TYPE_A, false},
		{".", RB_TYPE_A, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t qname[RB_NAME_MAX];

		assert_true(rb_name_from_text(cases[i].name, qname) > 0);
		if (rb_sentinel_fails(qname, cases[i].qtype, &anchors) != cases[i].fails)
			fail_msg("%s type %u", cases[i].name, cases[i].qtype);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_fail_by_the_roots_anchors),
	};

	return cmocka_run_group_tests_name("sentinel", tests, NULL, NULL);
}
