/* SPDX-License-Identifier: BSD-2-Clause */
/* The datapath's rules about devices, its pins' names and its counters' names, without a kernel. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "datapath/pins.h"
#include "datapath/plan.h"
#include "datapath/counters.h"
#include "datapath/xdp.h"
#include "util/cleanup.h"

#define ETHERNET .is_up = true, .is_ethernet = true, .rx_queues = 1

static struct rb_plan plan_of(const struct rb_netif *netif)
{
	struct rb_plan plan;

	rb_plan_make(netif, &plan);
	return plan;
}

/* Otherwise: replies on a veth are swallowed without any error, or go the slower way for nothing.
 */
static void veth_with_its_peer_here_sends_by_tx_and_needs_a_program_there(void **state)
{
	struct rb_netif netif = {ETHERNET, .kind = "veth", .peer_ifindex = 7};
	struct rb_plan plan = plan_of(&netif);

	(void)state;
	assert_int_equal(plan.best.mode, RB_MODE_NATIVE);
	assert_int_equal(plan.best.egress, RB_EGRESS_TX);
	assert_true(plan.best.use_xsk);
	assert_true(plan.needs_peer);
	assert_false(plan.needs_probe);
}

/* Otherwise: a container loses every answer, since nobody there can see the host's end. */
static void veth_with_its_peer_elsewhere_redirects_and_proves_it(void **state)
{
	struct rb_netif netif = {ETHERNET, .kind = "veth"};
	struct rb_plan plan = plan_of(&netif);

	(void)state;
	assert_int_equal(plan.best.mode, RB_MODE_NATIVE);
	assert_int_equal(plan.best.egress, RB_EGRESS_REDIRECT);
	assert_false(plan.needs_peer);
	assert_true(plan.needs_probe);
}

/* Otherwise: misses on a VLAN or ipvlan device disappear (generic redirect to AF_XDP frees them).
 */
static void devices_without_native_xdp_answer_generically_without_af_xdp(void **state)
{
	static const char *const kinds[] = {"vlan", "macvlan", "ipvlan", "bridge"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct rb_netif netif = {ETHERNET};
		struct rb_plan plan;

		strcpy(netif.kind, kinds[i]);
		plan = plan_of(&netif);
		assert_int_equal(plan.best.mode, RB_MODE_GENERIC);
		assert_int_equal(plan.best.egress, RB_EGRESS_TX);
		assert_false(plan.best.use_xsk);
		assert_non_null(strstr(plan.reason, kinds[i]));
	}
}

/* One row of the table in runbound-networks(7). */
struct row {
	const char *what;
	struct rb_netif netif;
	struct rb_attach_mode way;
	const char *says; /* in reason, advice or what is said of a refusal; NULL: nothing */
};

#define NATIVE                                                                                     \
	{                                                                                          \
		RB_MODE_NATIVE, RB_EGRESS_TX, true                                                 \
	}
#define NATIVE_SOCKETS                                                                             \
	{                                                                                          \
		RB_MODE_NATIVE, RB_EGRESS_TX, false                                                \
	}
#define NATIVE_UNSEEN                                                                              \
	{                                                                                          \
		RB_MODE_NATIVE, RB_EGRESS_REDIRECT, true                                           \
	}
#define GENERIC                                                                                    \
	{                                                                                          \
		RB_MODE_GENERIC, RB_EGRESS_TX, false                                               \
	}
#define SOCKETS                                                                                    \
	{                                                                                          \
		RB_MODE_NONE, RB_EGRESS_NONE, false                                                \
	}
#define BOND(number) ETHERNET, .kind = "bond", .bond_mode = (number)

#define VLAN(why) ETHERNET, .kind = "vlan", .parent = "eth0", .strips_tags = "eth0", .below = (why)

#define LOCALHOST 0x0100007f /* 127.0.0.1 */
#define SINK      .is_sink = true, .locals4 = {{.addr = LOCALHOST}, {.addr = 1}}, .locals4_count = 2

static const struct row rows[] = {
	{"NIC", {ETHERNET, .driver = "ixgbe", .mtu = 1500}, NATIVE, "driver"},
	{"virtio-net", {ETHERNET, .driver = "virtio_net", .mtu = 1500}, NATIVE, "guest_csum=off"},
	{"MTU too large", {ETHERNET, .driver = "e1000e", .mtu = 9000}, NATIVE, "mtu 1500"},
	{"virtio-net, MTU too large",
	 {ETHERNET, .driver = "virtio_net", .mtu = 9000},
	 NATIVE,
	 "mtu 1500"},
	{"veth, peer here", {ETHERNET, .kind = "veth", .peer_ifindex = 7}, NATIVE, NULL},
	{"veth, peer elsewhere", {ETHERNET, .kind = "veth"}, NATIVE_UNSEEN, NULL},
	{"VLAN", {ETHERNET, .kind = "vlan"}, GENERIC, "kind vlan have no native XDP"},
	{"VLAN, tags stripped below",
	 {VLAN(RB_BELOW_STRIPS)},
	 GENERIC,
	 "ethtool -K eth0 rxvlan off txvlan off"},
	{"VLAN, no native XDP below", {VLAN(RB_BELOW_GENERIC)}, GENERIC, "not to be had on eth0"},
	{"VLAN, native XDP refused below", {VLAN(RB_BELOW_REFUSES)}, GENERIC, "eth0 refused"},
	{"VLAN, a program below", {VLAN(RB_BELOW_FOREIGN)}, GENERIC, "eth0 carries somebody"},
	{"VLAN, not named below", {VLAN(RB_BELOW_EXCLUDED)}, GENERIC, "does not name eth0"},
	{"VLAN on a veth", {VLAN(RB_BELOW_VETH)}, GENERIC, "eth0 is a veth"},
	{"macvlan", {ETHERNET, .kind = "macvlan"}, GENERIC, "macvlan"},
	{"ipvlan", {ETHERNET, .kind = "ipvlan"}, GENERIC, "ipvlan"},
	{"ipvlan, l3s", {ETHERNET, .kind = "ipvlan", .is_l3s = true}, SOCKETS, "mode l3s"},
	{"bridge", {ETHERNET, .kind = "bridge"}, GENERIC, "bridge"},
	{"tap", {ETHERNET, .kind = "tun"}, NATIVE, "driver"},
	{"bond balance-rr", {BOND(0)}, NATIVE_SOCKETS, "every slave"},
	{"bond active-backup", {BOND(1)}, NATIVE_SOCKETS, "every slave"},
	{"bond balance-xor", {BOND(2)}, NATIVE_SOCKETS, "every slave"},
	{"bond broadcast", {BOND(3)}, GENERIC, "802.3ad"},
	{"bond 802.3ad", {BOND(4)}, NATIVE_SOCKETS, "every slave"},
	{"bond of veths",
	 {BOND(1), .has_veth_slave = true},
	 GENERIC,
	 "a slave of the bond is a veth"},
	{"bond balance-tlb", {BOND(5)}, GENERIC, "802.3ad"},
	{"bond balance-alb", {BOND(6)}, GENERIC, "802.3ad"},
	{"bond, port of a bridge",
	 {BOND(4), .name = "bond0", .master = "br0", .master_kind = "bridge"},
	 NATIVE_SOCKETS,
	 "ip link set bond0 nomaster"},
	{"NIC, port of a bridge",
	 {ETHERNET, .name = "eth0", .master = "br0", .master_kind = "bridge"},
	 NATIVE,
	 "give the address to br0"},
	{"loopback",
	 {.is_loopback = true,
	  .is_sink = true,
	  .locals4 = {{.addr = LOCALHOST}},
	  .locals4_count = 1},
	 SOCKETS,
	 "127.0.0.1"},
	{"anycast on loopback",
	 {SINK, .is_loopback = true},
	 SOCKETS,
	 "name that in xdp-interface:"},
	{"anycast on a dummy",
	 {SINK, .is_ethernet = true, .kind = "dummy"},
	 SOCKETS,
	 "name that in"},
	{"anycast, xdp-interface: named", {SINK, .comes_in_on = "eth0"}, SOCKETS, "come in (eth0)"},
	{"not named by xdp-interface:", {ETHERNET, .is_excluded = true}, SOCKETS, "xdp-interface"},
	{"tun", {.is_up = true, .kind = "tun"}, SOCKETS, "no Ethernet header"},
};

/* Otherwise: on some network DNS is slow or lost, and the manual says otherwise. */
static void every_topology_of_the_manual_has_the_plan_that_it_says(void **state)
{
	char refused[RB_PLAN_REFUSED];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rb_plan plan = plan_of(&rows[i].netif);
		const struct rb_attach_mode *way = &rows[i].way;

		rb_plan_refused(&rows[i].netif, refused);
		if (plan.best.mode != way->mode || plan.best.egress != way->egress ||
		    plan.best.use_xsk != way->use_xsk)
			fail_msg("%s: %s, %s", rows[i].what, rb_mode_name(plan.best.mode),
				 rb_egress_name(plan.best.egress));
		if (rows[i].says && !strstr(plan.reason, rows[i].says) &&
		    !strstr(plan.advice, rows[i].says) && !strstr(refused, rows[i].says))
			fail_msg("%s: not said: %s", rows[i].what, rows[i].says);
	}
}

/* Otherwise: a server's NIC or a VM's virtio-net would never run at full speed. */
static void hardware_tries_native_with_af_xdp(void **state)
{
	struct rb_netif netif = {ETHERNET};
	struct rb_plan plan = plan_of(&netif);

	(void)state;
	assert_int_equal(plan.best.mode, RB_MODE_NATIVE);
	assert_int_equal(plan.best.egress, RB_EGRESS_TX);
	assert_true(plan.best.use_xsk);
	assert_string_equal(plan.reason, "");
}

/* Otherwise: a frame without an Ethernet header is read as if it had one. */
static void devices_without_ethernet_get_no_program(void **state)
{
	struct rb_netif tunnel = {.is_up = true, .kind = "wireguard"};
	struct rb_netif loopback = {.is_up = true, .is_loopback = true};

	(void)state;
	assert_int_equal(plan_of(&tunnel).best.mode, RB_MODE_NONE);
	assert_int_equal(plan_of(&loopback).best.mode, RB_MODE_NONE);
}

/* Otherwise: we knock out somebody's firewall or load balancer. */
static void a_foreign_program_is_left_alone_whatever_the_device(void **state)
{
	static const char *const kinds[] = {"", "veth", "bridge"};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct rb_netif netif = {ETHERNET, .foreign_prog_id = 4711};
		struct rb_plan plan;

		strcpy(netif.kind, kinds[i]);
		plan = plan_of(&netif);
		assert_int_equal(plan.best.mode, RB_MODE_NONE);
		assert_non_null(strstr(plan.reason, "4711"));
	}
}

/* Otherwise: the link of eth0.5 cannot be pinned (bpffs refuses dots) and dies with the daemon. */
static void a_pin_has_no_dots_of_the_interface_in_its_name(void **state)
{
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(rb_xdp_pin_path("/sys/fs/bpf/a.b", RB_PIN_LINK, "eth0.5.6", path), 0);
	assert_string_equal(path, "/sys/fs/bpf/a.b/link_eth0:5:6");
}

/* Otherwise: half of a path is unlinked, which may name something else. */
static void a_pin_whose_path_is_too_long_is_refused(void **state)
{
	char pin_dir[PATH_MAX] = "/sys/fs/bpf/", path[PATH_MAX] = "untouched";
	uint64_t counters[RB_COUNTER_COUNT];

	(void)state;
	memset(pin_dir + strlen(pin_dir), 'x', PATH_MAX - 1 - strlen(pin_dir));
	assert_int_equal(rb_xdp_pin_path(pin_dir, RB_PIN_LINK, "eth0", path), -ENAMETOOLONG);
	assert_int_equal(rb_xdp_counters(pin_dir, counters), -ENAMETOOLONG);
}

/* Otherwise: statistics show two counters under one name, or one that nobody can look up. */
static void every_counter_has_a_name_of_its_own_and_a_meaning(void **state)
{
	unsigned int i, other;

	(void)state;
	for (i = 0; i < RB_COUNTER_COUNT; i++) {
		assert_non_null(rb_counter_name(i));
		assert_non_null(rb_counter_meaning(i));
		for (other = 0; other < i; other++)
			assert_string_not_equal(rb_counter_name(i), rb_counter_name(other));
	}
	assert_null(rb_counter_name(RB_COUNTER_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(veth_with_its_peer_here_sends_by_tx_and_needs_a_program_there),
		cmocka_unit_test(veth_with_its_peer_elsewhere_redirects_and_proves_it),
		cmocka_unit_test(devices_without_native_xdp_answer_generically_without_af_xdp),
		cmocka_unit_test(every_topology_of_the_manual_has_the_plan_that_it_says),
		cmocka_unit_test(hardware_tries_native_with_af_xdp),
		cmocka_unit_test(devices_without_ethernet_get_no_program),
		cmocka_unit_test(a_foreign_program_is_left_alone_whatever_the_device),
		cmocka_unit_test(a_pin_has_no_dots_of_the_interface_in_its_name),
		cmocka_unit_test(a_pin_whose_path_is_too_long_is_refused),
		cmocka_unit_test(every_counter_has_a_name_of_its_own_and_a_meaning),
	};

	return cmocka_run_group_tests_name("datapath", tests, NULL, NULL);
}
