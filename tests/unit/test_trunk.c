/* SPDX-License-Identifier: BSD-2-Clause */
/* Which VLANs are answered on the device below them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/trunk.h"
#include "util/cleanup.h"

#define PARENT 3
#define TEN    4
#define TWENTY 5

#define CARD                                                                                       \
	.ifindex = PARENT, .name = "eth0", .is_up = true, .is_ethernet = true, .mtu = 1500,        \
	.reply_mtu = 1500

static struct rb_netif vlan(int ifindex, const char *name, uint64_t tags, const char *addr)
{
	struct rb_netif netif = {
		.ifindex = ifindex,
		.kind = "vlan",
		.parent = "eth0",
		.parent_ifindex = PARENT,
		.tags = tags,
		.mac = {2, 0, 0, 0, 0, (uint8_t)ifindex},
		.is_up = true,
		.is_ethernet = true,
		.reply_mtu = 1500,
		.locals4 = {{inet_addr(addr), htons(53), 0}},
		.locals4_count = 1,
	};

	strcpy(netif.name, name);
	return netif;
}

static struct rb_netif ten(void)
{
	return vlan(TEN, "eth0.10", 0x8100000a, "192.0.2.10");
}

static const struct rb_netif *named(const struct rb_netif *netifs, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!strcmp(netifs[i].name, name))
			return &netifs[i];
	}
	return NULL;
}

/* Otherwise: on a VLAN of a good card every answer costs a socket buffer. */
static void vlans_are_answered_below_with_their_tags_and_macs(void **state)
{
	struct rb_netif netifs[] = {{CARD, .mac = {2, 0, 0, 0, 0, PARENT}},
				    ten(),
				    vlan(TWENTY, "eth0.20.5", 0x88a8001481000005, "192.0.2.20")};
	size_t count = ARRAY_SIZE(netifs);
	const struct rb_netif *card;

	(void)state;
	netifs[0].locals4[0] = (struct rb_local4){
		.addr = inet_addr("192.0.2.1"),
		.port = htons(53),
	};
	netifs[0].locals4_count = 1;
	netifs[2].own4[0] = inet_addr("198.51.100.255");
	netifs[2].own4_count = 1;
	netifs[2].reply_mtu = 1400;
	netifs[2].locals6[0].port = htons(53);
	netifs[2].locals6_count = 1;
	rb_trunk_fold(netifs, &count);
	assert_int_equal(count, 1);
	card = &netifs[0];
	assert_string_equal(card->name, "eth0");
	assert_int_equal(card->vlan_count, 2);
	assert_string_equal(card->vlan_names[0], "eth0.10");
	assert_int_equal(card->vlans[0].tags, 0x8100000a);
	assert_int_equal(card->vlans[0].mac[5], TEN);
	assert_int_equal(card->vlans[1].tags, 0x88a8001481000005);
	assert_int_equal(card->vlans[1].mac[5], TWENTY);
	assert_int_equal(card->locals4_count, 3);
	assert_int_equal(card->locals4[0].vlan, 0);
	assert_int_equal(card->locals4[1].vlan, 1);
	assert_int_equal(card->locals4[1].addr, inet_addr("192.0.2.10"));
	assert_int_equal(card->locals4[2].vlan, 2);
	assert_int_equal(card->locals6_count, 1);
	assert_int_equal(card->locals6[0].vlan, 2);
	assert_int_equal(card->reply_mtu, 1400);
	assert_int_equal(card->own4_count, 1);
	assert_int_equal(card->own4[0], inet_addr("198.51.100.255"));
}

struct row {
	const char *what;
	struct rb_netif parent;
	enum rb_below below;
};

/* Otherwise: a program is attached where it sees no tags, or where it must not be. */
static void a_vlan_is_answered_below_only_where_that_works(void **state)
{
	static const struct row rows[] = {
		{"card", {CARD}, RB_BELOW_ANSWERS},
		{"bond", {CARD, .kind = "bond", .bond_mode = 4}, RB_BELOW_ANSWERS},
		{"bond in a bridge",
		 {CARD, .kind = "bond", .bond_mode = 2, .master_kind = "bridge"},
		 RB_BELOW_ANSWERS},
		{"our own program",
		 {CARD, .foreign_prog_id = 9, .runs_ours = true},
		 RB_BELOW_ANSWERS},
		{"foreign program", {CARD, .foreign_prog_id = 9}, RB_BELOW_FOREIGN},
		{"tags stripped", {CARD, .strips_tags = "eth0"}, RB_BELOW_STRIPS},
		{"not named", {CARD, .is_excluded = true}, RB_BELOW_EXCLUDED},
		{"refused", {CARD, .refuses_native = true}, RB_BELOW_REFUSES},
		{"veth", {CARD, .kind = "veth", .peer_ifindex = 7}, RB_BELOW_VETH},
		{"bridge", {CARD, .kind = "bridge"}, RB_BELOW_GENERIC},
		{"bond balance-alb", {CARD, .kind = "bond", .bond_mode = 6}, RB_BELOW_GENERIC},
		{"a bond's port",
		 {CARD, .master = "bond0", .master_kind = "bond"},
		 RB_BELOW_GENERIC},
		{"full", {CARD, .vlan_count = RB_VLANS_MAX}, RB_BELOW_FULL},
		{"another namespace", {.ifindex = 77}, RB_BELOW_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rb_netif netifs[] = {ten(), rows[i].parent};
		size_t count = ARRAY_SIZE(netifs);
		const struct rb_netif *alone;

		rb_trunk_fold(netifs, &count);
		assert_int_equal(count, 1);
		alone = named(netifs, count, "eth0.10");
		if ((rows[i].below == RB_BELOW_ANSWERS) != !alone)
			fail_msg("%s: %s", rows[i].what, alone ? "not answered below" : "answered");
		if (alone)
			assert_int_equal(alone->below, rows[i].below);
	}
}

/* Otherwise: an interface that the operator has switched off goes on answering. */
static void a_vlan_that_is_down_is_not_answered_for(void **state)
{
	struct rb_netif netifs[] = {{CARD}, ten()};
	size_t count = ARRAY_SIZE(netifs);

	(void)state;
	netifs[1].is_up = false;
	rb_trunk_fold(netifs, &count);
	assert_int_equal(count, 1);
	assert_int_equal(netifs[0].below, RB_BELOW_DOWN);
}

/* Otherwise: writing past the end of the program's settings. */
static void addresses_beyond_the_limit_are_left_to_sockets(void **state)
{
	struct rb_netif netifs[] = {{CARD}, ten()};
	size_t count = ARRAY_SIZE(netifs);

	(void)state;
	netifs[0].locals4_count = RB_LOCALS_MAX;
	rb_trunk_fold(netifs, &count);
	assert_int_equal(netifs[0].locals4_count, RB_LOCALS_MAX);
	assert_int_equal(netifs[0].locals_dropped, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vlans_are_answered_below_with_their_tags_and_macs),
		cmocka_unit_test(a_vlan_is_answered_below_only_where_that_works),
		cmocka_unit_test(a_vlan_that_is_down_is_not_answered_for),
		cmocka_unit_test(addresses_beyond_the_limit_are_left_to_sockets),
	};

	return cmocka_run_group_tests_name("trunk", tests, NULL, NULL);
}
