/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies of the XDP program arrive, whatever the device and its peer; where not, we step down. */
#include "datapath_lab.h"

/* Otherwise: in a container whose host turned GRO on, every answer of the kernel is lost. */
static void replies_arrive_where_the_peer_elsewhere_has_gro(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	assert_true(counter(lab, RB_REFUSED) >= 2);
}

/* Otherwise: in any other container (GRO is off by default) they are. */
static void replies_arrive_where_the_peer_elsewhere_has_no_gro(void **state)
{
	struct lab *lab = *state;

	veth(lab, "off");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	assert_true(counter(lab, RB_REFUSED) >= 2);
	assert_false(link_of("rbdp0").xdp_native);
}

/* Otherwise: next to another XDP user (a CNI, a load generator) replies are lost. */
static void replies_arrive_where_the_peer_elsewhere_has_a_program(void **state)
{
	struct lab *lab = *state;
	int foreign;

	veth(lab, "off");
	enter(lab->client_ns);
	foreign = foreign_program("rbdp1");
	enter(lab->server_ns);
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	close(foreign);
}

/* Otherwise: XDP_TX is swallowed by a peer that could have been helped. */
static void a_peer_in_our_namespace_gets_the_pass_program(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
	stop(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
}

/* Otherwise: somebody removes his program from the peer, and with it our answers. */
static void a_peer_that_loses_its_program_gets_ours(void **state)
{
	struct lab *lab = *state;
	int foreign;

	bridged_veth(lab);
	foreign = foreign_program("rbdp2");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	close(foreign);
	assert_int_equal(link_of("rbdp2").xdp_prog_id, 0);
	expect_silence(lab);
	watch(lab);
	assert_true(link_of("rbdp2").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: a host that changes GRO at run time costs us DNS until somebody restarts runbound. */
static void replies_that_stop_arriving_step_down_and_up_again(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	start(lab, REFUSE_ALL);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	watch(lab);
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	client_gro(lab, "off");
	expect_silence(lab);
	watch(lab);
	assert_false(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	client_gro(lab, "on");
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: a container that starts before its network stays slow for as long as it runs. */
static void an_interface_that_comes_up_later_steps_up(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	enter(lab->client_ns);
	run("ip link set rbdp1 down");
	enter(lab->server_ns);
	start(lab, REFUSE_ALL);
	assert_false(link_of("rbdp0").xdp_native);
	watch(lab);
	assert_false(link_of("rbdp0").xdp_native);
	enter(lab->client_ns);
	run("ip link set rbdp1 up && ethtool -K rbdp1 gro off && ethtool -K rbdp1 gro on");
	enter(lab->server_ns);
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: jumbo frames cost native XDP (which a program without fragments does). */
static void a_large_mtu_stays_native(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	run("ip link set rbdp2 mtu 9000 && ip link set rbdp0 mtu 9000");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(link_of("rbdp0").mtu, 9000);
	assert_int_equal(link_of("rbdp2").mtu, 9000);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: a resolver on a bridge's address has no XDP, or one whose answers go nowhere. */
static void a_bridge_is_answered_in_generic_mode(void **state)
{
	struct lab *lab = *state;

	bridged_veth(lab);
	run("ip addr flush dev rbdp0 && ip addr add " SERVER4 "/24 dev rbdpbr && "
	    "ip addr add " SERVER6 "/64 dev rbdpbr nodad");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdpbr").xdp_prog_id && !link_of("rbdpbr").xdp_native);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
	assert_int_equal(ask(lab, SERVER6), REFUSED);
}

/* Otherwise: the same for containers on macvlan. */
static void a_macvlan_is_answered_in_generic_mode(void **state)
{
	struct lab *lab = *state;

	veth(lab, "off");
	run("ip addr flush dev rbdp0 && ip link add link rbdp0 name rbdpmv type macvlan && "
	    "ip link set rbdpmv up && ip addr add " SERVER4 "/24 dev rbdpmv");
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdpmv").xdp_prog_id && !link_of("rbdpmv").xdp_native);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	assert_int_equal(ask(lab, SERVER4), REFUSED);
}

/* Otherwise: an anycast node, whose routing daemon has the address on lo, answers by sockets. */
static void an_address_of_loopback_is_answered_where_xdp_interface_says(void **state)
{
	struct lab *lab = *state;

	veth(lab, "on");
	run("ip addr add 198.51.100.53/32 dev lo && ip link set lo up");
	enter(lab->client_ns);
	run("ip route add 198.51.100.53 via " SERVER4);
	enter(lab->server_ns);
	lab->listens[0] = listen_on("198.51.100.53");
	lab->config.listen_count = lab->config.plain_count = 1;
	start(lab, REFUSE_ALL);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	stop(lab);
	lab->config.xdp_interfaces = "rbdp0 ";
	start(lab, REFUSE_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(ask(lab, "198.51.100.53"), REFUSED);
	/* The interface's own address is not configured. */
	expect_silence(lab);
	run("ip addr del 198.51.100.53/32 dev lo");
	watch(lab);
	assert_int_equal(link_of("rbdp0").xdp_prog_id, 0);
	run("ip addr add 198.51.100.53/32 dev lo");
	watch(lab);
	assert_int_equal(ask(lab, "198.51.100.53"), REFUSED);
}

static int anycast_teardown(void **state)
{
	struct lab *lab = *state;

	lab->listens[0] = listen_on(SERVER4);
	lab->config.listen_count = lab->config.plain_count = 2;
	lab->config.xdp_interfaces = NULL;
	run("ip addr flush dev lo");
	return lab_clear(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		datapath_test(replies_arrive_where_the_peer_elsewhere_has_gro),
		datapath_test(replies_arrive_where_the_peer_elsewhere_has_no_gro),
		datapath_test(replies_arrive_where_the_peer_elsewhere_has_a_program),
		datapath_test(a_peer_in_our_namespace_gets_the_pass_program),
		datapath_test(a_peer_that_loses_its_program_gets_ours),
		datapath_test(replies_that_stop_arriving_step_down_and_up_again),
		datapath_test(an_interface_that_comes_up_later_steps_up),
		datapath_test(a_large_mtu_stays_native),
		datapath_test(a_bridge_is_answered_in_generic_mode),
		datapath_test(a_macvlan_is_answered_in_generic_mode),
		cmocka_unit_test_teardown(
			an_address_of_loopback_is_answered_where_xdp_interface_says,
			anycast_teardown),
	};

	return cmocka_run_group_tests_name("datapath", tests, lab_open, lab_close);
}
