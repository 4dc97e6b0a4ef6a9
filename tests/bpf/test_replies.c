/* SPDX-License-Identifier: BSD-2-Clause */
/* What replies of the XDP program say of errors, and what they leave out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "lib/exchange.h"
#include "lib/frame.h"
#include "lib/program.h"
#include "lib/store.h"
#include "policy/acl.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define STALE_NS (1000 * RB_NS_PER_S)
#define SOA                                                                                        \
	"example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 7 7200 3600 1209600 300"

enum {
	NO_EDE = -1,
	EDE_BYTES = 6,
};

static const struct store stores[] = {
	{.name = "www.example.com.", .type = 1, .answer = "www.example.com. 300 IN A 192.0.2.80"},
	{.name = "bogus.example.com.", .type = 1, .rcode = 2, .ede = RB_EDE_BOGUS + 1},
	{.name = "stale.example.com.",
	 .type = 1,
	 .age_s = 310,
	 .answer = "stale.example.com. 300 IN A 192.0.2.81"},
	{.name = "stale-nodata.example.com.", .type = 1, .age_s = 310, .authority = SOA},
	{.name = "stale-gone.example.com.", .type = 1, .rcode = 3, .age_s = 310, .authority = SOA},
};

/* 192.0.2.0/24 may ask, but for .66. */
static const struct rb_acl_rule rules[] = {
	{{[10] = 0xff, 0xff, 192, 0, 2}, 120, RB_ACL_ALLOW, 0, false, false},
	{{[10] = 0xff, 0xff, 192, 0, 2, 66}, 128, RB_ACL_REFUSE, 0, false, false},
};

static struct program *program_open(const struct program_opts *opts)
{
	struct program *program = program_load(opts);

	program_table(program)->stale_ns = opts->stale_ns;
	for (size_t i = 0; i < ARRAY_SIZE(stores); i++)
		assert_int_equal(store_publish(program_table(program), &stores[i]), 0);
	return program;
}

static int ede_of(const ldns_pkt *reply)
{
	const ldns_rdf *options = ldns_pkt_edns_data(reply);
	const uint8_t *bytes;

	if (!options)
		return NO_EDE;
	assert_int_equal(ldns_rdf_size(options), EDE_BYTES);
	bytes = ldns_rdf_data(options);
	assert_memory_equal(bytes, "\0\x0f\0\2", 4);
	return bytes[4] << 8 | bytes[5];
}

/* Otherwise: Unbound's default, ede: no, would not be kept, or operators could not find a fault. */
static void extended_errors_are_named_as_the_configuration_says(void **state)
{
	static const struct {
		const char *name;
		const char *client;
		enum rb_result result;
		int with_both, with_ede; /* info codes; with ede: no there is none */
	} cases[] = {
		{"www.example.com.", NULL, RB_ANSWERED, NO_EDE, NO_EDE},
		{"bogus.example.com.", NULL, RB_ERROR, 6, 6},
		{"stale.example.com.", NULL, RB_STALE, 3, NO_EDE},
		{"stale-nodata.example.com.", NULL, RB_STALE, 3, NO_EDE},
		{"stale-gone.example.com.", NULL, RB_STALE, 19, NO_EDE},
		{"www.example.com.", "192.0.2.66", RB_REFUSED, 18, 18},
	};
	struct rb_acl *acl;

	assert_int_equal(rb_acl_new(rules, ARRAY_SIZE(rules), &acl), 0);
	for (unsigned int said = 0; said < 4; said++) {
		struct program *program = program_open(
			&(struct program_opts){.use_acl = true,
					       .stale_ns = STALE_NS,
					       .no_ede = !(said & RB_EDE_SAYS),
					       .no_stale_ede = !(said & RB_EDE_SAYS_STALE)});

		*state = program;
		assert_int_equal(rb_acl_load(acl, program_acl_fd(program), PROGRAM_ACL_EPOCH), 0);
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			const struct ask ask = {.name = cases[i].name,
						.type = 1,
						.edns = true,
						.client = cases[i].client};
			ldns_pkt *reply = exchange(program, &ask, cases[i].result);
			int expected = said & RB_EDE_SAYS_STALE ? cases[i].with_both
								: cases[i].with_ede;

			assert_int_equal(ede_of(reply), said & RB_EDE_SAYS ? expected : NO_EDE);
			assert_int_equal(ldns_pkt_ra(reply), cases[i].result != RB_REFUSED);
			ldns_pkt_free(reply);
		}
		program_free(program);
		*state = NULL;
	}
	rb_acl_free(acl);
}

/* Otherwise: an answer that fits would be withheld for the sake of a remark on it. */
static void an_extended_error_takes_the_room_that_records_leave(void **state)
{
	struct program *program = program_open(&(struct program_opts){.stale_ns = STALE_NS});
	unsigned int with = 0, without = 0, truncated = 0;

	*state = program;
	for (unsigned int len = 1; len < 80; len++) {
		struct ask ask = {.type = 16, .edns = true, .udp_size = 512};
		char name[40], line[600];
		struct store store = {.name = name, .type = 16, .answer = line, .age_s = 310};
		size_t whole = 12 + 4 + 11 + 12 + 2 * 201 + 1 + len;
		ldns_pkt *reply;

		snprintf(name, sizeof(name), "txt%02u.example.com.", len);
		whole += strlen(name) + 1;
		snprintf(line, sizeof(line), "%s 300 IN TXT \"%0200d\" \"%0200d\" \"%0*d\"", name,
			 0, 0, (int)len, 0);
		assert_int_equal(store_publish(program_table(program), &store), 0);
		ask.name = name;
		reply = exchange(program, &ask, whole > 512 ? RB_TRUNCATED : RB_STALE);
		assert_int_equal(ldns_pkt_tc(reply), whole > 512);
		assert_int_equal(ldns_pkt_ancount(reply), whole <= 512);
		assert_int_equal(ede_of(reply),
				 whole <= 512 && whole + EDE_BYTES > 512 ? NO_EDE : 3);
		with += whole + EDE_BYTES <= 512;
		without += whole <= 512 && whole + EDE_BYTES > 512;
		truncated += whole > 512;
		ldns_pkt_free(reply);
	}
	assert_true(with && without == EDE_BYTES && truncated);
	program_free(program);
	*state = NULL;
}

/* Otherwise: whoever asks for the root's servers without EDNS would have to come back by TCP. */
static void glue_that_does_not_fit_is_left_to_userspace(void **state)
{
	static const char glue[] = "ns.example.net. 300 IN AAAA 2001:db8::1\n"
				   "ns.example.net. 300 IN AAAA 2001:db8::2";
	struct program *program = program_open(&(struct program_opts){});
	char line[600];
	struct store store = {.name = "big.example.com.", .type = 16, .answer = line};
	struct ask ask = {.name = store.name, .type = 16};

	*state = program;
	snprintf(line, sizeof(line), "%s 300 IN TXT \"%0200d\" \"%0200d\"", store.name, 0, 0);
	store.additional = glue;
	assert_int_equal(store_publish(program_table(program), &store), 0);
	exchange(program, &ask, RB_TOO_LONG);
	ask.edns = true;
	ldns_pkt_free(exchange(program, &ask, RB_ANSWERED));
	ask.edns = false;
	store.additional = NULL;
	assert_int_equal(store_publish(program_table(program), &store), 0);
	ldns_pkt_free(exchange(program, &ask, RB_ANSWERED));
	snprintf(line, sizeof(line), "%s 300 IN TXT \"%0250d\" \"%0250d\"", store.name, 0, 0);
	assert_int_equal(store_publish(program_table(program), &store), 0);
	ldns_pkt_free(exchange(program, &ask, RB_TRUNCATED));
	program_free(program);
	*state = NULL;
}

/*
 * Otherwise: each reply that says TC=1 for a large set would cost userspace a question of its own.
 */
static void what_no_record_holds_is_truncated_all_the_same(void **state)
{
	static const struct {
		bool edns;
		uint16_t udp_size;
		enum rb_result result;
	} cases[] = {
		{false, 0, RB_TRUNCATED}, {true, 1232, RB_TRUNCATED}, {true, 1649, RB_TRUNCATED},
		{true, 1650, RB_MISS},    {true, 4096, RB_MISS},
	};
	struct program *program = program_open(&(struct program_opts){.max_udp_size = 4096});
	struct rb_table *table = program_table(program);
	char line[2000];
	struct store store = {.name = "big.example.com.", .type = 16, .answer = line};
	struct ask ask = {.name = store.name, .type = 16};

	*state = program;
	/* 12 + 17 + 4 to the question, 12 + 6 * 251 + 88 of the record, 11 of the OPT: 1650 bytes. */
	snprintf(line, sizeof(line),
		 "%s 300 IN TXT \"%0250d\" \"%0250d\" \"%0250d\" \"%0250d\" \"%0250d\" "
		 "\"%0250d\" \"%087d\"",
		 store.name, 0, 0, 0, 0, 0, 0, 0);
	assert_int_equal(store_publish(table, &store), -EMSGSIZE);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ldns_pkt *reply;

		ask.edns = cases[i].edns;
		ask.udp_size = cases[i].udp_size;
		reply = exchange(program, &ask, cases[i].result);
		if (reply) {
			assert_true(ldns_pkt_tc(reply));
			assert_int_equal(ldns_pkt_ancount(reply), 0);
			assert_int_equal(ldns_pkt_get_rcode(reply), LDNS_RCODE_NOERROR);
			ldns_pkt_free(reply);
		}
	}
	ask = (struct ask){.name = store.name, .type = 16};
	store.additional = "ns.example.net. 300 IN AAAA 2001:db8::1";
	assert_int_equal(store_publish(table, &store), -EMSGSIZE);
	exchange(program, &ask, RB_TOO_LONG);
	store.additional = NULL;
	store.age_s = 310;
	assert_int_equal(store_publish(table, &store), -EMSGSIZE);
	exchange(program, &ask, RB_EXPIRED);
	store.age_s = 0;
	store.answer = "big.example.com. 300 IN TXT \"small\"";
	assert_int_equal(store_publish(table, &store), 0);
	ldns_pkt_free(exchange(program, &ask, RB_ANSWERED));
	program_free(program);
	*state = NULL;
}

/* Also after a failure: a table outlives its process. */
static int teardown(void **state)
{
	if (*state)
		program_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(extended_errors_are_named_as_the_configuration_says,
					  teardown),
		cmocka_unit_test_teardown(an_extended_error_takes_the_room_that_records_leave,
					  teardown),
		cmocka_unit_test_teardown(glue_that_does_not_fit_is_left_to_userspace, teardown),
		cmocka_unit_test_teardown(what_no_record_holds_is_truncated_all_the_same, teardown),
	};

	return cmocka_run_group_tests_name("what replies say", tests, NULL, NULL);
}
