/* SPDX-License-Identifier: BSD-2-Clause */
/* One worker with a resolver that the test plays: wake-ups, and the end at any moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "played_resolver.h"
#include "serve/socket.h"
#include "serve/worker.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define JOBS    PLAYED_JOBS
#define LOT     50 /* queries that a socket's buffer surely holds */
#define WAIT_MS 10000

struct world {
	struct rb_resolvers resolvers;
	int finished_fd; /* tells the worker */
	struct rb_config config;
	struct rb_table *table;
	struct rb_acl *acl;
	struct rb_worker *worker;
	int client;
};

static struct world *world_of(struct rb_resolvers *resolvers)
{
	return (struct world *)resolvers; /* its first member */
}

int rb_resolvers_fd(struct rb_resolvers *resolvers, unsigned int worker)
{
	(void)worker;
	return world_of(resolvers)->finished_fd;
}

void rb_resolvers_drain(struct rb_resolvers *resolvers, unsigned int worker)
{
	eventfd_t value;

	(void)worker;
	(void)eventfd_read(world_of(resolvers)->finished_fd, &value);
}

static int setup(void **state)
{
	static const struct rb_acl_rule rule = {
		{[10] = 0xff, 0xff, 127}, 104, RB_ACL_ALLOW, 0, false, false};
	struct world *world = calloc(1, sizeof(*world));
	struct sockaddr_storage addr = {.ss_family = AF_INET};
	socklen_t len = sizeof(addr);
	int fd, buffer_bytes = 200 << 10; /* for all replies at once */

	assert_non_null(world);
	world->config.edns_buffer_size = 1232;
	world->config.max_udp_size = 1232;
	world->config.incoming_num_tcp = 10;
	world->finished_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	((struct sockaddr_in *)&addr)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(rb_acl_new(&rule, 1, &world->acl), 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 1 << 20, &world->table), 0);
	assert_int_equal(rb_worker_new(&world->config, world->table, world->acl, NULL,
				       &world->resolvers, 0, &world->worker),
			 0);
	assert_int_equal(rb_socket_open(&addr, SOCK_DGRAM, RB_SOCKET_ALONE, RB_SOCKET_LOCAL, &fd),
			 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	assert_int_equal(rb_worker_add(world->worker, SOCK_DGRAM, fd), 0);
	assert_int_equal(rb_worker_start(world->worker), 0);
	world->client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(world->client, SOL_SOCKET, SO_RCVBUF, &buffer_bytes,
				    sizeof(buffer_bytes)),
			 0);
	assert_int_equal(connect(world->client, (struct sockaddr *)&addr, len), 0);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	rb_worker_stop(world->worker);
	rb_worker_free(world->worker);
	rb_table_close(world->table);
	rb_acl_free(world->acl);
	close(world->finished_fd);
	close(world->client);
	free(world);
	return 0;
}

/* Send count queries, each with its number as id, and wait until all are with the resolver. */
static void ask(struct world *world, size_t count)
{
	uint8_t query[] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'x', 0, 0, 1, 0, 1};
	uint64_t end_ns = rb_clock_ns() + WAIT_MS * 1000000ULL;

	for (size_t i = 0; i < count; i++) {
		query[0] = (uint8_t)(i >> 8);
		query[1] = (uint8_t)i;
		assert_int_equal(send(world->client, query, sizeof(query), 0), sizeof(query));
		if ((i + 1) % LOT && i + 1 < count)
			continue;
		while (atomic_load(&world->resolvers.submitted) < i + 1) {
			assert_true(rb_clock_ns() < end_ns);
			usleep(100);
		}
	}
}

/* Otherwise: answers would lie finished until the next query's answer came. */
static void one_wakeup_brings_every_answer(void **state)
{
	struct world *world = *state;
	bool seen[JOBS] = {false};

	ask(world, JOBS);
	for (size_t i = 0; i < JOBS; i++)
		assert_int_equal(rb_answer_error(RB_RCODE_NXDOMAIN, 0, 5, rb_clock_ns(),
						 &world->resolvers.jobs[i]->answer),
				 0);
	atomic_store(&world->resolvers.finished, JOBS);
	assert_int_equal(eventfd_write(world->finished_fd, 1), 0);
	for (int i = 0; i < JOBS; i++) {
		struct pollfd client = {.fd = world->client, .events = POLLIN};
		uint8_t reply[512];
		size_t id;

		assert_int_equal(poll(&client, 1, WAIT_MS), 1);
		assert_int_equal(recv(world->client, reply, sizeof(reply), 0), 19);
		assert_int_equal(reply[3] & 0xf, RB_RCODE_NXDOMAIN);
		id = (size_t)(reply[0] << 8 | reply[1]);
		assert_true(id < JOBS && !seen[id]);
		seen[id] = true;
	}
}

/* Otherwise: stopping would wait for upstreams, or leave memory behind. */
static void it_ends_while_queries_wait(void **state)
{
	ask(*state, LOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_wakeup_brings_every_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(it_ends_while_queries_wait, setup, teardown),
	};

	return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
