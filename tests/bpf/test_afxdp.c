/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_XDP sockets between the XDP program and the worker, and back to the client. */
#include "datapath_lab.h"

#include "datapath/status.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>

static bool wait_readable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	return poll(&poll_fd, 1, 10000) == 1;
}

static uint16_t ip_sum(const struct iphdr *ip)
{
	const uint16_t *words = (const uint16_t *)ip;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(*ip) / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* The headers of a query over IPv4, as they lie in a frame. */
struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t dns[12];
} __attribute__((packed));

/* The frame goes back to its sender, marked as a response. */
static void frame_turn(struct rb_xsk_frame *frame)
{
	struct headers in, out;
	struct iphdr ip;

	memcpy(&in, frame->data, sizeof(in));
	out = in;
	memcpy(out.eth.h_source, in.eth.h_dest, ETH_ALEN);
	memcpy(out.eth.h_dest, in.eth.h_source, ETH_ALEN);
	ip = in.ip;
	ip.saddr = in.ip.daddr;
	ip.daddr = in.ip.saddr;
	ip.check = 0;
	ip.check = ip_sum(&ip);
	out.ip = ip;
	out.udp.source = in.udp.dest;
	out.udp.dest = in.udp.source;
	out.udp.check = 0; /* IPv4 may do without */
	out.dns[2] |= 0x80;
	out.dns[3] = 3;
	memcpy(frame->data, &out, sizeof(out));
}

/* One question from the client comes to the worker, and its answer back. */
static void exchange(const struct lab *lab, struct rb_xsk *xsk)
{
	_cleanup_close_ int fd = socket_to(lab, SERVER4);
	struct rb_xsk_frame frame;
	uint8_t reply[512];

	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(xsk)));
	assert_int_equal(rb_xsk_recv(xsk, &frame, 1), 1);
	assert_true(frame.room >= 2048);
	assert_memory_equal(frame.data + frame.len - sizeof(question), question, sizeof(question));
	frame_turn(&frame);
	assert_true(rb_xsk_send(xsk, &frame));
	rb_xsk_flush(xsk);
	assert_true(wait_readable(fd));
	assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(question));
	assert_int_equal(reply[3] & 0xf, 3);
}

/*
 * Otherwise: misses are lost on the way to the worker or back, at once or when the frames have all
 * been used (a frame that does not come back makes the socket deaf in the end).
 */
static void misses_go_through_af_xdp_and_frames_come_back(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk **sockets;
	int i;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	assert_string_equal(rb_xsk_ifname(sockets[0]), "rbdp0");
	assert_int_equal(rb_xsk_queue(sockets[0]), 0);
	for (i = 0; i < 5000; i++)
		exchange(lab, sockets[0]);
	assert_true(counter(lab, RB_EVENT_REDIRECTED) >= 5000);
}

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
	exchange(lab, sockets[0]);
}

/* Otherwise: of a batch of answers only the first 32 (what one wake-up sends) ever leave. */
static void a_batch_of_answers_leaves_with_one_flush(void **state)
{
	enum { BATCH = 200 };
	struct lab *lab = *state;
	struct rb_xsk_frame first, frame;
	struct rb_xsk **sockets;
	_cleanup_close_ int fd = -1;
	uint8_t reply[512];
	int i;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	fd = socket_to(lab, SERVER4);
	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(sockets[0])));
	assert_int_equal(rb_xsk_recv(sockets[0], &first, 1), 1);
	frame_turn(&first);
	for (i = 0; i < BATCH; i++) {
		assert_true(rb_xsk_take(sockets[0], &frame));
		memcpy(frame.data, first.data, first.len);
		frame.len = first.len;
		assert_true(rb_xsk_send(sockets[0], &frame));
	}
	rb_xsk_release(sockets[0], &first);
	rb_xsk_flush(sockets[0]);
	for (i = 0; i < BATCH; i++) {
		assert_true(wait_readable(fd));
		assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(question));
	}
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

/* A worker that has what there was at the start, and deals from now on. */
static void start_with_worker(struct lab *lab, struct worker *worker)
{
	struct rb_xsk **sockets;

	start(lab, ALLOW_ALL);
	*worker = (struct worker){0};
	worker->count = rb_xdp_sockets(lab->xdp, 0, &sockets);
	if (worker->count)
		memcpy(worker->sockets, sockets, worker->count * sizeof(*sockets));
	rb_xdp_set_dealer(lab->xdp,
			  &(struct rb_xdp_dealer){.give = give, .take = take, .context = worker});
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
		exchange(lab, worker.sockets[0]);
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
	exchange(lab, worker.sockets[0]);
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
	exchange(lab, worker.sockets[0]);
	lab->listens[0] = listen_on(SERVER4);
}

static void watch_until_given(struct lab *lab, const struct worker *worker, size_t count)
{
	int tries = 100;

	while (worker->count < count) {
		assert_true(tries--);
		usleep(100000);
		rb_xdp_watch(lab->xdp);
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
	exchange(lab, worker.sockets[0]);
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

/* Otherwise: a burst of slow misses leaves no frame to answer with, or one that was lent twice. */
static void frames_are_lent_once_and_some_are_kept_to_send_from(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk_opts opts = {.ifname = "rbdp0", .ring_size = 32};
	struct rb_xsk_frame frames[65];
	struct rb_xsk *xsk = NULL;
	size_t taken = 0, i, other;

	veth(lab, "on");
	opts.frames = 63;
	assert_int_equal(rb_xsk_open(&opts, &xsk), -EINVAL);
	opts.frames = 32;
	assert_int_equal(rb_xsk_open(&opts, &xsk), -EINVAL);
	opts.frames = 64;
	assert_int_equal(rb_xsk_open(&opts, &xsk), 0);
	while (taken < 65 && rb_xsk_take(xsk, &frames[taken]))
		taken++;
	assert_in_range(taken, 16, 48);
	for (i = 0; i < taken; i++) {
		assert_true(frames[i].room >= 2048);
		for (other = 0; other < i; other++)
			assert_ptr_not_equal(frames[i].data, frames[other].data);
	}
	for (i = 0; i < taken; i++)
		rb_xsk_release(xsk, &frames[i]);
	assert_true(rb_xsk_take(xsk, &frames[0]));
	rb_xsk_close(xsk);
}

/*
 * Otherwise: who asks for zero-copy where the driver has none is without AF_XDP, or is told that he
 * has it; and with small rings or busy polling queries are lost.
 */
static void other_rings_polling_and_a_refused_zero_copy_work(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk_stats stats;
	struct rb_xsk **sockets;
	int i;

	veth(lab, "on");
	lab->config.xdp_ring_size = 64;
	lab->config.xdp_frames = 256;
	lab->config.xdp_zero_copy = lab->config.xdp_busy_poll = true;
	start(lab, ALLOW_ALL);
	lab->config.xdp_ring_size = lab->config.xdp_frames = 0;
	lab->config.xdp_zero_copy = lab->config.xdp_busy_poll = false;
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	for (i = 0; i < 1000; i++)
		exchange(lab, sockets[0]);
	rb_xsk_stats(sockets[0], &stats);
	assert_false(stats.is_zero_copy);
	assert_true(stats.is_busy_polled);
	assert_int_equal(stats.ring_size, 64);
	assert_int_equal(stats.frames, 256);
	assert_int_equal(stats.received, 1000);
	assert_int_equal(stats.sent, 1000);
	assert_int_equal(stats.ring_full + stats.fill_ring_empty + stats.dropped + stats.invalid,
			 0);
}

/* Otherwise: nobody can see that a ring is too small, or a socket is deaf once it was full. */
static void a_full_ring_is_counted_and_got_over(void **state)
{
	enum { QUESTIONS = 200 };
	struct lab *lab = *state;
	_cleanup_close_ int fd = -1;
	struct rb_xsk_frame frames[64];
	struct rb_xsk_stats stats;
	struct rb_xsk **sockets;
	size_t got, i, total = 0;

	veth(lab, "on");
	lab->config.xdp_ring_size = 64;
	start(lab, ALLOW_ALL);
	lab->config.xdp_ring_size = 0;
	assert_int_equal(rb_xdp_sockets(lab->xdp, 0, &sockets), 1);
	fd = socket_to(lab, SERVER4);
	for (i = 0; i < QUESTIONS; i++)
		assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(sockets[0])));
	while ((got = rb_xsk_recv(sockets[0], frames, 64))) {
		total += got;
		for (i = 0; i < got; i++)
			rb_xsk_release(sockets[0], &frames[i]);
		rb_xsk_flush(sockets[0]);
	}
	rb_xsk_stats(sockets[0], &stats);
	assert_int_equal(stats.received, total);
	assert_true(total >= 64 && total < QUESTIONS);
	assert_true(stats.ring_full + stats.fill_ring_empty + stats.dropped >= QUESTIONS - total);
	exchange(lab, sockets[0]);
}

/* Otherwise: misses that the worker is too slow for, or a dead worker's, vanish instead of passing.
 */
static void misses_pass_to_the_stack_when_the_sockets_are_gone(void **state)
{
	struct lab *lab = *state;
	_cleanup_close_ int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), fd = -1;
	struct rb_listen address = listen_on(SERVER4);

	veth(lab, "on");
	assert_int_equal(bind(server, (struct sockaddr *)&address.addr, sizeof(struct sockaddr_in)),
			 0);
	start(lab, ALLOW_ALL);
	die(lab);
	fd = socket_to(lab, SERVER4);
	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(server));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		datapath_test(misses_go_through_af_xdp_and_frames_come_back),
		datapath_test(the_sockets_outlive_a_change_of_the_program),
		datapath_test(a_batch_of_answers_leaves_with_one_flush),
		datapath_test(every_queue_has_a_socket_and_a_worker),
		datapath_test(a_device_that_is_made_anew_gets_sockets),
		datapath_test(a_device_that_comes_after_the_start_gets_sockets),
		datapath_test(sockets_that_no_worker_takes_are_done_without_until_one_does),
		datapath_test(a_queue_that_is_taken_gets_its_socket_once_it_is_free),
		datapath_test(frames_are_lent_once_and_some_are_kept_to_send_from),
		datapath_test(other_rings_polling_and_a_refused_zero_copy_work),
		datapath_test(a_full_ring_is_counted_and_got_over),
		datapath_test(misses_pass_to_the_stack_when_the_sockets_are_gone),
	};

	return cmocka_run_group_tests_name("afxdp", tests, lab_open, lab_close);
}
