/* SPDX-License-Identifier: BSD-2-Clause */
/* The server by UDP: what is answered, from which address, to whom, and how fast. */
#include "serve/counters.h"
#include "server_fixture.h"

#include "dns/answer.h"

/* Put "name A 192.0.2.99" into the table as something that recursion found. */
static void publish(const struct fixture *fixture, const char *name)
{
	struct rb_answer_opts opts = {.qtype = LDNS_RR_TYPE_A, .max_ttl_s = 86400};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	uint8_t message[512], qname[RB_NAME_MAX];
	static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 99};
	size_t len = query_make(name, LDNS_RR_TYPE_A, LDNS_RD, 0, message);
	struct rb_table_key key;

	message[2] |= 0x80;
	message[7] = 1;
	memcpy(message + len, record, sizeof(record));
	opts.qname_len = (uint16_t)rb_name_from_text(name, qname);
	opts.qname = qname;
	opts.now_ns = rb_clock_ns();
	assert_int_equal(rb_answer_from_message(message, len + sizeof(record), &opts, &answer), 0);
	assert_int_equal(
		rb_table_key_init(fixture->table, qname, opts.qname_len, LDNS_RR_TYPE_A, &key), 0);
	assert_int_equal(rb_table_publish(fixture->table, &key, answer), 0);
}

/* Otherwise: nobody would get an answer by IPv4 or IPv6. */
static void local_data_is_answered_over_both_families(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_packet_ ldns_pkt *reply4 = NULL, *reply6 = NULL;

	reply4 = udp_ask(fixture, NULL, "a.local.example.", LDNS_RR_TYPE_A, LDNS_RD, REPLY_MS);
	assert_non_null(reply4);
	assert_int_equal(ldns_pkt_ancount(reply4), 1);
	assert_true(ldns_pkt_aa(reply4) && ldns_pkt_ra(reply4) && ldns_pkt_rd(reply4));
	assert_true(ldns_pkt_edns(reply4));
	reply6 = udp_ask_at(NULL, "::1", fixture->port, "a.local.example.", LDNS_RR_TYPE_AAAA,
			    LDNS_RD, REPLY_MS);
	assert_non_null(reply6);
	assert_int_equal(ldns_pkt_ancount(reply6), 1);
}

/* Otherwise: every query that the kernel hands over would go to a resolver again. */
static void published_record_is_answered_from_the_table(void **state)
{
	const struct fixture *fixture = *state;
	uint64_t hits = stats_of(fixture).table_hits[RB_TRANSPORT_UDP];
	_cleanup_packet_ ldns_pkt *reply = NULL;

	publish(fixture, "hot.hole.example.");
	reply = udp_ask(fixture, NULL, "hot.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, REPLY_MS);
	assert_non_null(reply);
	assert_int_equal(ldns_pkt_ancount(reply), 1);
	assert_false(ldns_pkt_aa(reply));
	assert_int_equal(stats_of(fixture).table_hits[RB_TRANSPORT_UDP], hits + 1);
}

/* Otherwise: ignore-cd-flag: yes would change nothing; the flag itself comes back as it was
 * sent. */
static void ignored_cd_is_answered_from_the_table(void **state)
{
	struct fixture *fixture = *state;
	uint64_t hits = stats_of(fixture).table_hits[RB_TRANSPORT_UDP];
	_cleanup_packet_ ldns_pkt *reply = NULL;

	publish(fixture, "checked.hole.example.");
	fixture->config.ignore_cd_flag = true;
	reply = udp_ask(fixture, NULL, "checked.hole.example.", LDNS_RR_TYPE_A, LDNS_RD | LDNS_CD,
			REPLY_MS);
	fixture->config.ignore_cd_flag = false;
	assert_non_null(reply);
	assert_int_equal(ldns_pkt_ancount(reply), 1);
	assert_true(ldns_pkt_cd(reply));
	assert_int_equal(stats_of(fixture).table_hits[RB_TRANSPORT_UDP], hits + 1);
}

static uint64_t took_count(const struct fixture *fixture, enum rb_source source)
{
	struct rb_server_stats stats = stats_of(fixture);

	return rb_histogram_count(&stats.took[RB_TRANSPORT_UDP][source]);
}

/* A reply is counted when it has been sent, so its client may be faster. */
static void took_reaches(const struct fixture *fixture, enum rb_source source, uint64_t count)
{
	uint64_t end_ns = rb_clock_ns() + REPLY_MS * RB_NS_PER_MS;

	while (took_count(fixture, source) < count)
		assert_true(rb_clock_ns() < end_ns);
	assert_int_equal(took_count(fixture, source), count);
}

/*
 * A server of its own: the one of the other tests may not have counted its last reply yet.
 * Otherwise: an operator would look for slow answers in the wrong place, or see none.
 */
static void times_are_counted_by_where_the_answer_came_from(void **state)
{
	enum { WAIT_US = 30000 };
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	struct rb_server_stats stats;
	uint64_t begin_ns = rb_clock_ns(), took_ns;
	uint8_t query[512];
	size_t len = query_make("slow.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	_cleanup_packet_ ldns_pkt *slow = NULL, *fast = NULL;

	assert_int_equal(send(fd, query, len, 0), len);
	/* The upstream takes its time. */
	assert_true(is_readable(fixture->hole, REPLY_MS));
	usleep(WAIT_US);
	hole_answer_until(fixture, fd);
	slow = udp_receive(fd, query, REPLY_MS);
	assert_non_null(slow);
	took_reaches(fixture, RB_SOURCE_RESOLVER, 1);
	assert_int_equal(took_count(fixture, RB_SOURCE_TABLE), 0);
	stats = stats_of(fixture);
	took_ns = stats.took[RB_TRANSPORT_UDP][RB_SOURCE_RESOLVER].sum_ns;
	assert_in_range(took_ns, WAIT_US * 1000, rb_clock_ns() - begin_ns);
	fast = udp_exchange(fd, query, len, REPLY_MS);
	assert_non_null(fast);
	took_reaches(fixture, RB_SOURCE_TABLE, 1);
}

/* Otherwise: what has to be resolved would never come back to who asked. */
static void miss_is_resolved_then_answered_from_the_table(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	uint64_t hits = stats_of(fixture).table_hits[RB_TRANSPORT_UDP];
	uint8_t query[512];
	size_t len = query_make("miss.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);

	_cleanup_packet_ ldns_pkt *resolved = NULL, *stored = NULL;

	assert_int_equal(send(fd, query, len, 0), len);
	hole_answer_until(fixture, fd);
	resolved = udp_receive(fd, query, REPLY_MS);
	assert_non_null(resolved);
	assert_int_equal(ldns_pkt_ancount(resolved), 1);
	assert_int_equal(stats_of(fixture).table_hits[RB_TRANSPORT_UDP], hits);
	stored = udp_exchange(fd, query, len, REPLY_MS);
	assert_non_null(stored);
	assert_int_equal(ldns_pkt_ancount(stored), 1);
	assert_int_equal(stats_of(fixture).table_hits[RB_TRANSPORT_UDP], hits + 1);
}

/* Otherwise: clients that check the case of their question (0x20) would drop the reply. */
static void question_comes_back_as_it_was_sent(void **state)
{
	const struct fixture *fixture = *state;
	uint8_t query[512], reply[1500];
	size_t len = query_make("n5.LoCaL.eXaMpLe.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);

	for (int i = 0; i < 2; i++) { /* from the resolver, then from the table */
		assert_int_equal(send(fd, query, len, 0), len);
		assert_true(is_readable(fd, REPLY_MS));
		assert_int_equal(recv(fd, reply, sizeof(reply), 0), len + 16);
		assert_memory_equal(reply + 12, query + 12, len - 12);
	}
}

/* Otherwise: large answers would be lost as fragments, or cut without a hint to use TCP. */
static void large_answer_is_truncated_by_udp(void **state)
{
	_cleanup_packet_ ldns_pkt *reply = NULL;

	reply = udp_ask(*state, NULL, "big.local.example.", LDNS_RR_TYPE_TXT, LDNS_RD, REPLY_MS);
	assert_non_null(reply);
	assert_true(ldns_pkt_tc(reply));
	assert_int_equal(ldns_pkt_ancount(reply), 0);
}

/* Otherwise: clients of a second address of the machine would see answers from a stranger. */
static void reply_leaves_from_the_address_that_was_asked(void **state)
{
	const struct fixture *fixture = *state;
	static const char *const servers[] = {"127.0.0.2", "127.0.0.1", "127.3.2.1"};

	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		char name[64];

		snprintf(name, sizeof(name), "n%zu.local.example.", i + 10);
		/* Once through the resolver, then from the table. */
		for (int n = 0; n < 2; n++) {
			_cleanup_packet_ ldns_pkt *reply = NULL;

			/* A connected socket takes nothing from another address. */
			reply = udp_ask_at(NULL, servers[i], fixture->wildcard_port, name,
					   LDNS_RR_TYPE_A, LDNS_RD, REPLY_MS);
			assert_non_null(reply);
		}
	}
}

/* Who gets no reply does not know when his query has been looked at. */
static void dropped_reach(const struct fixture *fixture, uint64_t count)
{
	uint64_t end_ns = rb_clock_ns() + REPLY_MS * RB_NS_PER_MS;

	while (stats_of(fixture).dropped[RB_TRANSPORT_UDP] < count)
		assert_true(rb_clock_ns() < end_ns);
}

struct access_case {
	const char *client;
	const char *name;
	uint16_t flags;
	int rcode; /* -1: silence */
};

/* Otherwise: strangers could use the resolver, or see what others asked for. */
static void access_control_decides(void **state)
{
	const struct fixture *fixture = *state;
	static const struct access_case cases[] = {
		{"127.0.0.66", "a.local.example.", LDNS_RD, LDNS_RCODE_REFUSED},
		{"127.0.0.67", "a.local.example.", LDNS_RD, -1},
		{"127.0.0.68", "a.local.example.", LDNS_RD, LDNS_RCODE_NOERROR},
		{"127.0.0.68", "cached.hole.example.", LDNS_RD, LDNS_RCODE_REFUSED},
		{"127.0.0.69", "a.local.example.", LDNS_RD, LDNS_RCODE_NOERROR},
		{"127.0.0.69", "cached.hole.example.", LDNS_RD, -1},
		{"127.0.0.1", "a.local.example.", 0, LDNS_RCODE_NOERROR},
		{"127.0.0.1", "none.local.example.", 0, LDNS_RCODE_NXDOMAIN},
		{"127.0.0.1", "cached.hole.example.", 0, LDNS_RCODE_REFUSED},
		{"127.0.0.1", "cached.hole.example.", LDNS_RD, LDNS_RCODE_NOERROR},
		{"127.0.0.70", "cached.hole.example.", 0, LDNS_RCODE_NOERROR},
		{"127.0.0.70", "none.local.example.", 0, LDNS_RCODE_NXDOMAIN},
		{"127.0.0.71", "cached.hole.example.", 0, LDNS_RCODE_NOERROR},
		/* The rest nobody has resolved, and nobody is asked. */
		{"127.0.0.1", "missed.hole.example.", 0, LDNS_RCODE_REFUSED},
		{"127.0.0.70", "missed.hole.example.", 0, LDNS_RCODE_REFUSED},
		{"127.0.0.68", "missed.hole.example.", LDNS_RD, LDNS_RCODE_REFUSED},
		{"127.0.0.68", "missed.hole.example.", 0, LDNS_RCODE_REFUSED},
		{"127.0.0.69", "missed.hole.example.", LDNS_RD, -1},
		{"127.0.0.69", "missed.hole.example.", 0, -1},
	};
	struct rb_server_stats before, after;

	publish(fixture, "cached.hole.example.");
	before = stats_of(fixture);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct access_case *c = &cases[i];
		_cleanup_packet_ ldns_pkt *reply = NULL;

		reply = udp_ask(fixture, c->client, c->name, LDNS_RR_TYPE_A, c->flags,
				c->rcode < 0 ? SILENCE_MS : REPLY_MS);
		if (reply ? (int)ldns_pkt_get_rcode(reply) != c->rcode : c->rcode >= 0)
			fail_msg("%s asks for %s: rcode %d", c->client, c->name,
				 reply ? (int)ldns_pkt_get_rcode(reply) : -1);
		if (!reply)
			continue;
		assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_question(reply)), 1);
		if (!strcmp(c->client, "127.0.0.71"))
			assert_true(ldns_pkt_rd(reply));
	}
	dropped_reach(fixture, before.dropped[RB_TRANSPORT_UDP] + 2);
	after = stats_of(fixture);
	assert_int_equal(after.refused[RB_TRANSPORT_UDP] - before.refused[RB_TRANSPORT_UDP], 7);
	assert_int_equal(after.dropped[RB_TRANSPORT_UDP] - before.dropped[RB_TRANSPORT_UDP], 4);
	assert_false(is_readable(fixture->hole, 0));
}

/* Otherwise: a class that we know nothing of would be resolved as if it were IN. */
static void other_classes_are_refused(void **state)
{
	const struct fixture *fixture = *state;
	static const uint8_t classes[] = {2, 3, 4, 254};
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		_cleanup_packet_ ldns_pkt *reply = NULL;
		uint8_t query[512];
		size_t len = query_make("a.local.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);

		query[len - 1] = classes[i];
		reply = udp_exchange(fd, query, len, REPLY_MS);
		assert_non_null(reply);
		assert_int_equal(ldns_pkt_get_rcode(reply), LDNS_RCODE_REFUSED);
	}
}

/* Of both workers. */
static uint64_t tally_of(const struct fixture *fixture, unsigned int number)
{
	struct rb_serve_counters counters;
	uint64_t sum = 0;

	for (unsigned int worker = 0; worker < 2; worker++) {
		rb_server_counters(fixture->server, worker, &counters);
		sum += rb_tally_get(&counters.tally, number);
	}
	return sum;
}

/* Otherwise: one client would fill the queue of all (wait-limit). */
static void a_client_has_no_more_waiting_than_its_limit(void **state)
{
	struct fixture *fixture = fixture_new();
	_cleanup_packet_ ldns_pkt *second = NULL, *local = NULL, *first = NULL;
	uint8_t query[512];
	size_t len = query_make("first.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	int fd;

	(void)state;
	fixture->config.wait_limit = 1;
	fixture_open(fixture, 2);
	fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	assert_int_equal(send(fd, query, len, 0), len);
	assert_true(is_readable(fixture->hole, REPLY_MS));
	second =
		udp_ask(fixture, NULL, "second.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, SILENCE_MS);
	assert_null(second);
	assert_int_equal(tally_of(fixture, RB_TALLY_WAIT_LIMITED), 1);
	/* What needs no resolver is answered. */
	local = udp_ask(fixture, NULL, "a.local.example.", LDNS_RR_TYPE_A, LDNS_RD, REPLY_MS);
	assert_non_null(local);
	hole_answer_until(fixture, fd);
	first = udp_receive(fd, query, REPLY_MS);
	assert_non_null(first);
	/* It has room again. */
	len = query_make("third.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	assert_int_equal(send(fd, query, len, 0), len);
	hole_answer_until(fixture, fd);
	close(fd);
	fixture_free(fixture);
}

/* Otherwise: one client takes all of the workers' time (ip-ratelimit). */
static void a_client_over_its_rate_is_not_answered(void **state)
{
	enum { QUERIES = 400 };
	struct fixture *fixture = fixture_new();
	uint64_t begin_ns = rb_clock_ns(), seconds;
	uint8_t query[512], reply[512];
	size_t len = query_make("a.local.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	unsigned int answered = 0;
	int fd;

	(void)state;
	fixture->config.ip_ratelimit = 2;
	fixture->config.ip_ratelimit_factor = 0;
	fixture_open(fixture, 1);
	fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	for (int i = 0; i < QUERIES; i++)
		assert_int_equal(send(fd, query, len, 0), len);
	while (is_readable(fd, answered ? SILENCE_MS : REPLY_MS) &&
	       recv(fd, reply, sizeof(reply), 0) > 0)
		answered++;
	seconds = (rb_clock_ns() - begin_ns) / (uint64_t)RB_NS_PER_S + 2;
	assert_in_range(answered, 1, 2 * seconds);
	close(fd);
	fixture_free(fixture);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(local_data_is_answered_over_both_families),
		cmocka_unit_test(published_record_is_answered_from_the_table),
		cmocka_unit_test(ignored_cd_is_answered_from_the_table),
		cmocka_unit_test_setup_teardown(times_are_counted_by_where_the_answer_came_from,
						fixture_setup, fixture_teardown),
		cmocka_unit_test(miss_is_resolved_then_answered_from_the_table),
		cmocka_unit_test(question_comes_back_as_it_was_sent),
		cmocka_unit_test(large_answer_is_truncated_by_udp),
		cmocka_unit_test(reply_leaves_from_the_address_that_was_asked),
		cmocka_unit_test(access_control_decides),
		cmocka_unit_test(other_classes_are_refused),
		cmocka_unit_test(a_client_has_no_more_waiting_than_its_limit),
		cmocka_unit_test(a_client_over_its_rate_is_not_answered),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests_name("server", tests, fixture_setup, fixture_teardown);
}
