/* SPDX-License-Identifier: BSD-2-Clause */
/* The server by TCP: how many connections it has, whose, and for how long. */
#include "server_fixture.h"
#include "tcp_client.h"

#include <errno.h>

/* Otherwise: one network could have as many connections as there are. */
static void netblock_has_no_more_connections_than_its_limit(void **state)
{
	struct rb_client_limit limits[] = {
		{.block = {.prefix = 0}, .max = 100},
		{.block = {.addr = {[10] = 0xff, 0xff, 127}, .prefix = 104}, .max = 3},
	};
	struct fixture *fixture = fixture_new();
	struct rb_server_stats stats;
	int fds[3], fd;

	(void)state;
	fixture->config.connection_limits = limits;
	fixture->config.connection_limit_count = ARRAY_SIZE(limits);
	fixture_open(fixture, 2); /* they share the limit */
	for (int i = 0; i < 3; i++) {
		fds[i] = connect_to(fixture);
		expect_answer(fds[i]);
	}
	for (int i = 0; i < 5; i++) {
		fd = connect_to(fixture);
		assert_true(is_closed_within(fd, REPLY_MS));
		close(fd);
	}
	rb_server_stats(fixture->server, &stats);
	assert_int_equal(stats.tcp_limited, 5);
	/* Who leaves makes room, once that is seen. */
	close(fds[0]);
	do {
		fds[0] = connect_to(fixture);
	} while (is_closed_within(fds[0], 200) && !close(fds[0]));
	for (int i = 0; i < 3; i++) {
		expect_answer(fds[i]);
		close(fds[i]);
	}
	fixture_free(fixture);
}

/* Otherwise: a few idle connections would lock everybody else out of TCP. */
static void idle_connections_make_room_when_all_are_taken(void **state)
{
	struct fixture *fixture = fixture_new();
	struct rb_server_stats stats;
	int fds[10];

	(void)state;
	fixture->config.incoming_num_tcp = 5;
	fixture_open(fixture, 1);
	for (int i = 0; i < 10; i++)
		fds[i] = connect_to(fixture);
	expect_answer(fds[9]);
	rb_server_stats(fixture->server, &stats);
	assert_true(stats.tcp_rejected > 0);
	for (int i = 0; i < 10; i++)
		close(fds[i]);
	fixture_free(fixture);
}

/* Otherwise: one client could keep all others from TCP, with slow questions or with none. */
static void one_client_does_not_lock_others_out(void **state)
{
	for (int busy = 0; busy <= 1; busy++) {
		struct fixture *fixture = fixture_new();
		int fds[20];

		(void)state;
		fixture->config.incoming_num_tcp = 5;
		fixture_open(fixture, 1);
		for (int i = 0; i < 20; i++) {
			uint8_t query[514];
			size_t len = framed_make("slow.hole.example.", LDNS_RR_TYPE_A, query);

			fds[i] = connect_to(fixture);
			(void)!send(fds[i], query, busy ? len : 1, MSG_NOSIGNAL);
		}
		for (int i = 0; i < 10; i++) {
			int fd = client_open(SOCK_STREAM, "127.0.0.2", "127.0.0.1", fixture->port);

			expect_answer(fd);
			close(fd);
		}
		for (int i = 0; i < 20; i++)
			close(fds[i]);
		fixture_free(fixture);
	}
}

/* Otherwise: a client that asks on and reads a byte now and then would stay for ever. */
static void replies_must_be_taken(void **state)
{
	struct fixture *fixture = fixture_new();
	int small = 2048, fd, reset = 0;
	socklen_t len = sizeof(reset);
	uint8_t query[514], byte;
	size_t query_len = framed_make("big.local.example.", LDNS_RR_TYPE_TXT, query);
	uint64_t end_ns = rb_clock_ns() + REPLY_MS * RB_NS_PER_MS;
	struct sockaddr_storage to;

	(void)state;
	fixture->config.tcp_idle_timeout_ms = 400;
	fixture_open(fixture, 1);
	to = addr_make("127.0.0.1", fixture->port);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	assert_true(!connect(fd, (struct sockaddr *)&to, addr_len(&to)) || errno == EINPROGRESS);
	while (!reset) {
		(void)!send(fd, query, query_len, MSG_NOSIGNAL);
		(void)!recv(fd, &byte, 1, 0);
		usleep(1000);
		assert_true(rb_clock_ns() < end_ns);
		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ERROR, &reset, &len), 0);
	}
	close(fd);
	fixture_free(fixture);
}

/* Otherwise: dead connections would pile up. */
static void idle_connection_is_closed(void **state)
{
	struct fixture *fixture = fixture_new();
	uint64_t end_ns;
	int idle, dripping;

	(void)state;
	fixture->config.tcp_idle_timeout_ms = 400;
	fixture_open(fixture, 1);
	idle = connect_to(fixture);
	expect_answer(idle);
	assert_true(is_closed_within(idle, REPLY_MS));
	dripping = connect_to(fixture);
	end_ns = rb_clock_ns() + REPLY_MS * RB_NS_PER_MS;
	/* Bytes that never become a query do not count, however often they come. */
	while (!is_closed_within(dripping, 20)) {
		(void)!send(dripping, "\xff", 1, MSG_NOSIGNAL);
		assert_true(rb_clock_ns() < end_ns);
	}
	close(idle);
	close(dripping);
	fixture_free(fixture);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(netblock_has_no_more_connections_than_its_limit),
		cmocka_unit_test(idle_connections_make_room_when_all_are_taken),
		cmocka_unit_test(one_client_does_not_lock_others_out),
		cmocka_unit_test(replies_must_be_taken),
		cmocka_unit_test(idle_connection_is_closed),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests_name("server_tcp_limits", tests, NULL, NULL);
}
