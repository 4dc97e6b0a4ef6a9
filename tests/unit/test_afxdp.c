/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries through AF_XDP, with a socket and a resolver that the test plays: what leaves, in which
 * frame, and that no frame is ever lost or given back twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <event2/event.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "serve/frame.h"
#include "serve/xdp.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define FRAMES     256
#define RECORD_LEN 16 /* an A record with a compressed owner */

enum owner {
	FREE,
	RECEIVED,
	BORROWED, /* by the worker */
	SENT,
};

/* The test's AF_XDP socket. */
struct rb_xsk {
	uint8_t memory[FRAMES][2048];
	enum owner owner[FRAMES];
	uint32_t len[FRAMES];
	size_t free_left; /* frames that rb_xsk_take() still gives */
	size_t flushes;
	int fd;
};

/* The test's resolver: keeps jobs until they are answered. */
struct rb_resolvers {
	struct rb_job *jobs[FRAMES];
	size_t count;
	size_t collected;
};

struct world {
	struct rb_xsk xsk;
	struct rb_resolvers resolvers;
	struct rb_config config;
	struct rb_table *table;
	struct rb_acl *acl;
	struct rb_serve serve;
	struct rb_afxdp *afxdp;
	struct event_base *base;
};

int rb_xsk_fd(const struct rb_xsk *xsk)
{
	return xsk->fd;
}

const char *rb_xsk_ifname(const struct rb_xsk *xsk)
{
	(void)xsk;
	return "lo"; /* its MTU of 65536 must not count */
}

static void frame_borrow(struct rb_xsk *xsk, size_t i, struct rb_xsk_frame *ret_frame)
{
	xsk->owner[i] = BORROWED;
	*ret_frame = (struct rb_xsk_frame){xsk->memory[i], xsk->len[i], sizeof(xsk->memory[i]), i};
}

size_t rb_xsk_recv(struct rb_xsk *xsk, struct rb_xsk_frame *frames, size_t max)
{
	eventfd_t value = 0;
	size_t got = 0;

	for (size_t i = 0; i < FRAMES && got < max; i++)
		if (xsk->owner[i] == RECEIVED)
			frame_borrow(xsk, i, &frames[got++]);
	if (got < max)
		eventfd_read(xsk->fd, &value);
	return got;
}

bool rb_xsk_take(struct rb_xsk *xsk, struct rb_xsk_frame *ret_frame)
{
	for (size_t i = 0; i < FRAMES && xsk->free_left; i++) {
		if (xsk->owner[i] != FREE)
			continue;
		xsk->free_left--;
		xsk->len[i] = 0;
		frame_borrow(xsk, i, ret_frame);
		return true;
	}
	return false;
}

void rb_xsk_release(struct rb_xsk *xsk, const struct rb_xsk_frame *frame)
{
	assert_int_equal(xsk->owner[frame->addr], BORROWED);
	xsk->owner[frame->addr] = FREE;
}

bool rb_xsk_send(struct rb_xsk *xsk, const struct rb_xsk_frame *frame)
{
	assert_int_equal(xsk->owner[frame->addr], BORROWED);
	xsk->owner[frame->addr] = SENT;
	xsk->len[frame->addr] = frame->len;
	return true;
}

void rb_xsk_flush(struct rb_xsk *xsk)
{
	xsk->flushes++;
}

int rb_resolvers_submit(struct rb_resolvers *resolvers, struct rb_job *job)
{
	if (resolvers->count == FRAMES)
		return -EAGAIN;
	resolvers->jobs[resolvers->count++] = job;
	return 0;
}

/* Nothing in these tests grows old. */
int rb_resolvers_refresh(struct rb_resolvers *resolvers, unsigned int worker,
			 struct rb_table_place place)
{
	(void)resolvers;
	(void)worker;
	(void)place;
	return -EAGAIN;
}

struct rb_job *rb_resolvers_collect(struct rb_resolvers *resolvers, unsigned int worker)
{
	assert_int_equal(worker, 3);
	if (resolvers->collected == resolvers->count)
		return NULL;
	return resolvers->jobs[resolvers->collected++];
}

static size_t owned(const struct rb_xsk *xsk, enum owner owner)
{
	size_t count = 0;

	for (size_t i = 0; i < FRAMES; i++)
		count += xsk->owner[i] == owner;
	return count;
}

/* A response to the query in message with count A records, as an answer. */
static struct rb_answer *answer_make(const uint8_t *message, size_t len, int count)
{
	static const uint8_t record[RECORD_LEN] = {0xc0, 12, 0, 1, 0,   1, 0, 0,
						   1,    44, 0, 4, 192, 0, 2, 0};
	struct rb_answer_opts opts = {
		.qname = message + 12,
		.qname_len = (uint16_t)(len - 16),
		.qtype = LDNS_RR_TYPE_A,
		.max_ttl_s = 86400,
		.now_ns = rb_clock_ns(),
	};
	struct rb_answer *answer = NULL;
	uint8_t response[8192];

	memcpy(response, message, len);
	response[2] = 0x81;
	response[3] = 0x80;
	response[7] = (uint8_t)count;
	response[11] = 0;
	for (int i = 0; i < count; i++, len += RECORD_LEN) {
		memcpy(response + len, record, RECORD_LEN);
		response[len + RECORD_LEN - 1] = (uint8_t)i;
	}
	assert_int_equal(rb_answer_from_message(response, len, &opts, &answer), 0);
	return answer;
}

/* "name A" in wire form; its length. */
static size_t message_make(const char *name, uint16_t udp_size, uint8_t *out)
{
	ldns_pkt *packet = NULL;
	uint8_t *wire = NULL;
	size_t len;

	assert_int_equal(ldns_pkt_query_new_frm_str(&packet, name, LDNS_RR_TYPE_A, LDNS_RR_CLASS_IN,
						    LDNS_RD),
			 LDNS_STATUS_OK);
	ldns_pkt_set_id(packet, 4711);
	if (udp_size)
		ldns_pkt_set_edns_udp_size(packet, udp_size);
	assert_int_equal(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	memcpy(out, wire, len);
	free(wire);
	ldns_pkt_free(packet);
	return len;
}

/* A frame from 127.0.0.1 with "name A" arrives, with an 802.1Q tag or without. */
static void arrive(struct world *world, const char *name, uint16_t udp_size, bool tagged)
{
	static const uint8_t ethernet[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	static const uint8_t tag[] = {0x81, 0, 0, 7};
	static const uint8_t ip[] = {8, 0, 0x45, 0,   0, 0, 0,  0,    0,    0, 64, 17, 0, 0, 127,
				     0, 0, 1,    192, 0, 2, 53, 0x30, 0x39, 0, 53, 0,  0, 0, 0};
	struct rb_xsk *xsk = &world->xsk;
	size_t at = sizeof(ethernet), message_len, i = 0;
	uint8_t *frame;

	while (xsk->owner[i] != FREE)
		assert_true(++i < FRAMES);
	frame = xsk->memory[i];
	memcpy(frame, ethernet, sizeof(ethernet));
	if (tagged) {
		memcpy(frame + at, tag, sizeof(tag));
		at += sizeof(tag);
	}
	memcpy(frame + at, ip, sizeof(ip));
	message_len = message_make(name, udp_size, frame + at + sizeof(ip));
	frame[at + 5] = (uint8_t)(28 + message_len);
	frame[at + 27] = (uint8_t)(8 + message_len);
	xsk->owner[i] = RECEIVED;
	xsk->len[i] = (uint32_t)(at + sizeof(ip) + message_len);
	eventfd_write(xsk->fd, 1);
}

static void run(struct world *world)
{
	while (world->xsk.flushes < 1000 && owned(&world->xsk, RECEIVED))
		event_base_loop(world->base, EVLOOP_NONBLOCK);
}

/* The message in the one frame that was sent. */
static ldns_pkt *sent_message(const struct rb_xsk *xsk, struct rb_frame *ret_frame, size_t *ret_i)
{
	ldns_pkt *packet = NULL;
	size_t i = 0;

	assert_int_equal(owned(xsk, SENT), 1);
	while (xsk->owner[i] != SENT)
		i++;
	assert_int_equal(rb_frame_parse(xsk->memory[i], xsk->len[i], ret_frame), 0);
	assert_int_equal(ldns_wire2pkt(&packet, xsk->memory[i] + ret_frame->payload,
				       ret_frame->payload_len),
			 LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_id(packet), 4711);
	*ret_i = i;
	return packet;
}

static int setup(void **state)
{
	static const struct rb_acl_rule rule = {{[10] = 0xff, 0xff, 127}, 104, RB_ACL_ALLOW};
	struct world *world = calloc(1, sizeof(*world));
	struct rb_xsk *sockets[1];

	assert_non_null(world);
	world->xsk.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	world->xsk.free_left = FRAMES;
	world->config.edns_buffer_size = 1232;
	world->config.max_udp_size = 4096;
	world->base = event_base_new();
	assert_int_equal(rb_acl_new(&rule, 1, &world->acl), 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 1 << 20, &world->table), 0);
	world->serve.config = &world->config;
	world->serve.table = world->table;
	world->serve.acl = world->acl;
	world->serve.resolvers = &world->resolvers;
	world->serve.worker = 3;
	assert_int_equal(rb_serve_init(&world->serve), 0);
	sockets[0] = &world->xsk;
	assert_int_equal(rb_afxdp_new(world->base, &world->serve, sockets, 1, &world->afxdp), 0);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	/* Whatever happened: no frame stays with the worker. */
	assert_int_equal(owned(&world->xsk, BORROWED), 0);
	rb_afxdp_free(world->afxdp);
	rb_serve_release(&world->serve);
	rb_table_close(world->table);
	rb_acl_free(world->acl);
	event_base_free(world->base);
	close(world->xsk.fd);
	free(world);
	return 0;
}

static void publish(struct world *world, const char *name)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_table_key key;
	uint8_t message[512];
	size_t len = message_make(name, 0, message);

	answer = answer_make(message, len, 1);
	assert_int_equal(rb_table_key_init(world->table, message + 12, len - 16, LDNS_RR_TYPE_A, 0,
					   &key),
			 0);
	assert_int_equal(rb_table_publish(world->table, &key, answer), 0);
}

/* If it failed: ready answers would cost a copy, or leave with the wrong headers. */
static void known_answer_leaves_in_the_frame_it_was_asked_in(void **state)
{
	struct world *world = *state;
	struct rb_frame frame;
	ldns_pkt *reply;
	size_t i;

	publish(world, "WWW.example.");
	arrive(world, "wWw.eXample.", 1232, true);
	run(world);
	reply = sent_message(&world->xsk, &frame, &i);
	assert_int_equal(i, 0);
	assert_int_equal(ldns_pkt_ancount(reply), 1);
	assert_true(ldns_pkt_edns(reply));
	assert_memory_equal(world->xsk.memory[i] + frame.payload + 12, "\3wWw\7eXample", 13);
	assert_memory_equal(world->xsk.memory[i] + 12, "\x81\0\0\7\x08\0", 6);
	assert_int_equal(world->xsk.flushes, 1);
	ldns_pkt_free(reply);
}

/* If it failed: a miss would keep frames away from the NIC, or be answered to somebody else. */
static void miss_lets_go_of_its_frame_and_is_answered_later(void **state)
{
	struct world *world = *state;
	struct rb_frame frame;
	ldns_pkt *reply;
	uint8_t message[512];
	size_t i, len;

	arrive(world, "miss.example.", 0, true);
	run(world);
	assert_int_equal(owned(&world->xsk, FREE), FRAMES);
	assert_int_equal(world->resolvers.count, 1);
	memset(world->xsk.memory, 0xaa, sizeof(world->xsk.memory)); /* the NIC goes on using it */
	len = message_make("miss.example.", 0, message);
	world->resolvers.jobs[0]->answer = answer_make(message, len, 2);
	assert_int_equal(rb_serve_collect(&world->serve, 10), 1);
	rb_afxdp_flush(world->afxdp);
	assert_int_equal(world->xsk.flushes, 2);
	reply = sent_message(&world->xsk, &frame, &i);
	assert_int_equal(ldns_pkt_ancount(reply), 2);
	assert_memory_equal(world->xsk.memory[i],
			    "\2\0\0\0\0\2"
			    "\2\0\0\0\0\1"
			    "\x81\0\0\7\x08\0",
			    18);
	ldns_pkt_free(reply);
}

/* If it failed: a reply would be longer than what the network carries, and be lost. */
static void reply_beyond_the_mtu_is_truncated(void **state)
{
	struct world *world = *state;
	uint8_t message[512];
	size_t len = message_make("big.example.", 0, message);
	int fitting = (int)((1500 - 28 - len - 11) / RECORD_LEN);

	for (int extra = 0; extra < 2; extra++) {
		struct rb_frame frame;
		ldns_pkt *reply;
		size_t i;

		arrive(world, "big.example.", 4096, false);
		run(world);
		world->resolvers.jobs[extra]->answer = answer_make(message, len, fitting + extra);
		assert_int_equal(rb_serve_collect(&world->serve, 10), 1);
		reply = sent_message(&world->xsk, &frame, &i);
		assert_int_equal(ldns_pkt_tc(reply), extra);
		assert_int_equal(ldns_pkt_ancount(reply), extra ? 0 : fitting);
		ldns_pkt_free(reply);
		world->xsk.owner[i] = FREE;
	}
}

/* If it failed: a burst would leave packets waiting, or leak frames until none is left. */
static void burst_is_answered_in_batches(void **state)
{
	struct world *world = *state;

	publish(world, "www.example.");
	for (int i = 0; i < 200; i++)
		arrive(world, "www.example.", 0, i & 1);
	run(world);
	assert_int_equal(owned(&world->xsk, SENT), 200);
	assert_int_equal(world->xsk.flushes, 4);
	assert_int_equal(world->serve.counters.table_hits[RB_TRANSPORT_XDP], 200);
	assert_int_equal(world->serve.counters.replies[RB_TRANSPORT_XDP], 200);
}

/* If it failed: an exhausted socket would crash the worker. */
static void reply_without_a_free_frame_is_dropped(void **state)
{
	struct world *world = *state;
	uint8_t message[512];
	size_t len = message_make("late.example.", 0, message);

	arrive(world, "late.example.", 0, false);
	run(world);
	world->xsk.free_left = 0;
	world->resolvers.jobs[0]->answer = answer_make(message, len, 1);
	assert_int_equal(rb_serve_collect(&world->serve, 10), 1);
	assert_int_equal(owned(&world->xsk, SENT), 0);
	assert_int_equal(world->serve.counters.dropped[RB_TRANSPORT_XDP], 1);
}

/* If it failed: a device that is deleted while a query of it waits would take the worker along. */
static void socket_is_taken_away_while_queries_wait(void **state)
{
	struct world *world = *state;
	uint8_t message[512];
	size_t len = message_make("late.example.", 0, message);
	struct rb_xsk other = {.free_left = FRAMES, .fd = world->xsk.fd};

	for (int i = 0; i < 3; i++)
		arrive(world, "late.example.", 0, false);
	run(world);
	assert_int_equal(world->resolvers.count, 3);
	world->resolvers.jobs[0]->answer = answer_make(message, len, 1);
	world->resolvers.jobs[1]->answer = answer_make(message, len, 1);
	rb_afxdp_remove(world->afxdp, &world->xsk);
	/* The worker's next socket, on a device that was made anew. */
	assert_int_equal(rb_afxdp_add(world->afxdp, &other), 0);
	memset(world->xsk.memory, 0xaa, sizeof(world->xsk.memory));
	assert_int_equal(rb_serve_collect(&world->serve, 2), 2);
	rb_afxdp_flush(world->afxdp);
	assert_int_equal(owned(&world->xsk, SENT), 0);
	assert_int_equal(owned(&other, SENT), 0);
	assert_int_equal(world->serve.counters.dropped[RB_TRANSPORT_XDP], 2);
	rb_afxdp_remove(world->afxdp, &other);
	rb_afxdp_remove(world->afxdp, &other);
}

/* If it failed: a device that is made anew would never be heard. */
static void socket_that_comes_later_is_answered_on(void **state)
{
	struct world *world = *state;
	struct rb_frame frame;
	size_t i;

	rb_afxdp_remove(world->afxdp, &world->xsk);
	publish(world, "www.example.");
	arrive(world, "www.example.", 0, false);
	event_base_loop(world->base, EVLOOP_NONBLOCK);
	assert_int_equal(owned(&world->xsk, SENT), 0);
	assert_int_equal(rb_afxdp_add(world->afxdp, &world->xsk), 0);
	run(world);
	ldns_pkt_free(sent_message(&world->xsk, &frame, &i));
}

/* If it failed: hostile frames would crash the worker or use up its frames. */
static void damaged_frames_are_survived_and_given_back(void **state)
{
	struct world *world = *state;

	for (int round = 0; round < 20000; round++) {
		struct rb_xsk *xsk = &world->xsk;

		arrive(world, "n.example.", round & 1 ? 1232 : 0, round & 2);
		for (int i = rand() % 4; i >= 0; i--)
			xsk->memory[0][12 + (size_t)rand() % (xsk->len[0] - 12)] = (uint8_t)rand();
		xsk->len[0] -= (uint32_t)(rand() % 3);
		world->xsk.flushes = 0;
		run(world);
		assert_int_equal(owned(xsk, BORROWED), 0);
		memset(xsk->owner, 0, sizeof(xsk->owner));
		while (world->resolvers.collected < world->resolvers.count)
			rb_serve_collect(&world->serve, 1); /* no answer: nothing is sent */
		world->resolvers.collected = world->resolvers.count = 0;
		assert_int_equal(owned(xsk, SENT), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(known_answer_leaves_in_the_frame_it_was_asked_in,
						setup, teardown),
		cmocka_unit_test_setup_teardown(miss_lets_go_of_its_frame_and_is_answered_later,
						setup, teardown),
		cmocka_unit_test_setup_teardown(reply_beyond_the_mtu_is_truncated, setup, teardown),
		cmocka_unit_test_setup_teardown(burst_is_answered_in_batches, setup, teardown),
		cmocka_unit_test_setup_teardown(reply_without_a_free_frame_is_dropped, setup,
						teardown),
		cmocka_unit_test_setup_teardown(socket_is_taken_away_while_queries_wait, setup,
						teardown),
		cmocka_unit_test_setup_teardown(socket_that_comes_later_is_answered_on, setup,
						teardown),
		cmocka_unit_test_setup_teardown(damaged_frames_are_survived_and_given_back, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("afxdp", tests, NULL, NULL);
}
