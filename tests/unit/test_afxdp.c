/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queries through AF_XDP, with a socket and a resolver that the test plays: what leaves, in which
 * frame, and that no frame is ever lost or given back twice.
 */
#include "afxdp_fixture.h"
#include "played_resolver.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/reader.h"
#include "policy/attach.h"
#include "serve/pending.h"

/* Otherwise: ready answers would cost a copy, or leave with the wrong headers. */
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

/* Otherwise: a miss would keep frames away from the NIC, or be answered to somebody else. */
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
	assert_int_equal(world->resolvers.submitted, 1);
	memset(world->xsk.memory, 0xaa, sizeof(world->xsk.memory)); /* the NIC goes on using it */
	len = message_make("miss.example.", 0, message);
	world->resolvers.jobs[0]->answer = answer_make(message, len, 2);
	assert_int_equal(rb_pending_collect(&world->serve, 10), 1);
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

/* Otherwise: a name that a cable or a memory has changed would be looked up. */
static void damaged_datagram_is_dropped_and_counted(void **state)
{
	struct world *world = *state;

	publish(world, "www.example.");
	arrive(world, "www.example.", 0, false);
	world->xsk.memory[0][41] = 1; /* a checksum, and a wrong one */
	run(world);
	assert_int_equal(owned(&world->xsk, FREE), FRAMES);
	assert_int_equal(world->serve.counters.bad_checksums, 1);
	assert_int_equal(world->serve.counters.dropped[RB_TRANSPORT_XDP], 1);
}

/* Otherwise: a reply would be longer than what the network carries, and be lost. */
static void reply_beyond_the_mtu_is_truncated_where_no_socket_serves(void **state)
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
		assert_int_equal(rb_pending_collect(&world->serve, 10), 1);
		reply = sent_message(&world->xsk, &frame, &i);
		assert_int_equal(ldns_pkt_tc(reply), extra);
		assert_int_equal(ldns_pkt_ancount(reply), extra ? 0 : fitting);
		ldns_pkt_free(reply);
		world->xsk.owner[i] = FREE;
	}
}

/* A socket of 127.0.0.1 with a port of its own; that is in ret_port. */
static int socket_open(__be16 *ret_port)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	*ret_port = addr.sin_port;
	return fd;
}

/* A query with a buffer of 4096 bytes, from and to sockets of 127.0.0.1. */
static void arrive_between(struct world *world, const char *name, __be16 client_port,
			   __be16 server_port)
{
	uint8_t *frame = world->xsk.memory[0];

	arrive(world, name, 4096, false);
	memcpy(frame + 30, "\177\0\0\1", 4);
	memcpy(frame + 34, &client_port, 2);
	memcpy(frame + 36, &server_port, 2);
	run(world);
}

/* Otherwise: a client that takes 4096 bytes would ask again by TCP, by this path alone. */
static void reply_beyond_the_mtu_goes_by_the_socket(void **state)
{
	static const struct {
		uint32_t mtu;
		int count;
		size_t frames;
	} cases[] = {{1500, 91, 0}, {1500, 89, 1}, {576, 40, 0}, {576, 30, 1}, {9000, 200, 0}};
	struct world *world = *state;
	__be16 client_port, server_port;
	int client = socket_open(&client_port), server = socket_open(&server_port);

	assert_int_equal(rb_udp_add(world->udp, server), 0);
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		uint8_t message[512], reply[8192];
		size_t len = message_make("big.example.", 0, message), want;
		ssize_t got;

		world->xsk.mtu = cases[n].mtu;
		arrive_between(world, "big.example.", client_port, server_port);
		world->resolvers.jobs[n]->answer = answer_make(message, len, cases[n].count);
		assert_int_equal(rb_pending_collect(&world->serve, 10), 1);
		assert_int_equal(owned(&world->xsk, SENT), cases[n].frames);
		got = recv(client, reply, sizeof(reply), 0);
		want = len + 11 + (size_t)cases[n].count * RECORD_LEN;
		assert_int_equal(got, cases[n].frames ? -1 : (ssize_t)want);
		assert_int_equal(world->serve.counters.replies[RB_TRANSPORT_XDP], n + 1);
		memset(world->xsk.owner, 0, sizeof(world->xsk.owner));
	}
	rb_udp_retire(world->udp);
	close(server);
	close(client);
}

/* Local data: this many addresses at "big.local", and each at a name "nNUMBER.local". */
static struct rb_guard *guard_make(int count)
{
	static const struct rb_anchors none;
	_cleanup_(rb_config_freep) struct rb_config *config = NULL;
	_cleanup_free_ char *text = NULL;
	struct rb_guard *guard = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	fputs("server:\n", out);
	for (int i = 0; i < count; i++)
		fprintf(out,
			"local-data: 'big.local. A 192.0.2.%d'\n"
			"local-data: 'n%d.local. A 192.0.2.%d'\n",
			i, i, i);
	fclose(out);
	assert_int_equal(rb_config_read_text("t.conf", text, bytes, &config), 0);
	assert_int_equal(rb_policy_attach(config, NULL), 0);
	assert_int_equal(rb_guard_new("", &none, &config->policy, &guard), 0);
	return guard;
}

/* The one frame that was sent has a message of this length, with count records. */
static void assert_sent(const struct world *world, size_t len, int count)
{
	struct rb_frame frame;
	size_t i;
	ldns_pkt *sent = sent_message(&world->xsk, &frame, &i);

	assert_int_equal(ldns_pkt_ancount(sent), count);
	assert_int_equal(frame.payload_len, len);
	ldns_pkt_free(sent);
}

/* Otherwise: the same of a large set of local data, or it would be written past the frame. */
static void local_answer_beyond_the_mtu_goes_by_the_socket(void **state)
{
	static const struct {
		uint32_t mtu;
		int count;
		bool by_socket;
	} cases[] = {{1500, 89, false}, {1500, 91, true}, {1500, 250, true},
		     {576, 30, false},  {576, 40, true},  {9000, 250, true}};
	struct world *world = *state;
	__be16 client_port, server_port;
	int client = socket_open(&client_port), server = socket_open(&server_port);

	assert_int_equal(rb_udp_add(world->udp, server), 0);
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		_cleanup_(rb_guard_freep) struct rb_guard *guard = guard_make(cases[n].count);
		size_t want = 12 + 15 + 11 + (size_t)cases[n].count * RECORD_LEN;
		uint8_t reply[8192];
		ssize_t got;

		world->serve.guard = guard;
		rb_table_bump_epoch(world->table);
		world->xsk.mtu = cases[n].mtu;
		arrive_between(world, "big.local.", client_port, server_port);
		got = recv(client, reply, sizeof(reply), 0);
		assert_int_equal(got, cases[n].by_socket ? (ssize_t)want : -1);
		if (cases[n].by_socket)
			assert_int_equal(owned(&world->xsk, SENT), 0);
		else
			assert_sent(world, want, cases[n].count);
		memset(world->xsk.owner, 0, sizeof(world->xsk.owner));
	}
	world->serve.guard = NULL;
	rb_udp_retire(world->udp);
	close(server);
	close(client);
}

/* Otherwise: a burst would leave packets waiting, or leak frames until none is left. */
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

/* The frame was sent back with the address of this number. */
static void assert_told(const struct world *world, size_t i, int number)
{
	ldns_pkt *reply = NULL;
	uint8_t *address;

	assert_int_equal(world->xsk.owner[i], SENT);
	assert_int_equal(ldns_wire2pkt(&reply, world->xsk.memory[i] + 42, world->xsk.len[i] - 42),
			 0);
	assert_int_equal(ldns_pkt_ancount(reply), 1);
	address = ldns_rdf_data(ldns_rr_rdf(ldns_rr_list_rr(ldns_pkt_answer(reply), 0), 0));
	assert_int_equal(address[3], number);
	ldns_pkt_free(reply);
}

/* Otherwise: what is known of one query before it is parsed would be taken for another's. */
static void each_of_a_batch_is_told_its_own(void **state)
{
	_cleanup_(rb_guard_freep) struct rb_guard *guard = guard_make(40);
	struct world *world = *state;

	world->serve.guard = guard;
	for (int size = 1; size <= 40; size++) {
		rb_table_bump_epoch(world->table);
		world->xsk.flushes = 0;
		world->resolvers.submitted = 0;
		for (int i = 0; i < size; i++) {
			char name[32];

			/* Each fourth was asked before, each fifth is unknown, each seventh damaged. */
			snprintf(name, sizeof(name), "n%d.%s.", i % 4 ? i : 0,
				 i % 5 ? "local" : "example");
			arrive(world, name, 0, false);
			if (i % 7 == 6)
				world->xsk.len[i] -= 4;
		}
		run(world);
		for (int i = 0; i < size; i++) {
			if (i % 5 && i % 7 != 6)
				assert_told(world, (size_t)i, i % 4 ? i : 0);
			else
				assert_int_equal(world->xsk.owner[i], FREE);
		}
		memset(world->xsk.owner, 0, sizeof(world->xsk.owner));
		while (world->resolvers.collected < world->resolvers.submitted)
			rb_pending_collect(&world->serve, 1);
		world->resolvers.collected = 0;
	}
	world->serve.guard = NULL;
}

/* Otherwise: an exhausted socket would crash the worker. */
static void reply_without_a_free_frame_is_dropped(void **state)
{
	struct world *world = *state;
	uint8_t message[512];
	size_t len = message_make("late.example.", 0, message);

	arrive(world, "late.example.", 0, false);
	run(world);
	world->xsk.free_left = 0;
	world->resolvers.jobs[0]->answer = answer_make(message, len, 1);
	assert_int_equal(rb_pending_collect(&world->serve, 10), 1);
	assert_int_equal(owned(&world->xsk, SENT), 0);
	assert_int_equal(world->serve.counters.dropped[RB_TRANSPORT_XDP], 1);
}

/* Otherwise: a device that is deleted while a query of it waits would take the worker along. */
static void socket_is_taken_away_while_queries_wait(void **state)
{
	struct world *world = *state;
	uint8_t message[512];
	size_t len = message_make("late.example.", 0, message);
	struct rb_xsk other = {.free_left = FRAMES, .fd = world->xsk.fd};

	for (int i = 0; i < 3; i++)
		arrive(world, "late.example.", 0, false);
	run(world);
	assert_int_equal(world->resolvers.submitted, 3);
	world->resolvers.jobs[0]->answer = answer_make(message, len, 1);
	world->resolvers.jobs[1]->answer = answer_make(message, len, 1);
	rb_afxdp_remove(world->afxdp, &world->xsk);
	/* The worker's next socket, on a device that was made anew. */
	assert_int_equal(rb_afxdp_add(world->afxdp, &other), 0);
	memset(world->xsk.memory, 0xaa, sizeof(world->xsk.memory));
	assert_int_equal(rb_pending_collect(&world->serve, 2), 2);
	rb_afxdp_flush(world->afxdp);
	assert_int_equal(owned(&world->xsk, SENT), 0);
	assert_int_equal(owned(&other, SENT), 0);
	assert_int_equal(world->serve.counters.dropped[RB_TRANSPORT_XDP], 2);
	rb_afxdp_remove(world->afxdp, &other);
	rb_afxdp_remove(world->afxdp, &other);
}

/* Otherwise: a device that is made anew would never be heard. */
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

/* Otherwise: a client that a reload has shut out would still be told what it had asked for. */
static void client_that_is_denied_meanwhile_gets_nothing(void **state)
{
	static const struct rb_acl_rule rule = {
		{[10] = 0xff, 0xff, 127}, 104, RB_ACL_DENY, 0, false, false};
	struct world *world = *state;
	uint8_t message[512];
	size_t len = message_make("late.example.", 0, message);
	struct rb_acl *denied;

	assert_int_equal(rb_acl_new(&rule, 1, &denied), 0);
	arrive(world, "late.example.", 0, false);
	run(world);
	world->serve.acl = denied;
	world->resolvers.jobs[0]->answer = answer_make(message, len, 1);
	assert_int_equal(rb_pending_collect(&world->serve, 10), 1);
	rb_afxdp_flush(world->afxdp);
	assert_int_equal(owned(&world->xsk, SENT), 0);
	assert_int_equal(world->serve.counters.dropped[RB_TRANSPORT_XDP], 1);
	rb_acl_free(denied);
}

/* Otherwise: hostile frames would crash the worker or use up its frames. */
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
		while (world->resolvers.collected < world->resolvers.submitted)
			rb_pending_collect(&world->serve, 1); /* no answer: nothing is sent */
		world->resolvers.submitted = 0;
		world->resolvers.collected = 0;
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
		cmocka_unit_test_setup_teardown(damaged_datagram_is_dropped_and_counted, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			reply_beyond_the_mtu_is_truncated_where_no_socket_serves, setup, teardown),
		cmocka_unit_test_setup_teardown(reply_beyond_the_mtu_goes_by_the_socket, setup,
						teardown),
		cmocka_unit_test_setup_teardown(local_answer_beyond_the_mtu_goes_by_the_socket,
						setup, teardown),
		cmocka_unit_test_setup_teardown(burst_is_answered_in_batches, setup, teardown),
		cmocka_unit_test_setup_teardown(each_of_a_batch_is_told_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(reply_without_a_free_frame_is_dropped, setup,
						teardown),
		cmocka_unit_test_setup_teardown(socket_is_taken_away_while_queries_wait, setup,
						teardown),
		cmocka_unit_test_setup_teardown(socket_that_comes_later_is_answered_on, setup,
						teardown),
		cmocka_unit_test_setup_teardown(client_that_is_denied_meanwhile_gets_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(damaged_frames_are_survived_and_given_back, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("afxdp", tests, NULL, NULL);
}
