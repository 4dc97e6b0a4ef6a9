/* SPDX-License-Identifier: BSD-2-Clause */
/* The way from an interface to the wire, and how a report tells it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "netif/chain.h"
#include "util/cleanup.h"
#include "util/report.h"

#define UP .flags = IFF_UP | IFF_RUNNING, .mtu = 1500

/* NICs, a bond, a VLAN on it, a bridge, and a veth of which one end is a port of that. */
static const struct rb_rtnl_link host[] = {
	{.ifindex = 1, .name = "eth0", .master_ifindex = 3, UP},
	{.ifindex = 2, .name = "eth1", .master_ifindex = 3, UP},
	{.ifindex = 3, .name = "bond0", .kind = "bond", .bond_mode = 4, UP},
	{.ifindex = 4,
	 .name = "bond0.10",
	 .kind = "vlan",
	 .vlan_id = 10,
	 .lower_ifindex = 3,
	 .master_ifindex = 5,
	 UP},
	{.ifindex = 5, .name = "br-rb", .kind = "bridge", UP},
	{.ifindex = 6,
	 .name = "veth-bnd",
	 .kind = "veth",
	 .lower_ifindex = 7,
	 .master_ifindex = 5,
	 UP},
	{.ifindex = 7, .name = "veth-rb", .kind = "veth", .lower_ifindex = 6, UP},
	{.ifindex = 8, .name = "lan0", UP},
};

static void assert_step(const struct rb_step *step, const char *name, enum rb_role role,
			unsigned int depth)
{
	assert_string_equal(step->link->name, name);
	assert_int_equal(step->role, role);
	assert_int_equal(step->depth, depth);
}

/* Otherwise: the operator is not shown where his queries come from. */
static void a_veth_on_a_bridge_is_followed_down_to_the_nics(void **state)
{
	struct rb_step steps[16];

	(void)state;
	assert_int_equal(rb_chain_walk(host, ARRAY_SIZE(host), 7, steps, 16), 7);
	assert_step(&steps[0], "veth-rb", RB_ROLE_SELF, 0);
	assert_step(&steps[1], "veth-bnd", RB_ROLE_PEER, 1);
	assert_step(&steps[2], "br-rb", RB_ROLE_MASTER, 2);
	assert_step(&steps[3], "bond0.10", RB_ROLE_PORT, 3);
	assert_step(&steps[4], "bond0", RB_ROLE_PARENT, 4);
	assert_step(&steps[5], "eth0", RB_ROLE_PORT, 5);
	assert_step(&steps[6], "eth1", RB_ROLE_PORT, 5);
}

/* Otherwise: a report on a host with hundreds of guests writes over its end. */
static void a_long_chain_is_cut(void **state)
{
	struct rb_step steps[2];

	(void)state;
	assert_int_equal(rb_chain_walk(host, ARRAY_SIZE(host), 7, steps, 2), 2);
	assert_int_equal(rb_chain_walk(host, ARRAY_SIZE(host), 99, steps, 2), 0);
}

/* Otherwise: the report does not end where devices refer to each other. */
static void devices_that_stand_on_each_other_are_told_once(void **state)
{
	static const struct rb_rtnl_link loop[] = {
		{.ifindex = 1, .name = "a", .kind = "vlan", .lower_ifindex = 2, UP},
		{.ifindex = 2, .name = "b", .kind = "vlan", .lower_ifindex = 1, UP},
	};
	struct rb_step steps[16];

	(void)state;
	assert_int_equal(rb_chain_walk(loop, 2, 1, steps, 16), 2);
}

/* Otherwise: the VLAN's number, the bond's mode or the bridge, which the cure depends on, is
 * missing.
 */
static void a_step_tells_what_it_is_and_whose_port(void **state)
{
	static const struct {
		size_t step;
		const char *text;
	} wanted[] = {
		{0, "veth-rb: veth, MTU 1500, up"},
		{1, "veth-bnd: its other end, veth, port of br-rb, MTU 1500, up"},
		{3, "bond0.10: a port, vlan 10 on bond0, port of br-rb, MTU 1500, up"},
		{4, "bond0: below it, bond 802.3ad (LACP), MTU 1500, up"},
		{5, "eth0: a port, hardware, port of bond0, MTU 1500, up"},
	};
	char text[RB_STEP_TEXT];
	struct rb_step steps[16];
	size_t i;

	(void)state;
	rb_chain_walk(host, ARRAY_SIZE(host), 7, steps, 16);
	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		rb_chain_text(host, ARRAY_SIZE(host), &steps[wanted[i].step], text);
		assert_string_equal(text, wanted[i].text);
	}
}

/* Otherwise: a container is not told that the host holds the other end. */
static void a_veth_with_its_peer_elsewhere_says_so(void **state)
{
	static const struct rb_rtnl_link eth0 = {
		.ifindex = 2, .name = "eth0", .kind = "veth", .mtu = 9000, .flags = IFF_UP};
	char text[RB_STEP_TEXT];
	struct rb_step step;

	(void)state;
	assert_int_equal(rb_chain_walk(&eth0, 1, 2, &step, 1), 1);
	rb_chain_text(&eth0, 1, &step, text);
	assert_string_equal(text, "eth0: veth whose other end is in another network namespace, "
				  "MTU 9000, up without carrier");
}

/* Otherwise: a finding runs out of the terminal, or a failure does not count as one. */
static void findings_are_counted_and_wrapped(void **state)
{
	struct rb_report report = {};
	char *text = NULL, *line;
	size_t bytes, i;

	(void)state;
	report.out = open_memstream(&text, &bytes);
	rb_report_add(&report, RB_LEVEL_FAIL, "%s", "short");
	for (i = 0; i < 3; i++)
		rb_report_add(&report, RB_LEVEL_WARN,
			      "words that go on and on, so that they need a second line in a "
			      "terminal of ordinary width, number %zu of three",
			      i);
	fclose(report.out);
	assert_int_equal(report.findings[RB_LEVEL_FAIL], 1);
	assert_int_equal(report.findings[RB_LEVEL_WARN], 3);
	assert_ptr_equal(strstr(text, "[FAIL] short\n"), text);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 100);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_veth_on_a_bridge_is_followed_down_to_the_nics),
		cmocka_unit_test(a_long_chain_is_cut),
		cmocka_unit_test(devices_that_stand_on_each_other_are_told_once),
		cmocka_unit_test(a_step_tells_what_it_is_and_whose_port),
		cmocka_unit_test(a_veth_with_its_peer_elsewhere_says_so),
		cmocka_unit_test(findings_are_counted_and_wrapped),
	};

	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
