/* SPDX-License-Identifier: BSD-2-Clause */
/* What the XDP program answers from the table: every bit of the reply, decoded by ldns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "../kern/wire.h"
#include "lib/exchange.h"
#include "lib/frame.h"
#include "lib/program.h"
#include "lib/store.h"

#define WWW "www.example.com."
#define SOA                                                                                        \
	"example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 7 7200 3600 1209600 300"
#define RRSIG                                                                                       \
	"www.example.com. 300 IN RRSIG A 13 3 300 20300101000000 20200101000000 4711 example.com. " \
	"7Zgf2kQyVq4tbVh1p8uNVfbkuSWTwTKXcSeiuuMOPUi9uKyt4b0Cn3bXmLrc0Tz7rSMAHzlKJYo1gO+v4eZkCA=="

static struct program *loaded;

static int setup(void **state)
{
	loaded = program_load(&(struct program_opts){});
	*state = loaded;
	return 0;
}

static int teardown(void **state)
{
	program_free(*state);
	return 0;
}

/*
 * Otherwise: a hot name would not be answered, or not rightly, in some packaging of the question.
 */
static void address_is_answered_however_it_is_asked(void **state)
{
	static const struct ask asks[] = {
		{.name = WWW, .id = 1},
		{.name = WWW, .id = 0xffff, .edns = true},
		{.name = WWW, .edns = true, .dnssec_ok = true},
		{.name = WWW, .ipv6 = true},
		{.name = WWW, .client = "240.1.2.3"}, /* to Linux an address like others */
		{.name = WWW, .ipv6 = true, .edns = true, .udp_size = 4096},
		{.name = "wWw.ExAmPlE.cOm."},
		{.name = "WWW.EXAMPLE.COM.", .edns = true, .ipv6 = true},
		{.name = WWW, .pad_to = 80},
		{.name = WWW, .edns = true, .pad_to = 300},
		{.name = WWW, .set_flags = RB_FLAG_AD},
		{.name = WWW,
		 .edns = true,
		 .options = (const uint8_t *)"\0\x0a\0\x08"
					     "12345678",
		 .options_len = 12},
		{.name = WWW,
		 .edns = true,
		 .options = (const uint8_t *)"\0\x0c\0\0\0\x0b\0\0",
		 .options_len = 8},
	};
	static const struct store store = {
		.name = WWW, .type = 1, .answer = WWW " 300 IN A 192.0.2.80"};
	struct program *program = *state;

	assert_int_equal(store_publish(program_table(program), &store), 0);
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct ask ask = asks[i];
		ldns_pkt *reply;

		ask.type = 1;
		reply = exchange(program, &ask, RB_ANSWERED);
		exchange_assert_section(ldns_pkt_answer(reply), store.answer, 0);
		assert_false(ldns_pkt_aa(reply));
		assert_false(ldns_pkt_ad(reply));
		assert_false(ldns_pkt_cd(reply));
		assert_false(ldns_pkt_tc(reply));
		assert_int_equal(ldns_pkt_get_rcode(reply), 0);
		if (ask.edns) {
			assert_int_equal(ldns_pkt_edns_udp_size(reply), 1232);
			assert_int_equal(ldns_pkt_edns_do(reply), ask.dnssec_ok);
			assert_null(ldns_pkt_edns_data(reply));
		}
		ldns_pkt_free(reply);
	}
}

/* Otherwise: statistics by type and rcode would lack what the kernel answers, which is nearly all. */
static void what_is_answered_is_counted_by_kind(void **state)
{
	static const struct {
		struct ask ask;
		struct store store;
		enum rb_result result;
		unsigned int traits;
		unsigned int rcode; /* 16: the result says it */
	} cases[] = {
		{{.name = WWW, .type = 1},
		 {.name = WWW, .type = 1, .answer = WWW " 300 IN A 192.0.2.80"},
		 RB_ANSWERED,
		 0,
		 16},
		{{.name = WWW, .type = 28, .ipv6 = true, .edns = true, .dnssec_ok = true},
		 {.name = WWW, .type = 28, .dnssec_ok = true, .authority = SOA},
		 RB_NODATA,
		 RB_TRAIT_IPV6 | RB_TRAIT_EDNS | RB_TRAIT_EDNS_DO,
		 16},
		{{.name = "caa.example.com.", .type = 257, .set_flags = RB_FLAG_AD},
		 {.name = "caa.example.com.",
		  .type = 257,
		  .answer = "caa.example.com. 300 IN CAA 0 issue \"ca.example\""},
		 RB_ANSWERED,
		 RB_TRAIT_AD,
		 16},
		{{.name = "no.example.com.", .type = 16, .edns = true},
		 {.name = "no.example.com.", .type = 16, .rcode = RB_RCODE_REFUSED},
		 RB_ERROR,
		 RB_TRAIT_EDNS,
		 RB_RCODE_REFUSED},
	};
	struct program *program = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint16_t type = cases[i].ask.type;
		struct rb_counts before, after;

		assert_int_equal(store_publish(program_table(program), &cases[i].store), 0);
		program_counts(program, &before);
		ldns_pkt_free(exchange(program, &cases[i].ask, cases[i].result));
		program_counts(program, &after);
		before.counters[cases[i].result]++;
		before.types[type < RB_COUNTED_TYPES ? type : RB_COUNTED_TYPES]++;
		before.traits[cases[i].traits]++;
		if (cases[i].rcode < 16)
			before.rcodes[cases[i].rcode]++;
		assert_memory_equal(&before, &after, sizeof(after));
	}
}

struct kind {
	struct store store;
	enum rb_result result;
};

/* Otherwise: one kind of response would be handed over for ever, or come back changed. */
static void every_kind_of_response_is_answered(void **state)
{
	static const struct kind kinds[] = {
		{{.name = "six.example.com.",
		  .type = 28,
		  .answer = "six.example.com. 60 IN AAAA 2001:db8::80"},
		 RB_ANSWERED},
		{{.name = "chain.example.com.",
		  .type = 1,
		  .answer = "chain.example.com. 300 IN CNAME edge.cdn.example.net.\n"
			    "edge.cdn.example.net. 300 IN CNAME node7.edge.cdn.example.net.\n"
			    "node7.edge.cdn.example.net. 300 IN A 192.0.2.7\n"
			    "node7.edge.cdn.example.net. 300 IN A 192.0.2.8"},
		 RB_ANSWERED},
		{{.name = "nodata.example.com.", .type = 28, .authority = SOA}, RB_NODATA},
		{{.name = "gone.example.com.", .type = 1, .rcode = 3, .authority = SOA},
		 RB_NXDOMAIN},
		{{.name = "broken.example.com.", .type = 1, .rcode = 2}, RB_ERROR},
		{{.name = "example.com.",
		  .type = 15,
		  .answer = "example.com. 300 IN MX 10 mail.example.com.\n"
			    "example.com. 300 IN MX 20 mail2.example.com."},
		 RB_ANSWERED},
		{{.name = "_sip._udp.example.com.",
		  .type = 33,
		  .answer = "_sip._udp.example.com. 300 IN SRV 1 2 5060 sip.example.com."},
		 RB_ANSWERED},
		{{.name = "svc.example.com.",
		  .type = 65,
		  .answer = "svc.example.com. 300 IN TYPE65 \\# 3 000100"},
		 RB_ANSWERED},
		{{.name = ".",
		  .type = 2,
		  .answer = ". 3600 IN NS a.root.example.\n"
			    ". 3600 IN NS b.root.example."},
		 RB_ANSWERED},
		{{.name = "com.", .type = 6, .answer = "com. 900 IN SOA a. b. 1 2 3 4 5"},
		 RB_ANSWERED},
		{{.name = "a.b.c.d.e.f.g.h.example.com.",
		  .type = 16,
		  .answer = "a.b.c.d.e.f.g.h.example.com. 300 IN TXT \"x\" \"yz\""},
		 RB_ANSWERED},
		{{.name = "1.2.0.192.in-addr.arpa.",
		  .type = 12,
		  .answer = "1.2.0.192.in-addr.arpa. 300 IN PTR host.example.com."},
		 RB_ANSWERED},
	};
	struct program *program = *state;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct store *store = &kinds[i].store;

		assert_int_equal(store_publish(program_table(program), store), 0);
		for (int variant = 0; variant < 8; variant++) {
			struct ask ask = {.name = store->name,
					  .type = store->type,
					  .edns = variant & 1,
					  .dnssec_ok = variant & 1 && variant & 2,
					  .ipv6 = variant & 4};
			ldns_pkt *reply = exchange(program, &ask, kinds[i].result);

			assert_int_equal(ldns_pkt_get_rcode(reply), store->rcode);
			exchange_assert_section(ldns_pkt_answer(reply),
						store->answer ? store->answer : "", 0);
			assert_int_equal(ldns_rr_list_rr_count(ldns_pkt_authority(reply)),
					 store->authority ? 1 : 0);
			ldns_pkt_free(reply);
		}
	}
}

/* Otherwise: clients would keep an answer for longer than its owner allows. */
static void ttls_lose_the_age_of_the_record(void **state)
{
	static const struct store stores[] = {
		/* names of odd and even length: TTLs at odd and even offsets of the message */
		{.name = "age1.example.com.",
		 .type = 1,
		 .age_s = 100,
		 .answer = "age1.example.com. 300 IN A 192.0.2.1"},
		{.name = "age22.example.com.",
		 .type = 1,
		 .age_s = 200,
		 .answer = "age22.example.com. 300 IN A 192.0.2.1\n"
			   "age22.example.com. 300 IN A 192.0.2.2\n"
			   "age22.example.com. 300 IN A 192.0.2.3"},
		{.name = "age333.example.com.",
		 .type = 16,
		 .age_s = 70000,
		 .answer = "age333.example.com. 86400 IN TXT \"odd\"\n"
			   "age333.example.com. 86400 IN TXT \"even\"\n"
			   "age333.example.com. 86400 IN TXT \"odder\""},
	};
	struct program *program = *state;

	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++) {
		const struct store *store = &stores[i];

		assert_int_equal(store_publish(program_table(program), store), 0);
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			struct ask ask = {.name = store->name,
					  .type = store->type,
					  .ipv6 = ipv6,
					  .edns = true};
			ldns_pkt *reply = exchange(program, &ask, RB_ANSWERED);
			uint32_t full = store->age_s > 1000 ? 86400 : 300;

			exchange_assert_section(ldns_pkt_answer(reply), store->answer,
						full - store->age_s);
			ldns_pkt_free(reply);
		}
	}
}

/* Otherwise: an expired record, or one of another configuration, would still be served. */
static void nothing_leaves_after_expiry_or_a_new_epoch(void **state)
{
	static const struct store expired = {.name = "old.example.com.",
					     .type = 1,
					     .age_s = 301,
					     .answer = "old.example.com. 300 IN A 192.0.2.1"};
	static const struct store fresh = {.name = "new.example.com.",
					   .type = 1,
					   .answer = "new.example.com. 300 IN A 192.0.2.1"};
	const struct ask ask = {.name = fresh.name, .type = 1};
	struct program *program = *state;

	assert_int_equal(store_publish(program_table(program), &expired), 0);
	exchange(program, &(struct ask){.name = expired.name, .type = 1}, RB_EXPIRED);
	assert_int_equal(store_publish(program_table(program), &fresh), 0);
	ldns_pkt_free(exchange(program, &ask, RB_ANSWERED));
	rb_table_bump_epoch(program_table(program));
	exchange(program, &ask, RB_EXPIRED);
}

/* Otherwise: local data would age, or not be marked as authoritative. */
static void local_data_keeps_its_ttl_and_has_aa(void **state)
{
	static const struct store store = {.name = "local.example.com.",
					   .type = 1,
					   .age_s = 100,
					   .authoritative = true,
					   .answer = "local.example.com. 3600 IN A 192.0.2.1"};
	struct program *program = *state;
	ldns_pkt *reply;

	assert_int_equal(store_publish(program_table(program), &store), 0);
	reply = exchange(program, &(struct ask){.name = store.name, .type = 1}, RB_ANSWERED);
	exchange_assert_section(ldns_pkt_answer(reply), store.answer, 3600);
	assert_true(ldns_pkt_aa(reply));
	ldns_pkt_free(reply);
}

/* Otherwise: a stub would get signatures that it cannot use, a validator none; or AD unasked. */
static void signed_data_comes_in_two_variants_with_ad(void **state)
{
	static const struct store with = {.name = WWW,
					  .type = 1,
					  .dnssec_ok = true,
					  .secure = true,
					  .answer = WWW " 300 IN A 192.0.2.80\n" RRSIG};
	static const struct store without = {.name = WWW,
					     .type = 1,
					     .secure = true,
					     .answer = WWW " 300 IN A 192.0.2.80\n" RRSIG};
	struct ask ask = {.name = WWW, .type = 1, .edns = true};
	struct program *program = *state;
	ldns_pkt *reply;

	assert_int_equal(store_publish(program_table(program), &with), 0);
	exchange(program, &ask, RB_MISS);
	ask.dnssec_ok = true;
	reply = exchange(program, &ask, RB_ANSWERED);
	exchange_assert_section(ldns_pkt_answer(reply), with.answer, 0);
	assert_true(ldns_pkt_ad(reply));
	ldns_pkt_free(reply);

	assert_int_equal(store_publish(program_table(program), &without), 0);
	ask.dnssec_ok = false;
	reply = exchange(program, &ask, RB_ANSWERED);
	exchange_assert_section(ldns_pkt_answer(reply), WWW " 300 IN A 192.0.2.80", 0);
	assert_false(ldns_pkt_ad(reply));
	ldns_pkt_free(reply);
	ask.set_flags = RB_FLAG_AD;
	reply = exchange(program, &ask, RB_ANSWERED);
	assert_true(ldns_pkt_ad(reply));
	ldns_pkt_free(reply);
}

/* Otherwise: the reason of a failure would be lost, or break the OPT. */
static void extended_error_is_carried_where_the_client_has_edns(void **state)
{
	static const struct store store = {
		.name = "bogus.example.com.", .type = 1, .rcode = 2, .ede = 6 + 1};
	struct ask ask = {.name = store.name, .type = 1};
	struct program *program = *state;
	ldns_pkt *reply;

	assert_int_equal(store_publish(program_table(program), &store), 0);
	ldns_pkt_free(exchange(program, &ask, RB_ERROR));
	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		ask.edns = true;
		ask.ipv6 = ipv6;
		reply = exchange(program, &ask, RB_ERROR);
		assert_int_equal(ldns_pkt_get_rcode(reply), 2);
		assert_int_equal(ldns_rdf_size(ldns_pkt_edns_data(reply)), 6);
		assert_memory_equal(ldns_rdf_data(ldns_pkt_edns_data(reply)), "\0\x0f\0\2\0\6", 6);
		ldns_pkt_free(reply);
	}
}

/* Otherwise: long names would not be hot, or their last word be compared wrongly. */
static void names_of_every_length_are_answered(void **state)
{
	struct program *program = *state;
	char name[512];

	for (size_t len = 1; len <= 253; len++) {
		struct store store = {.name = name, .type = 28};
		char answer[768], other[512];
		ldns_pkt *reply;

		for (size_t i = 0; i < len; i++)
			name[i] = i % 50 == 49 && i + 1 < len ? '.' : (char)('a' + i % 26);
		name[len] = '.';
		name[len + 1] = '\0';
		snprintf(answer, sizeof(answer), "%s 300 IN AAAA 2001:db8::1", name);
		store.answer = answer;
		assert_int_equal(store_publish(program_table(program), &store), 0);
		reply = exchange(program, &(struct ask){.name = name, .type = 28}, RB_ANSWERED);
		exchange_assert_section(ldns_pkt_answer(reply), answer, 0);
		ldns_pkt_free(reply);
		/* and no name but that one */
		memcpy(other, name, sizeof(other));
		other[len - 1] = '-';
		exchange(program, &(struct ask){.name = other, .type = 28}, RB_MISS);
	}
}

/* Otherwise: replies to clients in a VLAN would leave without their tag. */
static void vlan_tags_come_back_as_they_came(void **state)
{
	static const struct store store = {
		.name = WWW, .type = 1, .answer = WWW " 300 IN A 192.0.2.80"};

	(void)state;
	for (unsigned int tags = 0; tags <= 2; tags++) {
		struct program *program = program_load(&(struct program_opts){.vlan_tags = tags});

		assert_int_equal(store_publish(program_table(program), &store), 0);
		for (unsigned int sent = 0; sent <= 2; sent++) {
			struct ask ask = {.name = WWW, .type = 1, .vlan_tags = sent, .edns = true};
			ldns_pkt *reply = exchange(program, &ask,
						   sent == tags ? RB_ANSWERED
						   : sent       ? RB_NOT_IP
								: RB_NOT_LOCAL);

			if (reply)
				ldns_pkt_free(reply);
		}
		program_free(program);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(address_is_answered_however_it_is_asked, setup,
						teardown),
		cmocka_unit_test_setup_teardown(every_kind_of_response_is_answered, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_answered_is_counted_by_kind, setup,
						teardown),
		cmocka_unit_test_setup_teardown(ttls_lose_the_age_of_the_record, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_leaves_after_expiry_or_a_new_epoch, setup,
						teardown),
		cmocka_unit_test_setup_teardown(local_data_keeps_its_ttl_and_has_aa, setup,
						teardown),
		cmocka_unit_test_setup_teardown(signed_data_comes_in_two_variants_with_ad, setup,
						teardown),
		cmocka_unit_test_setup_teardown(extended_error_is_carried_where_the_client_has_edns,
						setup, teardown),
		cmocka_unit_test_setup_teardown(names_of_every_length_are_answered, setup,
						teardown),
		cmocka_unit_test(vlan_tags_come_back_as_they_came),
	};

	return cmocka_run_group_tests_name("answers of the XDP program", tests, NULL, NULL);
}
