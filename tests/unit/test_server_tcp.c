/* SPDX-License-Identifier: BSD-2-Clause */
/* The server by TCP: pipelining, pieces, and connections that end at any moment. */
#include "server_fixture.h"
#include "tcp_client.h"

#define PIPELINED 100

static int setup(void **state)
{
	struct fixture *fixture = fixture_new();

	fixture_open(fixture, 2);
	*state = fixture;
	return 0;
}

/* A server whose connections all belong to one worker. */
static int one_worker_setup(void **state)
{
	struct fixture *fixture = fixture_new();

	fixture_open(fixture, 1);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	fixture_free(*state);
	return 0;
}

/* Otherwise: what UDP truncates could not be had at all. */
static void large_answer_is_whole_by_tcp(void **state)
{
	_cleanup_close_ int fd = connect_to(*state);
	_cleanup_packet_ ldns_pkt *reply = NULL;
	uint8_t query[514];
	size_t len = framed_make("big.local.example.", LDNS_RR_TYPE_TXT, query);

	assert_int_equal(write(fd, query, len), len);
	reply = reply_read(fd);
	assert_non_null(reply);
	assert_false(ldns_pkt_tc(reply));
	assert_int_equal(ldns_pkt_ancount(reply), BIG_STRINGS);
}

/* PIPELINED queries with ids 0, 1, ... in one buffer. */
static size_t pipeline_make(uint8_t *out)
{
	size_t len = 0;

	for (int i = 0; i < PIPELINED; i++) {
		uint8_t query[514];
		char name[64];
		size_t framed;

		snprintf(name, sizeof(name), "n%d.local.example.", i);
		framed = framed_make(name, LDNS_RR_TYPE_A, query);
		query[2] = 0;
		query[3] = (uint8_t)i;
		memcpy(out + len, query, framed);
		len += framed;
	}
	return len;
}

/* The replies to so many pipelines, in any order: each id's own answer, as often as it was asked.
 */
static void expect_pipelines(int fd, int count)
{
	int seen[PIPELINED] = {0};

	for (int i = 0; i < count * PIPELINED; i++) {
		_cleanup_packet_ ldns_pkt *reply = reply_read(fd);
		const ldns_rdf *address;
		uint16_t id;

		assert_non_null(reply);
		id = ldns_pkt_id(reply);
		assert_true(id < PIPELINED && seen[id]++ < count);
		assert_int_equal(ldns_pkt_ancount(reply), 1);
		address = ldns_rr_rdf(ldns_rr_list_rr(ldns_pkt_answer(reply), 0), 0);
		assert_int_equal(ldns_rdf_data(address)[3], id);
	}
}

/* Otherwise: resolvers behind us that pipeline (RFC 7766 6.2.1.1) would wait for answers. */
static void hundred_queries_in_one_write_are_answered(void **state)
{
	_cleanup_close_ int fd = connect_to(*state);
	static uint8_t queries[PIPELINED * 514];

	/* From the resolvers, then from the table. */
	for (int i = 0; i < 2; i++) {
		size_t len = pipeline_make(queries);

		assert_int_equal(write(fd, queries, len), len);
		expect_pipelines(fd, 1);
	}
}

/* Otherwise: many queries at once would stop being read for good once a limit was reached. */
static void more_queries_than_may_wait_are_all_answered(void **state)
{
	_cleanup_close_ int fd = connect_to(*state);
	static uint8_t queries[PIPELINED * 514];

	for (int i = 0; i < 20; i++) {
		size_t len = pipeline_make(queries);

		assert_int_equal(write(fd, queries, len), len);
	}
	expect_pipelines(fd, 20);
}

/* Otherwise: a query that the network cuts in two would never be answered. */
static void query_split_anywhere_is_answered(void **state)
{
	_cleanup_close_ int fd = connect_to(*state), other = connect_to(*state);
	uint8_t query[514];
	size_t len = framed_make("a.local.example.", LDNS_RR_TYPE_A, query);
	int on = 1;

	assert_int_equal(setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof(on)), 0);
	for (size_t cut = 1; cut < len; cut++) {
		_cleanup_packet_ ldns_pkt *reply = NULL;

		assert_int_equal(write(fd, query, cut), cut);
		/* The worker reads what came first. */
		expect_answer(other);
		assert_int_equal(write(fd, query + cut, len - cut), len - cut);
		reply = reply_read(fd);
		assert_non_null(reply);
		assert_int_equal(ldns_pkt_ancount(reply), 1);
	}
}

/* Otherwise: clients that say "no more" before they read would lose their answers. */
static void half_closed_connection_gets_its_replies(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = connect_to(fixture), other = connect_to(fixture);
	static uint8_t queries[PIPELINED * 514];
	_cleanup_packet_ ldns_pkt *late = NULL;
	uint8_t query[514];
	size_t len;

	len = framed_make("late.hole.example.", LDNS_RR_TYPE_A, query);
	assert_int_equal(write(fd, query, len), len);
	len = pipeline_make(queries);
	assert_int_equal(write(fd, queries, len), len);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	expect_pipelines(fd, 1);
	/* Then the worker has read to the end, and one query still waits. */
	expect_answer(other);
	hole_answer_until(fixture, fd);
	late = reply_read(fd);
	assert_non_null(late);
	assert_int_equal(ldns_pkt_ancount(late), 1);
	assert_true(is_closed_within(fd, REPLY_MS));
}

/* Otherwise: what is no DNS could hold connections that clients need. */
static void nonsense_closes_the_connection(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{"\0\0", 2},
		{"\0\x0b............", 13},
		{"GET / HTTP/1.1\r\nHost: runbound\r\n\r\n", 34},
		{"\0\x0c\x12\x34\x81\0\0\0\0\0\0\0\0\0", 14}, /* a response */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_close_ int fd = connect_to(*state);

		assert_int_equal(write(fd, cases[i].bytes, cases[i].len), cases[i].len);
		/* The third one announces 18 kB, and ends here. */
		if (i == 2)
			assert_int_equal(shutdown(fd, SHUT_WR), 0);
		assert_true(is_closed_within(fd, REPLY_MS));
	}
}

/* Otherwise: addresses that get no answer by UDP would get connections. */
static void denied_client_is_closed_at_once(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_open(SOCK_STREAM, "127.0.0.67", "127.0.0.1", fixture->port);

	assert_true(is_closed_within(fd, REPLY_MS));
}

/* Otherwise: a client that goes away while its query is resolved would crash the daemon. */
static void connection_that_is_gone_when_the_answer_comes_is_harmless(void **state)
{
	const struct fixture *fixture = *state;
	static const struct linger reset = {.l_onoff = 1};
	_cleanup_close_ int other = connect_to(fixture);

	for (int i = 0; i < 10; i++) {
		int fd = connect_to(fixture);
		uint8_t query[514];
		char name[64];
		size_t len;

		snprintf(name, sizeof(name), "gone%d.hole.example.", i);
		len = framed_make(name, LDNS_RR_TYPE_A, query);
		assert_int_equal(write(fd, query, len), len);
		assert_true(is_readable(fixture->hole, REPLY_MS));
		if (i & 1)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
		/* Then the worker has seen it close. */
		expect_answer(other);
		hole_answer(fixture);
	}
	expect_answer(other);
}

/* Otherwise: stopping with open connections and slow upstreams would crash or leak. */
static void it_stops_while_connections_wait(void **state)
{
	struct fixture *fixture = fixture_new();
	int fds[4];

	(void)state;
	fixture_open(fixture, 1);
	for (int i = 0; i < 4; i++) {
		uint8_t query[514];
		char name[64];
		size_t len;

		fds[i] = connect_to(fixture);
		snprintf(name, sizeof(name), "t%d.hole.example.", i);
		len = framed_make(name, LDNS_RR_TYPE_A, query);
		assert_int_equal(write(fds[i], query, len), len);
	}
	assert_true(is_readable(fixture->hole, REPLY_MS));
	close(fds[0]);
	fixture_free(fixture);
	for (int i = 1; i < 4; i++) {
		assert_true(is_closed_within(fds[i], REPLY_MS));
		close(fds[i]);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define ONE_WORKER(name) cmocka_unit_test_setup_teardown(name, one_worker_setup, teardown)
		cmocka_unit_test(large_answer_is_whole_by_tcp),
		cmocka_unit_test(hundred_queries_in_one_write_are_answered),
		cmocka_unit_test(more_queries_than_may_wait_are_all_answered),
		ONE_WORKER(query_split_anywhere_is_answered),
		ONE_WORKER(half_closed_connection_gets_its_replies),
		cmocka_unit_test(nonsense_closes_the_connection),
		cmocka_unit_test(denied_client_is_closed_at_once),
		ONE_WORKER(connection_that_is_gone_when_the_answer_comes_is_harmless),
		cmocka_unit_test(it_stops_while_connections_wait),
#undef ONE_WORKER
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests_name("server_tcp", tests, setup, teardown);
}
