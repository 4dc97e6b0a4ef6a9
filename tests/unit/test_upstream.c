/* SPDX-License-Identifier: BSD-2-Clause */
/* From a socket as libunbound's to servers of DNS over TLS, well and badly behaved, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/upstream_fixture.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define SERVERS 2
#define NONE    (-1)

struct world {
	struct event_base *base;
	struct upstream upstreams[SERVERS];
	struct rb_upstream_plan *plan;
	struct rb_upstream_counters counters;
	struct rb_upstream_relay *relay;
	int fd; /* libunbound's */
};

static void connect_relay(struct world *world)
{
	struct sockaddr_in addr = rb_upstream_relay_addr(world->relay, 0);

	world->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(world->fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
}

static void world_open(struct world *world, unsigned int servers, const enum manner *manners,
		       const char *name)
{
	*world = (struct world){.base = event_base_new()};
	for (unsigned int i = 0; i < servers; i++)
		upstream_open(&world->upstreams[i], world->base, manners[i], UPSTREAM_HOST);
	world->plan = plan_of(world->upstreams, servers, name);
	assert_int_equal(rb_upstream_relay_new(world->base, world->plan, &world->counters,
					       &world->relay),
			 0);
	connect_relay(world);
}

static void world_close(struct world *world)
{
	rb_upstream_relay_free(world->relay);
	for (unsigned int i = 0; i < SERVERS; i++)
		upstream_close(&world->upstreams[i]);
	close(world->fd);
	/* Servers see what is left, the end of each connection, and free it. */
	for (unsigned int i = 0; i < 10; i++)
		event_base_loop(world->base, EVLOOP_NONBLOCK);
	event_base_free(world->base);
	free(world->plan);
}

static void send_query(const struct world *world, uint16_t id, const char *label, const char *token)
{
	uint8_t query[2 + 512];
	size_t len = query_put(query + 2, id, label, token);

	query[0] = (uint8_t)(len >> 8);
	query[1] = (uint8_t)len;
	assert_int_equal(send(world->fd, query, 2 + len, 0), 2 + len);
}

/* A whole response that has come, without its length in front; 0: the relay has hung up. */
static int response_get(int fd, uint8_t response[2048])
{
	uint8_t head[2];
	ssize_t got = recv(fd, head, sizeof(head), MSG_DONTWAIT | MSG_PEEK);
	size_t len;

	if (got <= 0)
		return !got || errno == ECONNRESET ? 0 : NONE;
	if (got < 2)
		return NONE;
	len = 2U + (size_t)(head[0] << 8 | head[1]);
	if (recv(fd, response, len, MSG_DONTWAIT | MSG_PEEK) < (ssize_t)len)
		return NONE;
	assert_int_equal(recv(fd, response, len, MSG_DONTWAIT), len);
	memmove(response, response + 2, len - 2);
	return (int)len - 2;
}

/* The next response, while all of the world goes on; its length, NONE after so long. */
static int receive(struct world *world, uint8_t response[2048], unsigned int ms)
{
	uint64_t until_ns = rb_clock_ns() + ms * RB_NS_PER_MS;

	do {
		const struct timeval pause = {.tv_usec = 2000};
		int got;

		event_base_loopexit(world->base, &pause);
		event_base_loop(world->base, EVLOOP_ONCE);
		got = response_get(world->fd, response);
		if (got >= 0)
			return got;
	} while (rb_clock_ns() < until_ns);
	return NONE;
}

/* The rcode of the response to this query, NONE: there is none. */
static int ask(struct world *world, uint16_t id, const char *label, unsigned int ms)
{
	uint8_t response[2048];

	send_query(world, id, label, rb_upstream_relay_token(world->relay));
	if (receive(world, response, ms) == NONE)
		return NONE;
	assert_int_equal(response[0] << 8 | response[1], id);
	assert_memory_equal(response + 13, label, strlen(label));
	return response[3] & 15;
}

static uint64_t counted(const struct world *world, unsigned int counter)
{
	return atomic_load(&world->counters.of[counter]);
}

/* Otherwise: nothing is answered, or servers see who asks: by the token, or by lengths. */
static void query_goes_out_padded_and_without_its_token(void **state)
{
	static const enum manner manner = ANSWERS;
	struct world world;
	const char *token;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	token = rb_upstream_relay_token(world.relay);
	assert_int_equal(strlen(token), 32);
	assert_int_equal(ask(&world, 0x1234, "www", 30000), 0);
	assert_int_equal(world.upstreams[0].last_len, 128);
	assert_null(memmem(world.upstreams[0].last, 128, token, strlen(token)));
	assert_int_equal(ask(&world, 0x1234, "mail", 30000), 0);
	assert_int_equal(world.upstreams[0].connections, 1);
	assert_int_equal(counted(&world, RB_UPSTREAM_HANDSHAKES), 1);
	world_close(&world);
}

/* Otherwise: every program of the machine can ask by our connections. */
static void only_who_knows_the_token_is_answered(void **state)
{
	static const struct {
		const char *token, *bytes;
	} packets[] = {
		{"", NULL},
		{"00000000000000000000000000000000", NULL},
		{NULL, "\0\3abc"},
		{NULL, "\xff\xff\1\2\3"},
	};
	static const enum manner manner = ANSWERS;
	uint8_t response[2048];
	struct world world;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	for (unsigned int i = 0; i < ARRAY_SIZE(packets); i++) {
		if (packets[i].token)
			send_query(&world, 1, "www", packets[i].token);
		else
			assert_int_equal(send(world.fd, packets[i].bytes, 5, 0), 5);
		assert_int_equal(receive(&world, response, 30000), 0);
		close(world.fd);
		connect_relay(&world);
	}
	assert_int_equal(world.upstreams[0].connections, 0);
	assert_int_equal(ask(&world, 3, "www", 30000), 0);
	world_close(&world);
}

/* Otherwise: any program that connects often enough keeps libunbound out. */
static void crowd_of_strangers_keeps_nobody_out(void **state)
{
	static const enum manner manner = ANSWERS;
	int strangers[200];
	struct world world;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	assert_int_equal(ask(&world, 1, "a", 30000), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(strangers); i++) {
		int known = world.fd;

		connect_relay(&world);
		strangers[i] = world.fd;
		world.fd = known;
		event_base_loop(world.base, EVLOOP_NONBLOCK);
	}
	assert_int_equal(ask(&world, 2, "b", 30000), 0);
	close(world.fd);
	connect_relay(&world);
	assert_int_equal(ask(&world, 3, "c", 30000), 0);
	/* The first of them has been cut off, the last not. */
	assert_int_equal(recv(strangers[0], (char[1]){0}, 1, MSG_DONTWAIT), 0);
	assert_int_equal(recv(strangers[199], (char[1]){0}, 1, MSG_DONTWAIT), -1);
	for (unsigned int i = 0; i < ARRAY_SIZE(strangers); i++)
		close(strangers[i]);
	world_close(&world);
}

/* Otherwise: what libunbound has given up is answered into memory that is gone. */
static void caller_that_is_gone_gets_no_answer(void **state)
{
	static const enum manner manner = ANSWERS_BACKWARDS;
	uint8_t response[2048];
	struct world world;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	send_query(&world, 1, "a", rb_upstream_relay_token(world.relay));
	assert_int_equal(receive(&world, response, 100), NONE);
	close(world.fd);
	connect_relay(&world);
	for (unsigned int i = 0; i < 3; i++)
		send_query(&world, (uint16_t)(10 + i), (const char *[]){"x", "y", "z"}[i],
			   rb_upstream_relay_token(world.relay));
	for (unsigned int i = 0; i < 3; i++)
		assert_int_not_equal(receive(&world, response, 30000), NONE);
	assert_int_equal(ask(&world, 4, "a", 100), NONE);
	world_close(&world);
}

/* Otherwise: a question waits for those before it, or gets another one's answer. */
static void responses_in_any_order_find_their_queries(void **state)
{
	static const enum manner manner = ANSWERS_BACKWARDS;
	static const char *const labels[] = {"a", "b", "c", "d"};
	struct world world;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	for (unsigned int i = 0; i < 4; i++)
		send_query(&world, (uint16_t)(100 + i), labels[i],
			   rb_upstream_relay_token(world.relay));
	for (unsigned int i = 4; i-- > 0;) {
		uint8_t response[2048];

		assert_int_not_equal(receive(&world, response, 30000), NONE);
		assert_int_equal(response[1], 100 + i);
		assert_int_equal(response[13], labels[i][0]);
	}
	assert_int_equal(world.upstreams[0].connections, 1);
	world_close(&world);
}

/* Otherwise: what several contexts want to know is asked several times. */
static void repeated_query_is_sent_once(void **state)
{
	static const enum manner manner = ANSWERS_BACKWARDS;
	uint8_t response[2048];
	struct world world;
	const char *token;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	token = rb_upstream_relay_token(world.relay);
	send_query(&world, 1, "slow", token);
	assert_int_equal(receive(&world, response, 100), NONE);
	send_query(&world, 2, "slow", token);
	assert_int_equal(receive(&world, response, 100), NONE);
	assert_int_equal(world.upstreams[0].queries, 1);
	for (unsigned int i = 0; i < 3; i++)
		send_query(&world, (uint16_t)(10 + i), (const char *[]){"x", "y", "z"}[i], token);
	for (unsigned int i = 0, slow = 0; i < 5; i++) {
		assert_int_not_equal(receive(&world, response, 30000), NONE);
		slow += response[13] == 's';
		assert_true(i < 4 || slow == 2);
	}
	world_close(&world);
}

/* Otherwise: a server that closes costs answers; or each handshake as much as the first. */
static void server_that_closes_is_asked_again_and_resumed(void **state)
{
	static const enum manner manner = ANSWERS_AND_CLOSES;
	char label[2] = "a";
	struct world world;

	(void)state;
	world_open(&world, 1, &manner, UPSTREAM_HOST);
	for (unsigned int i = 0; i < 6; i++, label[0]++)
		assert_int_equal(ask(&world, (uint16_t)i, label, 30000), 0);
	assert_true(counted(&world, RB_UPSTREAM_HANDSHAKES) >= 6);
	assert_true(counted(&world, RB_UPSTREAM_RESUMED) >= 4);
	for (unsigned int i = 0; i < 8; i++, label[0]++)
		send_query(&world, (uint16_t)i, label, rb_upstream_relay_token(world.relay));
	for (unsigned int i = 0; i < 8; i++) {
		uint8_t response[2048];

		assert_int_not_equal(receive(&world, response, 30000), NONE);
		assert_int_equal(response[3] & 15, 0);
	}
	assert_int_equal(counted(&world, RB_UPSTREAM_FAILED + RB_UPSTREAM_CLOSED), 0);
	world_close(&world);
}

static const struct trouble {
	const char *name;
	enum manner manner;
	const char *host; /* that it must prove to be */
	unsigned int counter;
} troubles[] = {
	{"too_little", SAYS_TOO_LITTLE, UPSTREAM_HOST, RB_UPSTREAM_FAILED + RB_UPSTREAM_GARBAGE},
	{"other_ids", SAYS_OTHER_ID, UPSTREAM_HOST, RB_UPSTREAM_FAILED + RB_UPSTREAM_GARBAGE},
	{"other_question", SAYS_OTHER_QUESTION, UPSTREAM_HOST,
	 RB_UPSTREAM_FAILED + RB_UPSTREAM_GARBAGE},
	{"formerr", SAYS_FORMERR, UPSTREAM_HOST, RB_UPSTREAM_UNANSWERED},
	{"truncated", SAYS_TRUNCATED, UPSTREAM_HOST, RB_UPSTREAM_UNANSWERED},
	{"no_tls", SPEAKS_NO_TLS, UPSTREAM_HOST, RB_UPSTREAM_FAILED + RB_UPSTREAM_TLS},
	{"another_name", ANSWERS, "other.example", RB_UPSTREAM_FAILED + RB_UPSTREAM_CERTIFICATE},
};

/* Otherwise: what a bad server says is believed, or it is waited for in vain. */
static void bad_server_gives_servfail_at_once(void **state)
{
	const struct trouble *c = *state;
	struct world world;

	world_open(&world, 1, &c->manner, c->host);
	assert_int_equal(ask(&world, 1, "www", 30000), 2);
	assert_true(counted(&world, c->counter) >= 1);
	assert_int_equal(counted(&world, RB_UPSTREAM_UNANSWERED), 1);
	world_close(&world);
}

/* Otherwise: one server that is bad takes answers away that another one has. */
static void another_server_is_asked_instead(void **state)
{
	const struct trouble *c = *state;
	const enum manner manners[] = {c->manner, ANSWERS};
	struct world world;
	char label[2] = "a";

	world_open(&world, 2, manners, UPSTREAM_HOST);
	for (unsigned int i = 0; i < 5; i++, label[0]++)
		assert_int_equal(ask(&world, (uint16_t)i, label, 30000), 0);
	assert_true(world.upstreams[0].connections <= 2);
	world_close(&world);
}

/* Otherwise: anybody between us and a server is taken for it. */
static void certificate_of_a_stranger_is_believed_without_a_name_alone(void **state)
{
	static const enum manner manner = ANSWERS;
	struct world world;

	(void)state;
	world_open(&world, 1, &manner, "");
	/* A relay of its own, that knows no authority at all. */
	rb_upstream_relay_free(world.relay);
	close(world.fd);
	world.plan->authorities_bytes = 0;
	for (int named = 0; named < 2; named++) {
		if (named)
			strcpy(world.plan->servers[0].name, UPSTREAM_HOST);
		assert_int_equal(rb_upstream_relay_new(world.base, world.plan, &world.counters,
						       &world.relay),
				 0);
		connect_relay(&world);
		assert_int_equal(ask(&world, 1, "www", 30000), named ? 2 : 0);
		if (!named) {
			rb_upstream_relay_free(world.relay);
			close(world.fd);
		}
	}
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest fixed[] = {
		cmocka_unit_test(query_goes_out_padded_and_without_its_token),
		cmocka_unit_test(only_who_knows_the_token_is_answered),
		cmocka_unit_test(crowd_of_strangers_keeps_nobody_out),
		cmocka_unit_test(caller_that_is_gone_gets_no_answer),
		cmocka_unit_test(responses_in_any_order_find_their_queries),
		cmocka_unit_test(repeated_query_is_sent_once),
		cmocka_unit_test(server_that_closes_is_asked_again_and_resumed),
		cmocka_unit_test(certificate_of_a_stranger_is_believed_without_a_name_alone),
	};
	static const struct trouble silent = {"silent", SAYS_NOTHING, UPSTREAM_HOST, 0};
	struct CMUnitTest tests[ARRAY_SIZE(fixed) + 2 * ARRAY_SIZE(troubles)];
	size_t count = ARRAY_SIZE(fixed);

	memcpy(tests, fixed, sizeof(fixed));
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		tests[count++] = (struct CMUnitTest){
			.name = troubles[i].name,
			.test_func = bad_server_gives_servfail_at_once,
			.initial_state = (void *)&troubles[i],
		};
	/* What follows from a name or from FORMERR follows for all servers alike. */
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		if (troubles[i].counter != RB_UPSTREAM_UNANSWERED &&
		    !strcmp(troubles[i].host, UPSTREAM_HOST))
			tests[count++] = (struct CMUnitTest){
				.name = troubles[i].name,
				.test_func = another_server_is_asked_instead,
				.initial_state = (void *)&troubles[i],
			};
	tests[count++] = (struct CMUnitTest){
		.name = "silent",
		.test_func = another_server_is_asked_instead,
		.initial_state = (void *)&silent,
	};
	return _cmocka_run_group_tests("upstream", tests, count, NULL, NULL);
}
