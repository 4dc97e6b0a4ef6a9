/* SPDX-License-Identifier: BSD-2-Clause */
/* Which queues have AF_XDP sockets while devices and servers come, change and go. */
#include "datapath_lab.h"
#include "xsk_exchange.h"

#include "datapath/status.h"

/* Otherwise: when the program is replaced, misses take the slow way from then on. */
static void the_sockets_outlive_a_change_of_the_program(void **state)
{
	struct lab *lab = *state;
	const struct rb_xsk *before;

	veth(lab, "off");
	start(lab, ALLOW_ALL);
	assert_false(link_of("rbdp0").xdp_native);
	assert_int_equal(lab->server.count, 1);
	before = lab->server.sockets[0];
	client_gro(lab, "on");
	watch(lab);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(lab->server.count, 1);
	assert_ptr_equal(lab->server.sockets[0], before);
	xsk_exchange(lab, lab->server.sockets[0]);
}

/* Otherwise: on a NIC with many queues, queries of some of them are nobody's. */
static void every_queue_has_a_socket(void **state)
{
	struct lab *lab = *state;
	uint32_t queues = 0;

	run("ip link add rbdp0 numrxqueues 3 numtxqueues 3 type veth peer name rbdp2 "
	    "numrxqueues 3 numtxqueues 3 && ip link set rbdp0 up && ip link set rbdp2 up && "
	    "ip addr add " SERVER4 "/24 dev rbdp0");
	start(lab, ALLOW_ALL);
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(lab->server.count, 3);
	for (size_t i = 0; i < 3; i++)
		queues |= 1u << rb_xsk_queue(lab->server.sockets[i]);
	assert_int_equal(queues, 7);
}

/* Otherwise: a container whose eth0 is made anew takes misses by socket for as long as it runs. */
static void a_device_that_is_made_anew_gets_sockets(void **state)
{
	struct lab *lab = *state;
	int i;

	veth_with(lab, "on", "index 7778");
	start(lab, ALLOW_ALL);
	for (i = 0; i < 5; i++) {
		assert_int_equal(lab->server.count, 1);
		xsk_exchange(lab, lab->server.sockets[0]);
		run("ip link del rbdp0");
		watch(lab);
		assert_int_equal(lab->server.count, 0);
		veth_with(lab, "on", "index 7778");
		watch(lab);
	}
	/* The same within one look. */
	run("ip link del rbdp0");
	veth(lab, "on");
	watch(lab);
	assert_int_equal(lab->server.count, 1);
	xsk_exchange(lab, lab->server.sockets[0]);
}

/* Otherwise: a resolver that starts before its network never has AF_XDP. */
static void a_device_that_comes_after_the_start_gets_sockets(void **state)
{
	struct lab *lab = *state;

	lab->listens[0] = listen_on("0.0.0.0");
	start(lab, ALLOW_ALL);
	veth(lab, "on");
	watch(lab);
	assert_int_equal(lab->server.count, 1);
	xsk_exchange(lab, lab->server.sockets[0]);
	lab->listens[0] = listen_on(SERVER4);
}

static void watch_until_given(struct lab *lab, size_t count)
{
	int tries = WATCHES;

	while (lab->server.count < count) {
		assert_true(tries--);
		watch_later(lab);
	}
}

/* Otherwise: what is redirected to a socket that no worker has is lost; or a moment without memory
 * costs AF_XDP until a restart. */
static void sockets_that_no_worker_takes_are_done_without_until_one_does(void **state)
{
	struct lab *lab = *state;
	uint64_t before;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	run("ip link del rbdp0");
	watch(lab);
	lab->server.err = -ENOMEM;
	veth(lab, "on");
	watch(lab);
	assert_int_equal(lab->server.count, 0);
	assert_true(link_of("rbdp0").xdp_native);
	before = counter(lab, RB_EVENT_REDIRECTED);
	expect_silence(lab);
	assert_int_equal(counter(lab, RB_EVENT_REDIRECTED), before);
	lab->server.err = 0;
	watch_until_given(lab, 1);
	xsk_exchange(lab, lab->server.sockets[0]);
}

/* Otherwise: a queue that a dying predecessor gives up late is without AF_XDP until a restart. */
static void a_queue_that_is_taken_gets_its_socket_once_it_is_free(void **state)
{
	struct lab *lab = *state;
	const struct rb_xsk_opts taken = {
		.ifname = "rbdp0", .queue = 1, .ring_size = 64, .frames = 128};
	struct rb_xsk_parts other;
	struct rb_xdp_status status;

	veth_with(lab, "on", "numrxqueues 2 numtxqueues 2");
	assert_int_equal(rb_xsk_make(&taken, &other), 0);
	assert_int_equal(rb_xsk_bind(&other), 0);
	start(lab, ALLOW_ALL);
	watch_later(lab);
	run("ip link set rbdp0 mtu 1400");
	watch(lab);
	assert_int_equal(lab->server.count, 1);
	assert_true(rb_xdp_status(lab->xdp, 0, &status));
	assert_int_equal(status.state, RB_PORT_DEGRADED);
	assert_non_null(strstr(status.reason, "no AF_XDP on queue 1 (Device or resource busy)"));
	assert_true(link_of("rbdp0").xdp_native);
	rb_xsk_unmake(&other);
	watch_until_given(lab, 2);
	assert_true(rb_xdp_status(lab->xdp, 0, &status));
	assert_int_equal(status.state, RB_PORT_ATTACHED);
}

/* Otherwise: misses of a server that has died are lost in its rings, or the next has none. */
static void sockets_go_with_their_server_and_the_next_gets_others(void **state)
{
	struct lab *lab = *state;
	_cleanup_close_ int sockets = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), fd = -1;
	struct rb_listen address = listen_on(SERVER4);
	struct rb_xdp_status status;
	int i;

	veth(lab, "on");
	assert_int_equal(
		bind(sockets, (struct sockaddr *)&address.addr, sizeof(struct sockaddr_in)), 0);
	start(lab, ALLOW_ALL);
	fd = socket_to(lab, SERVER4);
	for (i = 0; i < 3; i++) {
		xsk_exchange(lab, lab->server.sockets[0]);
		server_dies(lab);
		assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
		assert_true(wait_readable(sockets));
		assert_int_equal(recv(sockets, (uint8_t[512]){0}, 512, 0), sizeof(question));
		watch(lab);
		assert_true(rb_xdp_status(lab->xdp, 0, &status));
		assert_int_equal(status.state, RB_PORT_ATTACHED);
		assert_int_equal(status.sockets, 0);
		server_comes(lab);
		assert_true(rb_xdp_status(lab->xdp, 0, &status));
		assert_int_equal(status.state, RB_PORT_ATTACHED);
		assert_int_equal(status.sockets, 1);
	}
}

/* Otherwise: what is asked while a server is stopped is lost in its rings. */
static void misses_go_to_the_stack_while_the_server_is_held(void **state)
{
	struct lab *lab = *state;
	_cleanup_close_ int sockets = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), fd = -1;
	struct rb_listen address = listen_on(SERVER4);

	veth(lab, "on");
	assert_int_equal(
		bind(sockets, (struct sockaddr *)&address.addr, sizeof(struct sockaddr_in)), 0);
	start(lab, ALLOW_ALL);
	fd = socket_to(lab, SERVER4);
	rb_xdp_hold(lab->xdp);
	watch(lab);
	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(sockets));
	rb_xdp_release(lab->xdp);
	xsk_exchange(lab, lab->server.sockets[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		datapath_test(the_sockets_outlive_a_change_of_the_program),
		datapath_test(every_queue_has_a_socket),
		datapath_test(a_device_that_is_made_anew_gets_sockets),
		datapath_test(a_device_that_comes_after_the_start_gets_sockets),
		datapath_test(sockets_that_no_worker_takes_are_done_without_until_one_does),
		datapath_test(a_queue_that_is_taken_gets_its_socket_once_it_is_free),
		datapath_test(sockets_go_with_their_server_and_the_next_gets_others),
		datapath_test(misses_go_to_the_stack_while_the_server_is_held),
	};

	return cmocka_run_group_tests_name("afxdp sockets", tests, lab_open, lab_close);
}
