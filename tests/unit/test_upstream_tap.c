/* SPDX-License-Identifier: BSD-2-Clause */
/* Which messages between a resolver process and servers are told, and as what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "upstream/tap.h"

#define TOLD_MAX 4096

struct world {
	struct rb_upstream_seen seen[TOLD_MAX];
	uint8_t ids[TOLD_MAX][2];
	size_t lens[TOLD_MAX], count;
	bool is_full;
	_Atomic uint64_t lost;
	struct sockaddr_in server;
	int fd; /* of a UDP socket, since its own address is asked for */
};

static bool tell(void *context, const struct rb_upstream_seen *seen, const uint8_t *message,
		 size_t len)
{
	struct world *world = context;

	if (world->is_full)
		return false;
	assert_true(world->count < TOLD_MAX);
	world->seen[world->count] = *seen;
	world->lens[world->count] = len;
	memcpy(world->ids[world->count++], message, 2);
	return true;
}

static void world_open(struct world *world, int type)
{
	const struct rb_upstream_tap_opts opts = {
		.tell = tell,
		.context = world,
		.spared = htonl(0x7f010203),
		.lost = &world->lost,
	};

	*world = (struct world){
		.server = {.sin_family = AF_INET,
			   .sin_port = htons(53),
			   .sin_addr.s_addr = htonl(0xc6336401)},
		.fd = socket(AF_INET, type, 0),
	};
	assert_int_equal(rb_upstream_tap_begin(&opts), 0);
	rb_upstream_tap_opened(rb_upstream_tap, world->fd, type | SOCK_NONBLOCK);
}

static void world_close(struct world *world)
{
	rb_upstream_tap_end();
	assert_null(rb_upstream_tap);
	close(world->fd);
}

/* A message of so many bytes. */
static void send_it(struct world *world, uint8_t id, uint8_t flags, bool is_tcp)
{
	const uint8_t query[20] = {0, id, flags};

	rb_upstream_tap_sent(rb_upstream_tap, world->fd,
			     is_tcp ? RB_UPSTREAM_OVER_TCP : RB_UPSTREAM_OVER_UDP, query,
			     sizeof(query), (const struct sockaddr *)&world->server);
}

static void receive(struct world *world, uint8_t id, uint8_t flags, const struct sockaddr_in *from)
{
	const uint8_t response[30] = {0, id, flags};

	rb_upstream_tap_received(rb_upstream_tap, world->fd, response, sizeof(response),
				 (const struct sockaddr *)from);
}

static void a_query_and_its_response_are_told(void **state)
{
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, 198, 51, 100, 1};
	struct world world;

	(void)state;
	world_open(&world, SOCK_DGRAM);
	errno = EAGAIN;
	send_it(&world, 1, 0x01, false);
	receive(&world, 1, 0x80, &world.server);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(world.count, 2);
	assert_int_equal(world.lens[0], 20);
	assert_int_equal(world.lens[1], 30);
	for (unsigned int i = 0; i < 2; i++) {
		assert_true(world.seen[i].recursive);
		assert_memory_equal(world.seen[i].server, mapped, 16);
		assert_int_equal(world.seen[i].server_port, 53);
		assert_int_equal(world.seen[i].transport, RB_UPSTREAM_OVER_UDP);
		assert_int_equal(world.seen[i].query_ns, world.seen[0].query_ns);
	}
	assert_int_equal(world.seen[0].response_ns, 0);
	assert_true(world.seen[1].response_ns >= world.seen[0].query_ns);
	world_close(&world);
}

/* Who is no server that was asked could fill the records of the operator. */
static void what_was_not_asked_is_not_told(void **state)
{
	struct sockaddr_in other;
	struct world world;

	(void)state;
	world_open(&world, SOCK_DGRAM);
	other = world.server;
	other.sin_addr.s_addr = htonl(0xc6336402);
	send_it(&world, 1, 0, false);
	receive(&world, 2, 0x80, &world.server); /* another ID */
	receive(&world, 1, 0x80, &other);
	other = world.server;
	other.sin_port = htons(54);
	receive(&world, 1, 0x80, &other);
	receive(&world, 1, 0, &world.server); /* a query */
	assert_int_equal(world.count, 1);
	receive(&world, 1, 0x80, &world.server);
	receive(&world, 1, 0x80, &world.server); /* once more */
	assert_int_equal(world.count, 2);
	/* The number belongs to another socket now. */
	send_it(&world, 3, 0, false);
	rb_upstream_tap_opened(rb_upstream_tap, world.fd, SOCK_DGRAM);
	receive(&world, 3, 0x80, &world.server);
	/* Responses of the relay, and less than a header. */
	send_it(&world, 4, 0x80, false);
	rb_upstream_tap_sent(rb_upstream_tap, world.fd, RB_UPSTREAM_OVER_UDP, "\0\1\0", 3,
			     (const struct sockaddr *)&world.server);
	rb_upstream_tap_received(rb_upstream_tap, world.fd, "\0\1\x80", 3, NULL);
	rb_upstream_tap_received(rb_upstream_tap, -1, "\0\1\x80", 3, NULL);
	assert_int_equal(world.count, 3);
	assert_int_equal(world.lost, 0);
	world_close(&world);
}

static void stream(struct world *world, const uint8_t *bytes, size_t len, size_t room)
{
	rb_upstream_tap_streamed(rb_upstream_tap, world->fd, bytes, len, room);
}

static void responses_over_tcp_come_in_pieces(void **state)
{
	static const uint8_t length[2] = {0, 30};
	const uint8_t response[30] = {0, 7, 0x80};
	struct world world;

	(void)state;
	world_open(&world, SOCK_STREAM);
	/* What follows a message over TCP that the socket had no room for is no datagram. */
	send_it(&world, 7, 0, false);
	assert_int_equal(world.count, 0);
	send_it(&world, 7, 0, true);
	send_it(&world, 8, 0, true);
	stream(&world, length, 1, 2);
	stream(&world, length + 1, 1, 1);
	stream(&world, response, 10, 30);
	stream(&world, response + 10, 19, 20);
	assert_int_equal(world.count, 2);
	stream(&world, response + 29, 1, 1);
	assert_int_equal(world.count, 3);
	assert_int_equal(world.lens[2], 30);
	assert_int_equal(world.ids[2][1], 7);
	/* As a whole. */
	stream(&world, length, 2, 2);
	stream(&world, (const uint8_t[30]){0, 8, 0x80}, 30, 30);
	assert_int_equal(world.count, 4);
	assert_int_equal(world.ids[3][1], 8);
	/* Of another reader, who asks for what there is, nothing is told, nor with a length of 0. */
	send_it(&world, 9, 0, true);
	stream(&world, (const uint8_t[2]){0, 0}, 2, 2);
	stream(&world, length, 2, 16384);
	stream(&world, (const uint8_t[30]){0, 9, 0x80}, 30, 30);
	assert_int_equal(world.count, 5);
	assert_int_equal(world.lost, 0);
	world_close(&world);
}

static void what_goes_to_the_relay_goes_to_nobody(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, SOCK_STREAM);
	world.server.sin_addr.s_addr = htonl(0x7f010203);
	send_it(&world, 1, 1, true);
	receive(&world, 1, 0x80, NULL);
	assert_int_equal(world.count, 0);
	world_close(&world);
}

/* More queries without a response than are kept: those whose responses are not told are counted. */
static void nothing_is_lost_without_being_counted(void **state)
{
	static struct world world;
	size_t told;

	(void)state;
	world_open(&world, SOCK_DGRAM);
	world.is_full = true;
	send_it(&world, 1, 0, false);
	assert_int_equal(world.lost, 1);
	world.is_full = false;
	rb_upstream_tap_sent(rb_upstream_tap, 1 << 20, RB_UPSTREAM_OVER_UDP, (uint8_t[20]){0}, 20,
			     (const struct sockaddr *)&world.server);
	assert_int_equal(world.lost, 2);
	for (unsigned int round = 0; round < 40; round++) {
		rb_upstream_tap_opened(rb_upstream_tap, world.fd, SOCK_DGRAM);
		world.count = 0;
		for (unsigned int id = 0; id < 256; id++)
			send_it(&world, (uint8_t)id, 0, false);
		told = world.count;
		for (unsigned int id = 0; id < 256; id++)
			receive(&world, (uint8_t)id, 0x80, &world.server);
		assert_true(world.count - told <= 256);
		assert_true(world.count - told + world.lost >= 256);
	}
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_and_its_response_are_told),
		cmocka_unit_test(what_was_not_asked_is_not_told),
		cmocka_unit_test(responses_over_tcp_come_in_pieces),
		cmocka_unit_test(what_goes_to_the_relay_goes_to_nobody),
		cmocka_unit_test(nothing_is_lost_without_being_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
