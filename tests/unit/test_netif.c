/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding interfaces by address, among real devices in a network namespace of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netif/netif.h"
#include "netif/rtnl.h"
#include "util/cleanup.h"

/* The result of a search, and the configuration that was searched for. */
struct found {
	struct rb_netif *netifs;
	size_t count;
	size_t *missing;
	size_t missing_count;
};

static void found_free(struct found *found)
{
	rb_netifs_free(found->netifs);
	free(found->missing);
}

#define _cleanup_found_ _cleanup_(found_free)

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

static struct rb_listen listen_on(const char *address, uint16_t port)
{
	struct rb_listen listen = {.text = (char *)address};
	struct sockaddr_in *in4 = (struct sockaddr_in *)&listen.addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&listen.addr;

	if (inet_pton(AF_INET, address, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, address, &in6->sin6_addr), 1);
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
	}
	return listen;
}

static struct rb_config config_of(struct rb_listen *listens, size_t count)
{
	return (struct rb_config){
		.listens = listens,
		.listen_count = count,
		.plain_count = count,
		.do_ip4 = true,
		.do_ip6 = true,
		.do_udp = true,
	};
}

static void find(const struct rb_config *config, struct found *ret_found)
{
	const struct rb_served served = rb_served_all(config);

	assert_int_equal(rb_netifs_find(&served, &ret_found->netifs, &ret_found->count,
					&ret_found->missing, &ret_found->missing_count),
			 0);
}

static const struct rb_netif *named(const struct found *found, const char *name)
{
	size_t i;

	for (i = 0; i < found->count; i++) {
		if (!strcmp(found->netifs[i].name, name))
			return &found->netifs[i];
	}
	return NULL;
}

/* Otherwise: XDP sits on the interface that the route names, and queries to the other miss it. */
static void
the_interface_is_the_one_that_carries_the_address_though_two_share_a_subnet(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.2", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};

	(void)state;
	find(&config, &found);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.netifs[0].name, "rbdp2");
	assert_int_equal(found.netifs[0].locals4_count, 1);
	assert_int_equal(found.netifs[0].locals4[0].addr, inet_addr("192.0.2.2"));
	assert_int_equal(found.netifs[0].locals4[0].port, htons(53));
}

/* Otherwise: 'interface: 0.0.0.0' is served by sockets alone. */
static void a_wildcard_is_every_address_of_its_family(void **state)
{
	struct rb_listen listens[] = {listen_on("0.0.0.0", 53), listen_on("::", 5353)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};

	(void)state;
	find(&config, &found);
	assert_int_equal(found.missing_count, 0);
	assert_non_null(named(&found, "rbdp0"));
	assert_non_null(named(&found, "rbdp2"));
	assert_true(named(&found, "lo")->is_loopback);
	assert_int_equal(named(&found, "rbdp2")->locals4_count, 2);
	assert_true(named(&found, "rbdp0")->locals6_count >= 1);
	assert_int_equal(named(&found, "rbdp0")->locals6[0].port, htons(5353));
}

/* Otherwise: the operator never learns that an address of his is on no interface. */
static void an_address_that_nobody_carries_is_reported(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.1", 53), listen_on("198.51.100.9", 53),
				      listen_on("2001:db8::9", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};

	(void)state;
	find(&config, &found);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.missing_count, 2);
	assert_int_equal(found.missing[0], 1);
	assert_int_equal(found.missing[1], 2);
}

/* Otherwise: a family that is turned off in the file is answered by XDP all the same. */
static void what_is_turned_off_is_not_looked_for(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.1", 53), listen_on("2001:db8::1", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found only4 = {0}, only6 = {0}, none = {0};

	(void)state;
	config.do_ip6 = false;
	find(&config, &only4);
	assert_int_equal(only4.count, 1);
	assert_int_equal(only4.netifs[0].locals6_count, 0);
	config.do_ip6 = true;
	config.do_ip4 = false;
	find(&config, &only6);
	assert_int_equal(only6.netifs[0].locals4_count, 0);
	assert_int_equal(only6.netifs[0].locals6_count, 1);
	config.do_ip4 = true;
	config.do_udp = false;
	find(&config, &none);
	assert_int_equal(none.count, 0);
	assert_int_equal(none.missing_count, 0);
}

/* Otherwise: XDP is attached where the operator said that it must not be. */
static void interfaces_that_xdp_interface_does_not_name_are_excluded(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.1", 53), listen_on("192.0.2.2", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found all = {0}, some = {0};
	char name[IF_NAMESIZE];

	(void)state;
	find(&config, &all);
	assert_false(named(&all, "rbdp0")->is_excluded);
	assert_false(rb_netifs_unused_name(&config, all.netifs, all.count, name));
	config.xdp_interfaces = "rbdp rbdp2 ";
	find(&config, &some);
	assert_true(named(&some, "rbdp0")->is_excluded);
	assert_false(named(&some, "rbdp2")->is_excluded);
	assert_true(rb_netifs_unused_name(&config, some.netifs, some.count, name));
	assert_string_equal(name, "rbdp");
}

/* Otherwise: with anycast by a routing daemon, its address on lo, the kernel answers nothing. */
static void an_address_of_loopback_is_one_of_the_interfaces_that_are_named(void **state)
{
	struct rb_listen listens[] = {listen_on("198.51.100.53", 53), listen_on("::1", 53),
				      listen_on("127.0.0.1", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found automatic = {0}, of_two = {0};

	(void)state;
	run("ip addr add 198.51.100.53/32 dev lo");
	find(&config, &automatic);
	assert_int_equal(automatic.count, 1);
	assert_true(named(&automatic, "lo")->is_sink);
	assert_string_equal(named(&automatic, "lo")->comes_in_on, "");
	config.xdp_interfaces = "rbdp0 rbdp2 ";
	find(&config, &of_two);
	assert_string_equal(named(&of_two, "lo")->comes_in_on, "rbdp0");
	assert_int_equal(named(&of_two, "rbdp0")->locals4_count, 1);
	assert_int_equal(named(&of_two, "rbdp0")->locals6_count, 0);
	assert_int_equal(named(&of_two, "rbdp2")->locals4_count, 1);
	assert_int_equal(named(&of_two, "rbdp2")->locals4[0].addr, inet_addr("198.51.100.53"));
	assert_null(named(&of_two, "rbdp4"));
	run("ip addr del 198.51.100.53/32 dev lo");
}

static bool owns4(const struct rb_netif *netif, const char *addr)
{
	for (size_t i = 0; i < netif->own4_count; i++) {
		if (netif->own4[i] == inet_addr(addr))
			return true;
	}
	return false;
}

/* Otherwise: whoever sends from our own address, or from everybody's, is answered by the kernel. */
static void its_own_addresses_and_broadcasts_are_known_served_or_not(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.2", 53), listen_on("2001:db8::1", 53),
				      listen_on("198.51.100.53", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};
	const struct rb_netif *netif;

	(void)state;
	config.xdp_interfaces = (char *)"rbdp2 ";
	run("ip addr add 198.51.100.53/32 dev lo && ip addr add 192.0.2.5/31 dev rbdp2");
	find(&config, &found);
	run("ip addr del 198.51.100.53/32 dev lo && ip addr del 192.0.2.5/31 dev rbdp2");
	netif = named(&found, "rbdp2");
	assert_int_equal(netif->locals4_count, 2);
	assert_true(owns4(netif, "192.0.2.2"));
	assert_true(owns4(netif, "192.0.2.3"));
	assert_true(owns4(netif, "192.0.2.5"));
	assert_true(owns4(netif, "192.0.2.255"));
	assert_true(owns4(netif, "198.51.100.53")); /* anycast, on loopback */
	assert_true(owns4(netif, "192.0.2.1"));     /* of another interface */
	assert_in_range(netif->own4_count, 6, RB_OWN_MAX);
	assert_int_equal(netif->own4[0], inet_addr("192.0.2.2"));
	netif = named(&found, "rbdp0");
	assert_int_equal(netif->own4[0], inet_addr("192.0.2.1"));
	assert_true(owns4(netif, "192.0.2.2"));
	assert_in_range(netif->own6_count, 1, 2); /* its link-local address comes later */
}

/* Otherwise: an address written twice takes two of the few places that a program has. */
static void an_address_counts_once_and_those_beyond_the_limit_are_counted(void **state)
{
	struct rb_listen listens[RB_LOCALS_MAX + 3];
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};
	size_t i;

	(void)state;
	listens[0] = listen_on("192.0.2.1", 53);
	listens[1] = listen_on("192.0.2.1", 53);
	for (i = 2; i < ARRAY_SIZE(listens); i++)
		listens[i] = listen_on("192.0.2.1", (uint16_t)(1000 + i));
	find(&config, &found);
	assert_int_equal(found.netifs[0].locals4_count, RB_LOCALS_MAX);
	assert_int_equal(found.netifs[0].locals_dropped, 2);
}

/* Otherwise: the peer's index of another namespace is taken for an interface of ours. */
static void a_veth_peer_counts_only_in_our_namespace(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.1", 53), listen_on("198.51.100.1", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};

	(void)state;
	find(&config, &found);
	assert_string_equal(named(&found, "rbdp0")->kind, "veth");
	assert_int_equal(named(&found, "rbdp0")->peer_ifindex, (int)if_nametoindex("rbdp1"));
	assert_string_equal(named(&found, "rbdp4")->kind, "veth");
	assert_int_equal(named(&found, "rbdp4")->peer_ifindex, 0);
}

/* Otherwise: AF_XDP sockets are opened on queues that do not run, or frames to us are not ours. */
static void what_the_kernel_says_of_the_interface_is_told(void **state)
{
	struct rb_listen listens[] = {listen_on("192.0.2.1", 53)};
	struct rb_config config = config_of(listens, ARRAY_SIZE(listens));
	_cleanup_found_ struct found found = {0};
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 0x51};

	(void)state;
	find(&config, &found);
	assert_memory_equal(found.netifs[0].mac, mac, sizeof(mac));
	assert_int_equal(found.netifs[0].mtu, 1400);
	assert_int_equal(found.netifs[0].rx_queues, 1);
	assert_true(found.netifs[0].is_ethernet);
	assert_true(found.netifs[0].is_up);
	assert_int_equal(found.netifs[0].foreign_prog_id, 0);
}

/* Otherwise: the watch over replies reads nothing, and a lost reply path goes unnoticed. */
static void ethtool_counters_are_found_by_name_and_summed_by_pattern(void **state)
{
	static const char *const patterns[] = {"peer_*", "no_such_*"};
	uint64_t value = 0, sums[2];

	(void)state;
	assert_int_equal(rb_ethtool_counter("rbdp0", "peer_ifindex", &value), 0);
	assert_int_equal(value, if_nametoindex("rbdp1"));
	assert_int_equal(rb_ethtool_counter("rbdp0", "no_such", &value), -ENOENT);
	assert_int_equal(rb_ethtool_counter("lo", "peer_ifindex", &value), -ENOENT);
	assert_int_equal(rb_ethtool_sums("rbdp0", patterns, 2, sums), 0);
	assert_int_equal(sums[0], if_nametoindex("rbdp1"));
	assert_int_equal(sums[1], 0);
	assert_int_equal(rb_ethtool_counter("rbdpnone", "x", &value), -ENODEV);
}

/* Otherwise: a host with hundreds of interfaces (its dump has many messages) loses some of them. */
static void a_long_dump_is_read_to_its_end(void **state)
{
	_cleanup_free_ struct rb_rtnl_link *before = NULL, *after = NULL;
	struct rb_rtnl_link link;
	size_t count_before, count_after;

	(void)state;
	assert_int_equal(rb_rtnl_links(&before, &count_before), 0);
	run("for i in $(seq 60); do echo link add rbdpv$i type veth peer name rbdpw$i; done | "
	    "ip -batch -");
	assert_int_equal(rb_rtnl_links(&after, &count_after), 0);
	assert_int_equal(count_after, count_before + 120);
	assert_int_equal(rb_rtnl_link((int)if_nametoindex("rbdpw60"), &link), 0);
	assert_string_equal(link.name, "rbdpw60");
	assert_int_equal(rb_rtnl_link(1000000, &link), -ENODEV);
}

/*
 * rbdp5 is in another namespace, which the descriptor keeps until the tests end, under the index
 * that rbdp6 has here.
 */
static int group_setup(void **state)
{
	static const char commands[] =
		"ip link set lo up && "
		"ip link add rbdp0 address 02:00:00:00:00:51 mtu 1400 type veth peer name rbdp1 && "
		"ip link add rbdp2 type veth peer name rbdp3 && "
		"for i in 0 1 2 3; do ip link set rbdp$i up; done && "
		"ip addr add 192.0.2.1/24 dev rbdp0 && ip addr add 192.0.2.2/24 dev rbdp2 && "
		"ip addr add 192.0.2.3/24 dev rbdp2 && "
		"ip addr add 2001:db8::1/64 dev rbdp0 nodad && "
		"ip link add rbdp4 type veth peer name rbdp5 index 777 "
		"netns /proc/$PPID/fd/$RBDP_OTHER && "
		"ip link add rbdp6 index 777 type bridge && "
		"ip link set rbdp4 up && ip addr add 198.51.100.1/24 dev rbdp4";
	char text[16];
	int other;

	(void)state;
	/* A user namespace gives who is not root a network namespace too. */
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return -1;
	other = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (other < 0 || unshare(CLONE_NEWNET))
		return -1;
	snprintf(text, sizeof(text), "%d", other);
	setenv("RBDP_OTHER", text, 1);
	run(commands);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_interface_is_the_one_that_carries_the_address_though_two_share_a_subnet),
		cmocka_unit_test(a_wildcard_is_every_address_of_its_family),
		cmocka_unit_test(an_address_that_nobody_carries_is_reported),
		cmocka_unit_test(what_is_turned_off_is_not_looked_for),
		cmocka_unit_test(interfaces_that_xdp_interface_does_not_name_are_excluded),
		cmocka_unit_test(an_address_of_loopback_is_one_of_the_interfaces_that_are_named),
		cmocka_unit_test(its_own_addresses_and_broadcasts_are_known_served_or_not),
		cmocka_unit_test(an_address_counts_once_and_those_beyond_the_limit_are_counted),
		cmocka_unit_test(a_veth_peer_counts_only_in_our_namespace),
		cmocka_unit_test(what_the_kernel_says_of_the_interface_is_told),
		cmocka_unit_test(ethtool_counters_are_found_by_name_and_summed_by_pattern),
		cmocka_unit_test(a_long_dump_is_read_to_its_end),
	};

	return cmocka_run_group_tests_name("netif", tests, group_setup, NULL);
}
