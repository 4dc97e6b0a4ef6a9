/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that takes no more questions while others wait for their answers, by other rules. */
#include "server_fixture.h"

static const struct reload_case {
	const char *name;
	int type; /* SOCK_DGRAM, SOCK_STREAM */
	enum rb_acl_action action;
	int rcode; /* of the reply; -1: there is none */
} cases[] = {
	{"refused_by_udp", SOCK_DGRAM, RB_ACL_REFUSE, LDNS_RCODE_REFUSED},
	{"refused_by_tcp", SOCK_STREAM, RB_ACL_REFUSE, LDNS_RCODE_REFUSED},
	{"denied_by_udp", SOCK_DGRAM, RB_ACL_DENY, -1},
	{"denied_by_tcp", SOCK_STREAM, RB_ACL_DENY, -1},
	{"refused_what_is_not_local_by_udp", SOCK_DGRAM, RB_ACL_REFUSE_NON_LOCAL,
	 LDNS_RCODE_REFUSED},
	{"refused_what_is_not_local_by_tcp", SOCK_STREAM, RB_ACL_REFUSE_NON_LOCAL,
	 LDNS_RCODE_REFUSED},
	{"denied_what_is_not_local_by_udp", SOCK_DGRAM, RB_ACL_DENY_NON_LOCAL, -1},
	{"denied_what_is_not_local_by_tcp", SOCK_STREAM, RB_ACL_DENY_NON_LOCAL, -1},
	{"may_snoop_by_udp", SOCK_DGRAM, RB_ACL_ALLOW_SNOOP, LDNS_RCODE_NOERROR},
	{"still_allowed_by_udp", SOCK_DGRAM, RB_ACL_ALLOW, LDNS_RCODE_NOERROR},
	{"still_allowed_by_tcp", SOCK_STREAM, RB_ACL_ALLOW, LDNS_RCODE_NOERROR},
};

/* Another server takes the questions, with this action for 127.0.0.0/8. */
static void retire(struct fixture *fixture, enum rb_acl_action action)
{
	const struct rb_acl_rule rule = {{[10] = 0xff, 0xff, 127}, 104, action, 0, false, false};
	struct rb_acl *acl = NULL;

	assert_int_equal(rb_acl_new(&rule, 1, &acl), 0);
	rb_server_retire(fixture->server, acl);
	rb_acl_free(fixture->acl);
	fixture->acl = acl;
}

/* By TCP its length is in front, which for these is below 256. */
static void query_send(int fd, int type, const uint8_t *query, size_t len)
{
	uint8_t prefix[] = {0, (uint8_t)len};

	if (type == SOCK_STREAM)
		assert_int_equal(send(fd, prefix, sizeof(prefix), MSG_MORE), sizeof(prefix));
	assert_int_equal(send(fd, query, len, 0), len);
}

/* -1: no reply, or the connection is closed without one. */
static int rcode_receive(int fd, int type, int timeout_ms)
{
	size_t prefix = type == SOCK_STREAM ? 2 : 0;
	uint8_t reply[514];
	ssize_t got;

	if (!is_readable(fd, timeout_ms))
		return -1;
	got = recv(fd, reply, sizeof(reply), 0);
	if (got <= 0)
		return -1;
	assert_true((size_t)got > prefix + 12);
	return reply[prefix + 3] & 0xf;
}

/* Wait for the question at the forwarder, without answering it. */
static void hole_wait(const struct fixture *fixture)
{
	assert_true(is_readable(fixture->hole, REPLY_MS));
}

/* Otherwise: a client that was shut out would still be told what it had asked for. */
static void waiting_question_ends_by_the_rules_in_force(void **state)
{
	const struct reload_case *test = *state;
	struct fixture *fixture = fixture_new();
	uint64_t answered;
	struct rb_resolver_stats stats;
	uint8_t query[512];
	size_t len;
	int fd;

	fixture_open(fixture, 1);
	fd = client_open(test->type, NULL, "127.0.0.1", fixture->port);
	rb_resolvers_stats(fixture->resolvers, &stats);
	answered = stats.answered;
	len = query_make("www.hole.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	query_send(fd, test->type, query, len);
	hole_wait(fixture);
	retire(fixture, test->action);
	assert_false(rb_server_is_idle(fixture->server));
	do {
		if (is_readable(fixture->hole, 10))
			hole_answer(fixture);
		rb_resolvers_stats(fixture->resolvers, &stats);
	} while (stats.answered == answered);
	assert_int_equal(rcode_receive(fd, test->type, test->rcode < 0 ? SILENCE_MS : REPLY_MS),
			 test->rcode);
	close(fd);
	fixture_free(fixture);
}

/* Whether the table has what policy made of the answer to an alias of the forwarder's zone. */
static bool alias_is_stored(bool retires)
{
	struct fixture *fixture = fixture_new();
	struct rb_table_found found;
	struct rb_table_key key;
	uint8_t query[512], name[RB_NAME_MAX];
	int name_len = rb_name_from_text("x.alias.example", name), fd;
	size_t len;
	bool stored;

	fixture_open(fixture, 1);
	fd = client_open(SOCK_DGRAM, NULL, "127.0.0.1", fixture->port);
	len = query_make("x.alias.example.", LDNS_RR_TYPE_A, LDNS_RD, 0, query);
	query_send(fd, SOCK_DGRAM, query, len);
	hole_wait(fixture);
	if (retires)
		retire(fixture, RB_ACL_ALLOW);
	hole_answer_until(fixture, fd);
	assert_int_equal(rcode_receive(fd, SOCK_DGRAM, REPLY_MS), LDNS_RCODE_NOERROR);
	assert_int_equal(rb_table_key_init(fixture->table, name, (size_t)name_len, RB_TYPE_A, &key),
			 0);
	stored = !rb_table_find(fixture->table, &key, RB_SERVES_DO0, rb_clock_ns(), &found);
	close(fd);
	fixture_free(fixture);
	return stored;
}

/* Otherwise: what the former policy made of a late answer would be in the table after a reload. */
static void what_is_answered_after_the_end_is_not_stored(void **state)
{
	(void)state;
	assert_true(alias_is_stored(false));
	assert_false(alias_is_stored(true));
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct CMUnitTest){
			.name = cases[i].name,
			.test_func = waiting_question_ends_by_the_rules_in_force,
			.initial_state = (void *)&cases[i],
		};
	tests[ARRAY_SIZE(cases)] =
		(struct CMUnitTest)cmocka_unit_test(what_is_answered_after_the_end_is_not_stored);
	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests_name("server_reload", tests, NULL, NULL);
}
