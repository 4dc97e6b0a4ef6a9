/* SPDX-License-Identifier: BSD-2-Clause */
/* Which queues have AF_XDP sockets, and which worker has them, while devices come, change and go.
 */
#include "datapath_lab.h"
#include "xsk_exchange.h"

#include "datapath/status.h"

/* Otherwise: when the program is replaced, misses take the slow way from then on. */
static void the_sockets_outlive_a_change_of_the_program(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk **sockets;

	veth(lab, "off");
	start(lab, ALLOW_ALL);
	assert_false(link_of("rbdp0").xdp_native);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	client_gro(lab, "on");
	rb_xdp_watch(lab->xdp);
	assert_true(link_of("rbdp0").xdp_native);
	xsk_exchange(lab, sockets[0]);
}

/* Otherwise: on a NIC with many queues, queries of some of them are nobody's. */
static void every_queue_has_a_socket_and_a_worker(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk **first, **second;

	run("ip link add rbdp0 numrxqueues 3 numtxqueues 3 type veth peer name rbdp2 "
	    "numrxqueues 3 numtxqueues 3 && ip link set rbdp0 up && ip link set rbdp2 up && "
	    "ip addr add " SERVER4 "/24 dev rbdp0");
	lab->workers = 2;
	start(lab, ALLOW_ALL);
	lab->workers = 1;
	assert_true(link_of("rbdp0").xdp_native);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &first), 2);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 1, &second), 1);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 2, &second), 0);
	assert_int_equal(rb_xsk_queue(first[0]), 0);
	assert_int_equal(rb_xsk_queue(first[1]), 2);
	assert_int_equal(rb_xsk_queue(second[0]), 1);
}

/* The test's worker: the sockets that it has. */
struct worker {
	struct rb_xsk *sockets[8];
	size_t count;
	int err; /* of the next that it is given */
};

static int give(void *context, unsigned int number, struct rb_xsk *xsk)
{
	struct worker *worker = context;

	assert_int_equal(number, 0);
	if (worker->err)
		return worker->err;
	worker->sockets[worker->count++] = xsk;
	return 0;
}

static void take(void *context, unsigned int number, struct rb_xsk *xsk)
{
	struct worker *worker = context;
	size_t i;

	(void)number;
	for (i = 0; i < worker->count && worker->sockets[i] != xsk;)
		i++;
	assert_true(i < worker->count);
	worker->sockets[i] = worker->sockets[--worker->count];
}

/* A worker that has what there was at the start, and assigns from now on. */
static void start_with_worker(struct lab *lab, struct worker *worker)
{
	struct rb_xsk **sockets;

	start(lab, ALLOW_ALL);
	*worker = (struct worker){0};
	worker->count = rb_xdp_sockets(lab->xdp, 0, &sockets);
	if (worker->count)
		memcpy(worker->sockets, sockets, worker->count * sizeof(*sockets));
	rb_xdp_set_assigner(
		lab->xdp, &(struct rb_xdp_assigner){.give = give, .take = take, .context = worker});
}

/* Otherwise: a container whose eth0 is made anew takes misses by socket for as long as it runs. */
static void a_device_that_is_made_anew_gets_sockets(void **state)
{
	struct lab *lab = *state;
	struct worker worker;
	int i;

	veth_with(lab, "on", "index 7778");
	start_with_worker(lab, &worker);
	for (i = 0; i < 5; i++) {
		assert_int_equal(worker.count, 1);
		xsk_exchange(lab, worker.sockets[0]);
		run("ip link del rbdp0");
		rb_xdp_watch(lab->xdp);
		assert_int_equal(worker.count, 0);
		veth_with(lab, "on", "index 7778");
		rb_xdp_watch(lab->xdp);
	}
	/* The same within one look. */
	run("ip link del rbdp0");
	veth(lab, "on");
	rb_xdp_watch(lab->xdp);
	assert_int_equal(worker.count, 1);
	xsk_exchange(lab, worker.sockets[0]);
}

/* Otherwise: a resolver that starts before its network never has AF_XDP. */
static void a_device_that_comes_after_the_start_gets_sockets(void **state)
{
	struct lab *lab = *state;
	struct worker worker;

	lab->listens[0] = listen_on("0.0.0.0");
	start_with_worker(lab, &worker);
	veth(lab, "on");
	rb_xdp_watch(lab->xdp);
	assert_int_equal(worker.count, 1);
	xsk_exchange(lab, worker.sockets[0]);
	lab->listens[0] = listen_on(SERVER4);
}

static void watch_until_given(struct lab *lab, const struct worker *worker, size_t count)
{
	int tries = WATCHES;

	while (worker->count < count) {
		assert_true(tries--);
		watch_later(lab);
	}
}

/* Otherwise: what is redirected to a socket that no worker has is lost; or a moment without memory
 * costs AF_XDP until a restart. */
static void sockets_that_no_worker_takes_are_done_without_until_one_does(void **state)
{
	struct lab *lab = *state;
	struct worker worker;
	uint64_t before;

	veth(lab, "on");
	start_with_worker(lab, &worker);
	run("ip link del rbdp0");
	rb_xdp_watch(lab->xdp);
	worker.err = -ENOMEM;
	veth(lab, "on");
	rb_xdp_watch(lab->xdp);
	assert_int_equal(worker.count, 0);
	assert_true(link_of("rbdp0").xdp_native);
	before = counter(lab, RB_EVENT_REDIRECTED);
	expect_silence(lab);
	assert_int_equal(counter(lab, RB_EVENT_REDIRECTED), before);
	worker.err = 0;
	watch_until_given(lab, &worker, 1);
	xsk_exchange(lab, worker.sockets[0]);
}

/* Otherwise: a queue that a dying predecessor gives up late is without AF_XDP until a restart. */
static void a_queue_that_is_taken_gets_its_socket_once_it_is_free(void **state)
{
	struct lab *lab = *state;
	const struct rb_xsk_opts taken = {
		.ifname = "rbdp0", .queue = 1, .ring_size = 64, .frames = 128};
	struct rb_xsk *other;
	struct worker worker = {0};
	struct rb_xdp_status status;

	veth_with(lab, "on", "numrxqueues 2 numtxqueues 2");
	assert_int_equal(rb_xsk_open(&taken, &other), 0);
	start_with_worker(lab, &worker);
	assert_int_equal(worker.count, 1);
	rb_xdp_watch(lab->xdp);
	run("ip link set rbdp0 mtu 1400");
	rb_xdp_watch(lab->xdp);
	assert_true(rb_xdp_status(lab->xdp, 0, &status));
	assert_int_equal(status.state, RB_PORT_DEGRADED);
	assert_non_null(strstr(status.reason, "no AF_XDP on queue 1 (Device or resource busy)"));
	assert_true(link_of("rbdp0").xdp_native);
	rb_xsk_close(other);
	watch_until_given(lab, &worker, 2);
	assert_true(rb_xdp_status(lab->xdp, 0, &status));
	assert_int_equal(status.state, RB_PORT_ATTACHED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		datapath_test(the_sockets_outlive_a_change_of_the_program),
		datapath_test(every_queue_has_a_socket_and_a_worker),
		datapath_test(a_device_that_is_made_anew_gets_sockets),
		datapath_test(a_device_that_comes_after_the_start_gets_sockets),
		datapath_test(sockets_that_no_worker_takes_are_done_without_until_one_does),
		datapath_test(a_queue_that_is_taken_gets_its_socket_once_it_is_free),
	};

	return cmocka_run_group_tests_name("afxdp sockets", tests, lab_open, lab_close);
}
