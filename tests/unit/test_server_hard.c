/* SPDX-License-Identifier: BSD-2-Clause */
/* The server by UDP: nothing on the wire kills it, and it ends when it is to. */
#include "server_fixture.h"

#include "serve/port_owner.h"

/*
 * Ask something sane behind what was sent, and read until its answer: by then, the server has
 * looked at all of it.
 */
static void catch_up(int fd)
{
	uint8_t query[512], reply[1500];
	size_t len = query_make("a.local.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	ssize_t got;

	assert_int_equal(send(fd, query, len, 0), len);
	do {
		assert_true(is_readable(fd, REPLY_MS));
		got = recv(fd, reply, sizeof(reply), 0);
		assert_true(got >= 12);
	} while ((size_t)got != len + 16 || memcmp(reply, query, 2) ||
		 memcmp(reply + 12, query + 12, len - 12));
	assert_int_equal(reply[7], 1);
}

/* Otherwise: one packet of nonsense would end the resolver for everybody. */
static void garbage_never_kills_it(void **state)
{
	enum { LOT = 32 }; /* of any size, for which a socket's buffer has room */
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	uint8_t bytes[5000] = {0};

	for (int round = 0; round < 5000; round++) {
		size_t len = query_make("n1.local.example.", LDNS_RR_TYPE_A, LDNS_RD,
					round & 1 ? 512 : 0, bytes);

		if (round % 3 == 0)
			len = (size_t)rand() % sizeof(bytes);
		/* The name stays: mutations that ask for real names would leave the machine. */
		for (int i = rand() % 6; i >= 0; i--) {
			size_t at = (size_t)rand() % (len ? len : 1);

			if (at < 12 || at > 30)
				bytes[at] = (uint8_t)rand();
		}
		assert_int_equal(send(fd, bytes, len, 0), len);
		if (round % LOT == LOT - 1)
			catch_up(fd);
	}
	catch_up(fd);
}

/* Otherwise: bursts would lose queries or get each other's answers. */
static void burst_is_answered_each_with_its_own(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	bool seen[100] = {false};

	for (int i = 0; i < 100; i++) {
		uint8_t query[512];
		char name[64];
		size_t len;

		snprintf(name, sizeof(name), "n%d.local.example.", i);
		len = query_make(name, LDNS_RR_TYPE_A, LDNS_RD, 0, query);
		query[0] = 0;
		query[1] = (uint8_t)i;
		assert_int_equal(send(fd, query, len, 0), len);
	}
	for (int i = 0; i < 100; i++) {
		uint8_t reply[512];
		ssize_t len;

		assert_true(is_readable(fd, REPLY_MS));
		len = recv(fd, reply, sizeof(reply), 0);
		assert_true(len > 16);
		assert_int_equal(reply[len - 1], reply[1]); /* 192.0.2.N for query N */
		assert_false(seen[reply[1]]);
		seen[reply[1]] = true;
	}
}

/* Otherwise: stopping would hang, crash or leak while upstreams are slow. */
static void it_stops_while_queries_wait(void **state)
{
	struct fixture *fixture = fixture_new();
	uint8_t query[512];
	uint64_t start_ns;

	(void)state;
	fixture_open(fixture, 1);
	for (int i = 0; i < 20; i++) {
		int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
		char name[64];

		snprintf(name, sizeof(name), "w%d.hole.example.", i);
		assert_true(send(fd, query, query_make(name, LDNS_RR_TYPE_A, LDNS_RD, 0, query),
				 0) > 0);
		close(fd);
	}
	assert_true(is_readable(fixture->hole, REPLY_MS));
	start_ns = rb_clock_ns();
	fixture_free(fixture);
	assert_true(rb_clock_ns() - start_ns < REPLY_MS * RB_NS_PER_MS);
}

/* Otherwise: two servers would share the port by mistake, and the operator would not know why. */
static void port_in_use_is_refused_and_its_holder_found(void **state)
{
	const struct fixture *fixture = *state;
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};
	struct rb_addresses addresses;
	struct rb_port_owner holder;

	for (size_t i = 0; i < fixture->config.listen_count; i++) {
		for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
			assert_int_equal(rb_port_owner_find(&fixture->listens[i].addr, types[t],
							    &holder),
					 0);
			assert_int_equal(holder.pid, getpid());
		}
	}
	assert_int_equal(rb_addresses_open_any(&fixture->config, 1, NULL, &addresses), -EADDRINUSE);
	assert_int_equal(addresses.count, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(garbage_never_kills_it),
		cmocka_unit_test(burst_is_answered_each_with_its_own),
		cmocka_unit_test(it_stops_while_queries_wait),
		cmocka_unit_test(port_in_use_is_refused_and_its_holder_found),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests_name("server_hard", tests, fixture_setup, fixture_teardown);
}
