/* SPDX-License-Identifier: BSD-2-Clause */
/* What the XDP program leaves alone, hands over or drops, and that it then changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <string.h>

#include "../kern/wire.h"
#include "lib/frame.h"
#include "lib/program.h"
#include "lib/store.h"

#define WWW "www.example.com."

static const struct store stored = {.name = WWW, .type = 1, .answer = WWW " 300 IN A 192.0.2.80"};
static const struct store any_stored = {
	.name = WWW, .type = 255, .answer = WWW " 300 IN A 192.0.2.80"};

static int setup(void **state)
{
	struct program *program = program_load(&(struct program_opts){});

	assert_int_equal(store_publish(program_table(program), &stored), 0);
	assert_int_equal(store_publish(program_table(program), &any_stored), 0);
	*state = program;
	return 0;
}

static int teardown(void **state)
{
	program_free(*state);
	return 0;
}

static void expect(struct program *program, const struct frame *query, enum rb_result expected,
		   const char *what)
{
	struct frame after;
	enum rb_result result;
	int action = program_run(program, query, &after, &result);

	if (result != expected)
		fail_msg("%s: %s instead of %s", what, result_name(result), result_name(expected));
	assert_int_equal(action, rb_result_group(expected) == RB_GROUP_DROP ? XDP_DROP : XDP_PASS);
	assert_int_equal(after.len, query->len);
	assert_memory_equal(after.bytes, query->bytes, query->len);
}

/* Otherwise: the kernel would answer what only userspace understands, or answer it wrongly. */
static void queries_that_are_not_plain_are_handed_over(void **state)
{
	static const struct {
		struct ask ask;
		enum rb_result result;
	} cases[] = {
		{{.type = 28}, RB_MISS},
		{{.type = 1, .clear_flags = RB_FLAG_RD}, RB_HEADER},
		{{.type = 1, .set_flags = RB_FLAG_QR}, RB_HEADER},
		{{.type = 1, .set_flags = RB_FLAG_CD}, RB_HEADER},
		{{.type = 1, .set_flags = RB_FLAG_TC}, RB_HEADER},
		{{.type = 1, .set_flags = RB_FLAG_Z}, RB_HEADER},
		{{.type = 1, .set_flags = 0x0800}, RB_HEADER}, /* IQUERY */
		{{.type = 1, .set_flags = 0x2000}, RB_HEADER}, /* NOTIFY */
		{{.type = 1, .set_flags = RB_RCODE_REFUSED}, RB_HEADER},
		{{.type = 1, .qclass = 3}, RB_QUESTION},
		{{.type = 1, .qclass = 255}, RB_QUESTION},
		{{.type = 41}, RB_QUESTION},
		{{.type = 250}, RB_QUESTION}, /* TSIG */
		{{.type = 252}, RB_QUESTION}, /* AXFR */
		{{.type = 255}, RB_QUESTION}, /* ANY */
		{{.type = 1, .edns = true, .edns_version = 1}, RB_ADDITIONAL},
		{{.type = 1, .trailing = 1}, RB_QUESTION},
		{{.type = 1, .edns = true, .trailing = 3}, RB_ADDITIONAL},
		{{.type = 1, .edns = true, .options = (const uint8_t *)"\0\x0a", .options_len = 2},
		 RB_ADDITIONAL},
		{{.type = 1,
		  .edns = true,
		  .options = (const uint8_t *)"\0\x0a\0\x09"
					      "12345678",
		  .options_len = 12},
		 RB_ADDITIONAL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int variant = 0; variant < 2; variant++) {
			struct ask ask = cases[i].ask;
			struct frame query;
			char what[32];

			ask.name = WWW;
			ask.ipv6 = variant;
			frame_query(&ask, &query);
			snprintf(what, sizeof(what), "case %zu", i);
			expect(*state, &query, cases[i].result, what);
		}
	}
}

/* A byte of the frame that is changed, and how the packet then ends. */
struct twist {
	const char *what;
	size_t offset;
	uint8_t value;
	enum rb_result result;
};

/* Otherwise: packets that are not ours, or no ordinary datagrams, would be taken from the stack. */
static void packets_that_are_not_ours_pass(void **state)
{
	static const struct twist ipv4[] = {
		{"another machine's MAC", 5, 0x54, RB_NOT_MAC},
		{"broadcast MAC", 0, 0xff, RB_NOT_MAC},
		{"ARP", 13, 0x06, RB_NOT_IP},
		{"IP options", 14, 0x46, RB_IP_ODD},
		{"more fragments", 20, 0x20, RB_IP_ODD},
		{"fragment offset", 21, 0x01, RB_IP_ODD},
		{"TCP", 23, 6, RB_NOT_UDP},
		{"ICMP", 23, 1, RB_NOT_UDP},
		{"another address", 33, 54, RB_NOT_LOCAL},
		{"another port", 37, 54, RB_NOT_LOCAL},
		{"IP length too short", 17, 30, RB_IP_ODD},
		{"IP length too long", 16, 4, RB_IP_ODD},
		{"UDP length too short", 39, 7, RB_IP_ODD},
		{"UDP length too long", 38, 4, RB_IP_ODD},
	};
	static const struct twist ipv6[] = {
		{"fragment header", 20, 44, RB_NOT_UDP},
		{"another address", 53, 0x54, RB_NOT_LOCAL},
		{"another port", 57, 54, RB_NOT_LOCAL},
		{"payload length", 19, 1, RB_IP_ODD},
		{"UDP length", 59, 200, RB_IP_ODD},
	};

	for (int version = 0; version < 2; version++) {
		const struct twist *twists = version ? ipv6 : ipv4;
		size_t count = version ? sizeof(ipv6) / sizeof(ipv6[0])
				       : sizeof(ipv4) / sizeof(ipv4[0]);

		for (size_t i = 0; i < count; i++) {
			struct frame query;

			frame_query(&(struct ask){.name = WWW, .type = 1, .ipv6 = version}, &query);
			query.bytes[twists[i].offset] = twists[i].value;
			if (!version)
				frame_sum_ipv4(&query);
			expect(*state, &query, twists[i].result, twists[i].what);
		}
	}
}

/*
 * Otherwise: whoever is on the link would be answered as localhost, or as us, or with another's
 * bits.
 */
static void what_linux_would_drop_is_dropped(void **state)
{
	static const struct {
		const char *client;
		bool ipv6;
	} sources[] = {
		{"0.1.2.3", false},
		{"127.0.0.1", false},
		{"224.0.0.251", false},
		{"239.255.255.255", false},
		{"255.255.255.255", false},
		{"192.0.2.255", false},
		{"192.0.2.53", false},
		{"::", true},
		{"::1", true},
		{"::192.0.2.1", true},
		{"::ffff:127.0.0.1", true},
		{"::ffff:192.0.2.1", true},
		{"ff02::1", true},
		{"2001:db8::53", true},
	};
	struct frame query;

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		const struct ask ask = {.name = WWW,
					.type = 1,
					.client = sources[i].client,
					.ipv6 = sources[i].ipv6};

		frame_query(&ask, &query);
		expect(*state, &query, RB_SOURCE, sources[i].client);
		/* A frame that a bridge hands to another station is none of our business. */
		query.bytes[5] ^= 1;
		expect(*state, &query, RB_NOT_MAC, sources[i].client);
	}
	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		frame_query(&(struct ask){.name = WWW, .type = 1, .ipv6 = ipv6}, &query);
		memset(query.bytes + 6, 0xff, 6);
		expect(*state, &query, RB_SOURCE_MAC, "broadcast MAC");
		memcpy(query.bytes + 6, "\x01\x00\x5e\x00\x00\xfb", 6);
		expect(*state, &query, RB_SOURCE_MAC, "multicast MAC");
	}
	frame_query(&(struct ask){.name = WWW, .type = 1, .ipv6 = true}, &query);
	memset(query.bytes + 60, 0, 2);
	expect(*state, &query, RB_NO_CHECKSUM, "IPv6 without a checksum");
}

/* Otherwise: a damaged header would be believed. One bit always shows in a sum. */
static void no_damaged_header_is_believed(void **state)
{
	const struct ask ask = {.name = WWW, .type = 1};
	struct frame query, damaged, after;
	enum rb_result result;

	frame_query(&ask, &query);
	for (size_t bit = 0; bit < 20 * 8; bit++) {
		damaged = query;
		damaged.bytes[14 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		program_run(*state, &damaged, &after, &result);
		assert_true(result == RB_IP_CHECKSUM || rb_result_group(result) == RB_GROUP_PASS);
	}
}

/* Otherwise: a shortened packet would be read past its end, or answered. */
static void no_prefix_of_a_query_is_answered(void **state)
{
	struct frame query, cut, after;
	enum rb_result result;

	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		frame_query(&(struct ask){.name = WWW, .type = 1, .edns = true, .ipv6 = ipv6 == 1},
			    &query);
		for (cut = query, cut.len = 14; cut.len < query.len; cut.len++) {
			assert_int_equal(program_run(*state, &cut, &after, &result), XDP_PASS);
			assert_int_equal(rb_result_group(result), RB_GROUP_PASS);
		}
	}
}

/*
 * Otherwise: a message that ends early within its datagram would be completed from what lies
 * behind.
 */
static void no_prefix_of_a_message_is_answered(void **state)
{
	const struct ask ask = {.name = WWW, .type = 1};
	size_t dns = frame_dns_offset(&ask);
	struct frame query, after;
	enum rb_result result;

	frame_query(&ask, &query);
	for (size_t len = 0; dns + len < query.len; len++) {
		struct frame cut = query;

		cut.bytes[17] = (uint8_t)(28 + len);
		cut.bytes[39] = (uint8_t)(8 + len);
		frame_sum_ipv4(&cut);
		assert_int_equal(program_run(*state, &cut, &after, &result), XDP_PASS);
		assert_int_equal(rb_result_group(result), RB_GROUP_HANDOVER);
	}
}

/* Otherwise: a record that a dead writer left half written would be sent. */
static void a_record_that_is_being_written_is_not_read(void **state)
{
	struct rb_table *table = program_table(*state);
	struct frame query;
	struct rb_record *record;

	frame_query(&(struct ask){.name = WWW, .type = 1}, &query);
	for (uint32_t i = 0; i < table->tiers[RB_SMALL].buckets * RB_WAYS; i++) {
		record = (void *)(table->tiers[RB_SMALL].records + i * RB_SMALL_BYTES);
		record->seq |= 1;
	}
	expect(*state, &query, RB_BUSY, "odd sequence");
}

/* Otherwise: a record would answer a question that it is not the answer to. */
static void a_tag_alone_proves_nothing(void **state)
{
	struct rb_table *table = program_table(*state);
	struct frame query;

	frame_query(&(struct ask){.name = WWW, .type = 1}, &query);
	for (uint32_t i = 0; i < table->tiers[RB_SMALL].buckets * RB_WAYS; i++) {
		struct rb_record *record =
			(void *)(table->tiers[RB_SMALL].records + i * RB_SMALL_BYTES);

		if (record->qname_len)
			((uint8_t *)record)[RB_SMALL_BYTES - record->qname_len + 1] ^= 1;
	}
	expect(*state, &query, RB_COLLISION, "another name");
}

/* Otherwise: replies would be sent where they are lost. */
static void without_egress_everything_is_handed_over(void **state)
{
	struct program *program = program_load(&(struct program_opts){.no_egress = true});
	struct frame query;

	(void)state;
	assert_int_equal(store_publish(program_table(program), &stored), 0);
	frame_query(&(struct ask){.name = WWW, .type = 1}, &query);
	expect(program, &query, RB_NO_EGRESS, "no egress");
	program_free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(queries_that_are_not_plain_are_handed_over, setup,
						teardown),
		cmocka_unit_test_setup_teardown(packets_that_are_not_ours_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(what_linux_would_drop_is_dropped, setup, teardown),
		cmocka_unit_test_setup_teardown(no_damaged_header_is_believed, setup, teardown),
		cmocka_unit_test_setup_teardown(no_prefix_of_a_query_is_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(no_prefix_of_a_message_is_answered, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_record_that_is_being_written_is_not_read, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_tag_alone_proves_nothing, setup, teardown),
		cmocka_unit_test(without_egress_everything_is_handed_over),
	};

	return cmocka_run_group_tests_name("hand-over by the XDP program", tests, NULL, NULL);
}
