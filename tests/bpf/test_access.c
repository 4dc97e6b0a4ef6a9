/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom the XDP program answers, refuses, drops or hands over, by access-control and the address asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <string.h>

#include "lib/frame.h"
#include "lib/program.h"
#include "lib/store.h"
#include "policy/acl.h"

#define WWW "www.example.com."

static const struct store stored = {.name = WWW, .type = 1, .answer = WWW " 300 IN A 192.0.2.80"};

/* Otherwise: somebody would be answered whom the configuration does not allow. */
static void access_control_decides_before_the_table(void **state)
{
	static const struct rb_acl_rule rules[] = {
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02", 96 + 24, RB_ACL_ALLOW, 0, false,
		 false},
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x10", 96 + 28, RB_ACL_DENY, 0, false,
		 false},
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x20", 96 + 28, RB_ACL_ALLOW_SNOOP, 0,
		 false, false},
		{"\x20\x01\x0d\xb8", 32, RB_ACL_ALLOW, 0, false, false},
		{"\x20\x01\x0d\xb8\0\1", 48, RB_ACL_REFUSE, 0, false, false},
	};
	static const struct {
		const char *client;
		bool ipv6;
		enum rb_result result;
	} cases[] = {
		{"192.0.2.1", false, RB_ANSWERED},  {"192.0.2.17", false, RB_DENIED},
		{"192.0.2.33", false, RB_ACCESS},   {"198.51.100.1", false, RB_REFUSED},
		{"2001:db8::1", true, RB_ANSWERED}, {"2001:db8:1::1", true, RB_REFUSED},
		{"2001:db9::1", true, RB_REFUSED},
	};
	struct program *program = program_load(&(struct program_opts){.use_acl = true});
	struct rb_table *table = program_table(program);
	struct rb_acl *acl = NULL;
	struct frame query, reply;
	enum rb_result result;

	(void)state;
	assert_int_equal(store_publish(table, &stored), 0);
	frame_query(&(struct ask){.name = WWW, .type = 1}, &query);
	program_run(program, &query, &reply, &result);
	assert_int_equal(result, RB_ACCESS); /* no rules are loaded */

	assert_int_equal(rb_acl_new(rules, sizeof(rules) / sizeof(rules[0]), &acl), 0);
	program_free(program);
	program = program_load(&(struct program_opts){.use_acl = true});
	table = program_table(program);
	assert_int_equal(rb_acl_load(acl, program_acl_fd(program), PROGRAM_ACL_EPOCH), 0);
	assert_int_equal(store_publish(table, &stored), 0);
	/* Twice: from the trie, then from what the program remembers. */
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = i % (sizeof(cases) / sizeof(cases[0]));
		struct ask ask = {.name = WWW,
				  .type = 1,
				  .client = cases[n].client,
				  .ipv6 = cases[n].ipv6,
				  .edns = i & 1};
		ldns_pkt *decoded;
		int action;

		frame_query(&ask, &query);
		action = program_run(program, &query, &reply, &result);
		if (result != cases[n].result)
			fail_msg("%s: %s", cases[n].client, result_name(result));
		if (result == RB_DENIED)
			assert_int_equal(action, XDP_DROP);
		if (result != RB_REFUSED)
			continue;
		assert_int_equal(action, XDP_TX);
		decoded = frame_decode_reply(&query, &reply, &ask);
		assert_int_equal(ldns_pkt_get_rcode(decoded), 5);
		assert_int_equal(ldns_pkt_ancount(decoded), 0);
		ldns_pkt_free(decoded);
	}
	rb_acl_free(acl);
	program_free(program);
}

/* Otherwise: guests at one address would be served as those of another, or by no rule at all. */
static void the_address_that_is_asked_decides_on_others(void **state)
{
	static struct rb_acl_rule rules[] = {
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02", 96 + 28, RB_ACL_REFUSE, 0, false,
		 false},
	};
	static struct rb_acl_interface interfaces[] = {
		{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x35", 53, RB_ACL_ALLOW, 0},
		{"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x53", 53, RB_ACL_DENY, 0},
	};
	struct rb_config config = {
		.acl = rules,
		.acl_count = 1,
		.acl_interfaces = interfaces,
		.acl_interface_count = 2,
		.listen_count = 2,
	};
	static const struct {
		const char *client;
		bool ipv6, ruled; /* the IPv4 address has a rule */
		enum rb_result result;
	} cases[] = {
		{"192.0.2.1", false, true, RB_REFUSED},
		{"198.51.100.1", false, true, RB_ANSWERED},
		{"2001:db8:1::1", true, true, RB_DENIED},
		{"198.51.100.1", false, false, RB_REFUSED},
	};
	struct rb_acl *acl = NULL;

	(void)state;
	assert_int_equal(rb_acl_new_of(&config, &acl), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rb_acl_destination rule4 = {.port = 53}, rule6 = {.port = 53};
		struct program_opts opts = {.use_acl = true};
		struct frame query, reply;
		struct program *program;
		enum rb_result result;

		memcpy(rule4.addr, interfaces[0].addr, sizeof(rule4.addr));
		memcpy(rule6.addr, interfaces[1].addr, sizeof(rule6.addr));
		if (cases[i].ruled)
			opts.rule4 = rb_acl_destination_value(interfaces, 2, &rule4);
		opts.rule6 = rb_acl_destination_value(interfaces, 2, &rule6);
		program = program_load(&opts);
		assert_int_equal(rb_acl_load(acl, program_acl_fd(program), PROGRAM_ACL_EPOCH), 0);
		assert_int_equal(store_publish(program_table(program), &stored), 0);
		frame_query(&(struct ask){.name = WWW,
					  .type = 1,
					  .client = cases[i].client,
					  .ipv6 = cases[i].ipv6},
			    &query);
		program_run(program, &query, &reply, &result);
		if (result != cases[i].result)
			fail_msg("%s: %s", cases[i].client, result_name(result));
		program_free(program);
	}
	rb_acl_free(acl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_control_decides_before_the_table),
		cmocka_unit_test(the_address_that_is_asked_decides_on_others),
	};

	return cmocka_run_group_tests_name("access by the XDP program", tests, NULL, NULL);
}
