/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_XDP sockets between the XDP program and the worker, and back to the client. */
#include "datapath_lab.h"
#include "xsk_exchange.h"

/*
 * Otherwise: misses are lost on the way to the worker or back, at once or when the frames have all
 * been used (a frame that does not come back makes the socket deaf in the end).
 */
static void misses_go_through_af_xdp_and_frames_come_back(void **state)
{
	struct lab *lab = *state;
	int i;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	assert_int_equal(lab->server.count, 1);
	assert_string_equal(rb_xsk_ifname(lab->server.sockets[0]), "rbdp0");
	assert_int_equal(rb_xsk_queue(lab->server.sockets[0]), 0);
	for (i = 0; i < 5000; i++)
		xsk_exchange(lab, lab->server.sockets[0]);
	assert_true(counter(lab, RB_EVENT_REDIRECTED) >= 5000);
}

/* Otherwise: of a batch of answers only the first 32 (what one wake-up sends) ever leave. */
static void a_batch_of_answers_leaves_with_one_flush(void **state)
{
	enum { BATCH = 200 };
	struct lab *lab = *state;
	struct rb_xsk_frame first, frame;
	_cleanup_close_ int fd = -1;
	uint8_t reply[512];
	int i;

	veth(lab, "on");
	start(lab, ALLOW_ALL);
	assert_int_equal(lab->server.count, 1);
	fd = socket_to(lab, SERVER4);
	assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(lab->server.sockets[0])));
	assert_int_equal(rb_xsk_recv(lab->server.sockets[0], &first, 1), 1);
	frame_swap(&first);
	for (i = 0; i < BATCH; i++) {
		assert_true(rb_xsk_take(lab->server.sockets[0], &frame));
		memcpy(frame.data, first.data, first.len);
		frame.len = first.len;
		assert_true(rb_xsk_send(lab->server.sockets[0], &frame));
	}
	rb_xsk_release(lab->server.sockets[0], &first);
	rb_xsk_flush(lab->server.sockets[0]);
	for (i = 0; i < BATCH; i++) {
		assert_true(wait_readable(fd));
		assert_int_equal(recv(fd, reply, sizeof(reply), 0), sizeof(question));
	}
}

/* Otherwise: a burst of slow misses leaves no frame to answer with, or one that was lent twice. */
static void frames_are_lent_once_and_some_are_kept_to_send_from(void **state)
{
	struct lab *lab = *state;
	struct rb_xsk_opts opts = {.ifname = "rbdp0", .ring_size = 32};
	struct rb_xsk_frame frames[65];
	struct rb_xsk_parts parts;
	struct rb_xsk *xsk = NULL;
	size_t taken = 0, i, other;

	veth(lab, "on");
	opts.frames = 63;
	assert_int_equal(rb_xsk_make(&opts, &parts), -EINVAL);
	opts.frames = 32;
	assert_int_equal(rb_xsk_make(&opts, &parts), -EINVAL);
	opts.frames = 64;
	assert_int_equal(rb_xsk_make(&opts, &parts), 0);
	assert_int_equal(rb_xsk_map(&parts.form, parts.fd, parts.memory_fd, &xsk), 0);
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
	int i;

	veth(lab, "on");
	lab->config.xdp_ring_size = 64;
	lab->config.xdp_frames = 256;
	lab->config.xdp_zero_copy = lab->config.xdp_busy_poll = true;
	start(lab, ALLOW_ALL);
	lab->config.xdp_ring_size = lab->config.xdp_frames = 0;
	lab->config.xdp_zero_copy = lab->config.xdp_busy_poll = false;
	assert_int_equal(lab->server.count, 1);
	for (i = 0; i < 1000; i++)
		xsk_exchange(lab, lab->server.sockets[0]);
	rb_xsk_stats(lab->server.sockets[0], &stats);
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
	size_t got, i, total = 0;

	veth(lab, "on");
	lab->config.xdp_ring_size = 64;
	start(lab, ALLOW_ALL);
	lab->config.xdp_ring_size = 0;
	assert_int_equal(lab->server.count, 1);
	fd = socket_to(lab, SERVER4);
	for (i = 0; i < QUESTIONS; i++)
		assert_int_equal(send(fd, question, sizeof(question), 0), sizeof(question));
	assert_true(wait_readable(rb_xsk_fd(lab->server.sockets[0])));
	while ((got = rb_xsk_recv(lab->server.sockets[0], frames, 64))) {
		total += got;
		for (i = 0; i < got; i++)
			rb_xsk_release(lab->server.sockets[0], &frames[i]);
		rb_xsk_flush(lab->server.sockets[0]);
	}
	rb_xsk_stats(lab->server.sockets[0], &stats);
	assert_int_equal(stats.received, total);
	assert_true(total >= 64 && total < QUESTIONS);
	assert_true(stats.ring_full + stats.fill_ring_empty + stats.dropped >= QUESTIONS - total);
	xsk_exchange(lab, lab->server.sockets[0]);
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
		datapath_test(a_batch_of_answers_leaves_with_one_flush),
		datapath_test(frames_are_lent_once_and_some_are_kept_to_send_from),
		datapath_test(other_rings_polling_and_a_refused_zero_copy_work),
		datapath_test(a_full_ring_is_counted_and_got_over),
		datapath_test(misses_pass_to_the_stack_when_the_sockets_are_gone),
	};

	return cmocka_run_group_tests_name("afxdp", tests, lab_open, lab_close);
}
