/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server's replies say besides records: extended errors, RA; and to whom: CD=1, class ANY.
 */
#include "server_fixture.h"

#include "dns/answer.h"

enum {
	NO_EDE = -1,
	CLASS_ANY = 255,
};

static int setup(void **state)
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

/* Ask for addresses; the forwarder answers if it is asked. */
static ldns_pkt *ask(const struct fixture *fixture, const char *client, const char *name,
		     uint16_t flags, uint8_t qclass)
{
	uint8_t query[512];
	size_t len = query_make(name, LDNS_RR_TYPE_A, flags, 1232, query);
	_cleanup_close_ int fd = client_open(SOCK_DGRAM, client, "127.0.0.1", fixture->port);
	ldns_pkt *reply;

	/* OPT is 11 bytes, and the class ends before it. */
	query[len - 12] = qclass;
	assert_int_equal(send(fd, query, len, 0), len);
	hole_answer_until(fixture, fd);
	reply = udp_receive(fd, query, REPLY_MS);
	assert_non_null(reply);
	return reply;
}

static bool hole_is_asked(const struct fixture *fixture)
{
	return is_readable(fixture->hole, 0);
}

static int ede_of(const ldns_pkt *reply)
{
	const ldns_rdf *options = ldns_pkt_edns_data(reply);
	const uint8_t *bytes;

	if (!options)
		return NO_EDE;
	assert_int_equal(ldns_rdf_size(options), 6);
	bytes = ldns_rdf_data(options);
	assert_memory_equal(bytes, "\0\x0f\0\2", 4);
	return bytes[4] << 8 | bytes[5];
}

static void publish(const struct fixture *fixture, const char *name, struct rb_answer *answer)
{
	uint8_t qname[RB_NAME_MAX];
	size_t len = (size_t)rb_name_from_text(name, qname);
	struct rb_table_key key;

	assert_int_equal(
		rb_table_key_init(fixture->table, qname, (uint16_t)len, LDNS_RR_TYPE_A, &key), 0);
	assert_int_equal(rb_table_publish(fixture->table, &key, answer), 0);
}

/* SERVFAIL, since the data failed validation. */
static void publish_bogus(const struct fixture *fixture, const char *name)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

	assert_int_equal(rb_answer_error(RB_RCODE_SERVFAIL, RB_EDE_BOGUS + 1, 60, rb_clock_ns(),
					 &answer),
			 0);
	publish(fixture, name, answer);
}

/* An address that was validated, and is none that the forwarder gives. */
static void publish_secure(const struct fixture *fixture, const char *name)
{
	static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 99};
	_cleanup_(rb_answer_freep) struct rb_answer *answer = rb_answer_new(sizeof(record), 1);

	assert_non_null(answer);
	memcpy(answer->body, record, sizeof(record));
	answer->ttl_offsets[0] = 6;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA;
	answer->ancount = 1;
	answer->traits = RB_SERVES_DO0 | RB_SERVES_DO1 | RB_SECURE;
	answer->ttl_s = 300;
	answer->expires_ns = rb_clock_ns() + 300 * RB_NS_PER_S;
	publish(fixture, name, answer);
}

/* Otherwise: ede: no, the default, would not be kept, or an operator could not tell a refusal by
 * access-control from one for a missing RD, or from a failed validation. */
static void errors_say_why_where_ede_says_so(void **state)
{
	static const struct {
		const char *client;
		const char *name;
		uint16_t flags;
		ldns_pkt_rcode rcode;
		bool recursion; /* RA */
		int ede;
	} cases[] = {
		{"127.0.0.66", "a.local.example.", LDNS_RD, LDNS_RCODE_REFUSED, false, 18},
		{"127.0.0.66", "a.local.example.", 0, LDNS_RCODE_REFUSED, false, 18},
		{"127.0.0.66", "a.local.example.", LDNS_RD | LDNS_CD, LDNS_RCODE_REFUSED, false,
		 18},
		{"127.0.0.68", "x.hole.example.", LDNS_RD, LDNS_RCODE_REFUSED, false, 18},
		{"127.0.0.68", "bogus.hole.example.", LDNS_RD, LDNS_RCODE_REFUSED, false, 18},
		{"127.0.0.68", "a.local.example.", LDNS_RD, LDNS_RCODE_NOERROR, true, NO_EDE},
		{"127.0.0.1", "x.hole.example.", 0, LDNS_RCODE_REFUSED, true, 20},
		{"127.0.0.1", "x.hole.example.", LDNS_CD, LDNS_RCODE_REFUSED, true, 20},
		{"127.0.0.70", "x.hole.example.", 0, LDNS_RCODE_REFUSED, true, 20},
		{"127.0.0.70", "bogus.hole.example.", 0, LDNS_RCODE_SERVFAIL, true, 6},
		{"127.0.0.1", "bogus.hole.example.", LDNS_RD, LDNS_RCODE_SERVFAIL, true, 6},
		{"127.0.0.1", "a.local.example.", LDNS_RD, LDNS_RCODE_NOERROR, true, NO_EDE},
		{"127.0.0.1", "x.long.example.", LDNS_RD, LDNS_RCODE_YXDOMAIN, true, 0},
	};
	struct fixture *fixture = *state;

	publish_bogus(fixture, "bogus.hole.example.");
	for (int ede = 0; ede < 2; ede++) {
		fixture->config.ede = (bool)ede;
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			_cleanup_packet_ ldns_pkt *reply = ask(fixture, cases[i].client,
							       cases[i].name, cases[i].flags,
							       RB_CLASS_IN);

			if (ldns_pkt_get_rcode(reply) != cases[i].rcode ||
			    ldns_pkt_ra(reply) != cases[i].recursion ||
			    ede_of(reply) != (ede ? cases[i].ede : NO_EDE))
				fail_msg("%s asks for %s: rcode %d, RA %d, EDE %d", cases[i].client,
					 cases[i].name, ldns_pkt_get_rcode(reply),
					 ldns_pkt_ra(reply), ede_of(reply));
			assert_true(ldns_pkt_edns(reply));
			assert_true(ldns_pkt_aa(reply) || cases[i].rcode != LDNS_RCODE_YXDOMAIN);
		}
	}
	fixture->config.ede = false;
}

/* Otherwise: who checks for himself would be kept waiting for what is known, or denied it. */
static void checking_disabled_takes_from_the_table_all_but_errors(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_packet_ ldns_pkt *secure = NULL, *bogus = NULL;

	publish_secure(fixture, "secure.hole.example.");
	secure = ask(fixture, NULL, "secure.hole.example.", LDNS_RD | LDNS_CD | LDNS_AD,
		     RB_CLASS_IN);
	assert_int_equal(ldns_pkt_ancount(secure), 1);
	assert_int_equal(
		ldns_rdf_data(ldns_rr_a_address(ldns_rr_list_rr(ldns_pkt_answer(secure), 0)))[3],
		99);
	assert_true(ldns_pkt_ad(secure) && ldns_pkt_cd(secure));
	publish_bogus(fixture, "bogus.hole.example.");
	bogus = ask(fixture, NULL, "bogus.hole.example.", LDNS_RD | LDNS_CD, RB_CLASS_IN);
	assert_int_equal(ldns_pkt_get_rcode(bogus), LDNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_ancount(bogus), 1);
}

/* Otherwise: what was first asked with CD=1 would be unknown to who may look into the cache. */
static void what_checking_disabled_found_others_may_have(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_packet_ ldns_pkt *first = NULL, *snooped = NULL;

	first = ask(fixture, NULL, "first.hole.example.", LDNS_RD | LDNS_CD, RB_CLASS_IN);
	assert_int_equal(ldns_pkt_ancount(first), 1);
	snooped = ask(fixture, "127.0.0.70", "first.hole.example.", 0, RB_CLASS_IN);
	assert_int_equal(ldns_pkt_get_rcode(snooped), LDNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_ancount(snooped), 1);
}

/* Otherwise: what a validator has asked for would be unknown to who looks into the cache. */
static void what_is_stored_with_signatures_is_shown_without(void **state)
{
	enum { RR_BYTES = 16, SIG_BYTES = 12 + 19 };
	static const uint8_t records[RR_BYTES + SIG_BYTES] = {
		/* An address, and a signature of it: type A, by the root, until 2040. */
		0xc0, 12, 0, 1,  0,    1, 0, 0, 1,    44, 0, 4,  192, 0, 2,  99,
		0xc0, 12, 0, 46, 0,    1, 0, 0, 1,    44, 0, 19, 0,   1, 13, 3,
		0,    0,  1, 44, 0x84, 0, 0, 0, 0x40, 0,  0, 0,  0,   7, 0,
	};
	const struct fixture *fixture = *state;
	_cleanup_(rb_answer_freep) struct rb_answer *answer = rb_answer_new(sizeof(records), 2);
	_cleanup_packet_ ldns_pkt *snooped = NULL, *unknown = NULL;

	assert_non_null(answer);
	memcpy(answer->body, records, sizeof(records));
	answer->ttl_offsets[0] = 6;
	answer->ttl_offsets[1] = RR_BYTES + 6;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA;
	answer->ancount = 2;
	answer->traits = RB_SERVES_DO1 | RB_SECURE;
	answer->ttl_s = 300;
	answer->expires_ns = rb_clock_ns() + 300 * RB_NS_PER_S;
	publish(fixture, "signed.hole.example.", answer);
	snooped = ask(fixture, "127.0.0.70", "signed.hole.example.", LDNS_AD, RB_CLASS_IN);
	assert_int_equal(ldns_pkt_get_rcode(snooped), LDNS_RCODE_NOERROR);
	assert_int_equal(ldns_pkt_ancount(snooped), 1);
	assert_true(ldns_pkt_ad(snooped));
	unknown = ask(fixture, "127.0.0.1", "signed.hole.example.", 0, RB_CLASS_IN);
	assert_int_equal(ldns_pkt_get_rcode(unknown), LDNS_RCODE_REFUSED);
}

/* Otherwise: class ANY would be refused, or local data be given for it, neither as Unbound. */
static void class_any_is_answered_as_in_but_for_local_data(void **state)
{
	static const struct {
		const char *client;
		const char *name;
		uint16_t flags;
		ldns_pkt_rcode rcode;
	} cases[] = {
		{"127.0.0.68", "a.local.example.", LDNS_RD, LDNS_RCODE_REFUSED},
		{"127.0.0.1", "known.hole.example.", LDNS_RD, LDNS_RCODE_NOERROR},
		{"127.0.0.70", "known.hole.example.", 0, LDNS_RCODE_NOERROR},
		{"127.0.0.1", "known.hole.example.", 0, LDNS_RCODE_REFUSED},
		{"127.0.0.68", "known.hole.example.", LDNS_RD, LDNS_RCODE_REFUSED},
		{"127.0.0.1", "unknown.hole.example.", LDNS_RD, LDNS_RCODE_NOERROR},
		/* It is not known by that: the table is for class IN. */
		{"127.0.0.70", "unknown.hole.example.", 0, LDNS_RCODE_REFUSED},
	};
	const struct fixture *fixture = *state;

	publish_secure(fixture, "known.hole.example.");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_packet_ ldns_pkt *reply =
			ask(fixture, cases[i].client, cases[i].name, cases[i].flags, CLASS_ANY);
		const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(reply), 0);

		if (ldns_pkt_get_rcode(reply) != cases[i].rcode)
			fail_msg("%s asks for %s: rcode %d", cases[i].client, cases[i].name,
				 ldns_pkt_get_rcode(reply));
		assert_int_equal(ldns_pkt_ancount(reply), cases[i].rcode == LDNS_RCODE_NOERROR);
		assert_int_equal(ldns_rr_get_class(question), CLASS_ANY);
	}
	assert_false(hole_is_asked(fixture));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_say_why_where_ede_says_so),
		cmocka_unit_test(checking_disabled_takes_from_the_table_all_but_errors),
		cmocka_unit_test(what_checking_disabled_found_others_may_have),
		cmocka_unit_test(what_is_stored_with_signatures_is_shown_without),
		cmocka_unit_test(class_any_is_answered_as_in_but_for_local_data),
	};

	if (rb_resolver_is(argc, argv))
		return rb_resolver_main(argv);
	return cmocka_run_group_tests_name("what the server says", tests, setup, teardown);
}
