/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers whose addresses are looked up: from what a look-up says to who is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/upstream_fixture.h"
#include "util/array.h"

#define FAMILIES 2

/* Who is asked for addresses, and says what the test has it say, when the test has it do so. */
struct played_finder {
	struct rb_upstream_finder finder; /* first */
	struct rb_upstream_host *host;
	unsigned int asked[FAMILIES];
};

struct world {
	struct event_base *base;
	struct upstream upstream;
	struct rb_upstream_plan *plan;
	struct rb_upstream_counters counters;
	struct played_finder finder;
	struct rb_upstream_relay *relay;
	int fd; /* libunbound's */
};

static void find(struct rb_upstream_finder *finder, struct rb_upstream_host *host, int family)
{
	struct played_finder *played = (struct played_finder *)finder;

	played->host = host;
	played->asked[family == AF_INET6]++;
}

static void world_open(struct world *world, bool spare_localhost)
{
	struct sockaddr_in addr;

	*world = (struct world){.base = event_base_new(), .finder.finder.find = find};
	upstream_open(&world->upstream, world->base, ANSWERS, UPSTREAM_HOST);
	world->plan = plan_of(&world->upstream, 1, UPSTREAM_HOST);
	memcpy(&addr, &world->plan->servers[0].addr, sizeof(addr));
	memset(&world->plan->servers[0].addr, 0, sizeof(world->plan->servers[0].addr));
	strcpy(world->plan->servers[0].host, "ns.example");
	world->plan->servers[0].port = ntohs(addr.sin_port);
	world->plan->use_ip6 = true;
	world->plan->spare_localhost = spare_localhost;
	assert_int_equal(rb_upstream_relay_new(world->base, world->plan, &world->counters,
					       &world->relay),
			 0);
	addr = rb_upstream_relay_addr(world->relay, 0);
	world->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(world->fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	rb_upstream_relay_begin(world->relay, &world->finder.finder);
	assert_int_equal(world->finder.asked[0], 1);
	assert_int_equal(world->finder.asked[1], 1);
}

static void world_close(struct world *world)
{
	rb_upstream_relay_free(world->relay);
	upstream_close(&world->upstream);
	close(world->fd);
	for (unsigned int i = 0; i < 10; i++)
		event_base_loop(world->base, EVLOOP_NONBLOCK);
	event_base_free(world->base);
	free(world->plan);
}

static void send_query(const struct world *world, const char *label)
{
	uint8_t query[2 + 512];
	size_t len = query_put(query + 2, 7, label, rb_upstream_relay_token(world->relay));

	query[0] = (uint8_t)(len >> 8);
	query[1] = (uint8_t)len;
	assert_int_equal(send(world->fd, query, 2 + len, 0), 2 + len);
}

static void turn(struct world *world)
{
	const struct timeval pause = {.tv_usec = 2000};

	event_base_loopexit(world->base, &pause);
	event_base_loop(world->base, EVLOOP_ONCE);
}

/* The rcode of the next response. */
static int rcode_next(struct world *world)
{
	uint8_t response[2048];

	for (unsigned int i = 0; i < 15000; i++) {
		turn(world);
		if (recv(world->fd, response, sizeof(response), MSG_DONTWAIT) > 5)
			return response[2 + 3] & 15;
	}
	fail_msg("no response");
	return -1;
}

static void say(struct world *world, int family, const char *address, bool failed)
{
	struct rb_upstream_found found = {.failed = failed, .ttl_s = 3600};

	if (address) {
		found.count = 1;
		inet_pton(family, address, &found.addresses[0]);
	} else if (failed) {
		found.why = "the test says so";
	}
	rb_upstream_host_found(world->finder.host, family, &found);
}

static void nothing_comes(struct world *world)
{
	for (unsigned int i = 0; i < 20; i++)
		turn(world);
	assert_int_equal(recv(world->fd, (char[1]){0}, 1, MSG_DONTWAIT), -1);
}

/* Otherwise: what is asked while a process starts is SERVFAIL, and stays that for seconds. */
static void query_waits_for_the_first_address(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, false);
	send_query(&world, "a");
	nothing_comes(&world);
	say(&world, AF_INET6, NULL, false);
	nothing_comes(&world);
	say(&world, AF_INET, "127.0.0.1", false);
	assert_int_equal(rcode_next(&world), 0);
	world_close(&world);
}

/* Otherwise: an address is not used until that of the other family is known, too. */
static void first_address_is_enough(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, false);
	say(&world, AF_INET, "127.0.0.1", false);
	send_query(&world, "a");
	assert_int_equal(rcode_next(&world), 0);
	world_close(&world);
}

/* Otherwise: clients wait for what is known not to come. */
static void host_without_an_address_is_servfail_at_once(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, false);
	send_query(&world, "a");
	nothing_comes(&world);
	say(&world, AF_INET, NULL, true);
	say(&world, AF_INET6, NULL, false);
	assert_int_equal(rcode_next(&world), 2);
	send_query(&world, "b");
	assert_int_equal(rcode_next(&world), 2);
	/* It is looked up again, and then all is well. */
	while (world.finder.asked[0] == 1)
		turn(&world);
	say(&world, AF_INET, "127.0.0.1", false);
	say(&world, AF_INET6, NULL, false);
	send_query(&world, "c");
	assert_int_equal(rcode_next(&world), 0);
	world_close(&world);
}

/* Otherwise: whoever answers the look-up has us ask this machine's own services. */
static void address_that_is_forbidden_is_not_asked(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, true);
	say(&world, AF_INET, "127.0.0.1", false);
	say(&world, AF_INET6, "::ffff:127.0.0.1", false);
	send_query(&world, "a");
	assert_int_equal(rcode_next(&world), 2);
	assert_int_equal(world.upstream.connections, 0);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(query_waits_for_the_first_address),
		cmocka_unit_test(first_address_is_enough),
		cmocka_unit_test(host_without_an_address_is_servfail_at_once),
		cmocka_unit_test(address_that_is_forbidden_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
