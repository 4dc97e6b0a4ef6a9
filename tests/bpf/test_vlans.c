/* SPDX-License-Identifier: BSD-2-Clause */
/* One program on a trunk: the addresses of several VLANs and of the interface below them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "lib/program.h"
#include "lib/store.h"

#define WWW      "www.example."
#define TAGS_MAX 3

/* A frame as it comes in on the trunk, and how it ends. */
struct arrival {
	const char *what;
	uint32_t tags[TAGS_MAX]; /* protocol << 16 | id, outermost first */
	unsigned int tag_count;
	const char *mac;
	uint8_t host; /* of 192.0.2.0/24 */
	enum rb_result result;
};

#define Q(id)        (0x81000000U | (id))
#define AD(id)       (0x88a80000U | (id))
#define UNTAGGED     .tag_count = 0
#define TAGS(n, ...) .tags = {__VA_ARGS__}, .tag_count = (n)

static void frame_make(const struct arrival *arrival, struct frame *frame)
{
	struct frame plain;

	frame_query(&(struct ask){.name = WWW, .type = 1, .edns = true}, &plain);
	memcpy(plain.bytes, arrival->mac, 6);
	plain.bytes[14 + 19] = arrival->host;
	memcpy(frame->bytes, plain.bytes, 12);
	frame->len = 12;
	for (unsigned int i = 0; i < arrival->tag_count; i++) {
		uint8_t *tag = frame->bytes + frame->len;

		tag[0] = (uint8_t)(arrival->tags[i] >> 24);
		tag[1] = (uint8_t)(arrival->tags[i] >> 16);
		tag[2] = (uint8_t)(arrival->tags[i] >> 8 | 0x60);
		tag[3] = (uint8_t)arrival->tags[i];
		frame->len += 4;
	}
	memcpy(frame->bytes + frame->len, plain.bytes + 12, plain.len - 12);
	frame->len += plain.len - 12;
	frame_sum_ipv4(frame);
}

/* What comes back has the same tags, from the MAC that was asked to the one that asked. */
static void check_reply(const struct arrival *arrival, const struct frame *query,
			const struct frame *reply)
{
	struct ask ask = {.name = WWW, .type = 1, .edns = true, .vlan_tags = arrival->tag_count};
	struct frame in = *query, out = *reply;
	ldns_pkt *packet;

	assert_memory_equal(out.bytes + 6, arrival->mac, 6);
	memcpy(out.bytes + 6, FRAME_SERVER_MAC, 6);
	packet = frame_decode_reply(&in, &out, &ask);
	assert_int_equal(ldns_pkt_ancount(packet), 1);
	ldns_pkt_free(packet);
}

static void check(struct program *program, const struct arrival *arrival)
{
	struct frame query, reply;
	enum rb_result result;
	int action;

	frame_make(arrival, &query);
	action = program_run(program, &query, &reply, &result);
	if (result != arrival->result)
		fail_msg("%s: %s instead of %s", arrival->what, result_name(result),
			 result_name(arrival->result));
	if (result == RB_ANSWERED) {
		assert_int_equal(action, XDP_TX);
		check_reply(arrival, &query, &reply);
		return;
	}
	assert_int_equal(action, XDP_PASS);
	assert_int_equal(reply.len, query.len);
	assert_memory_equal(reply.bytes, query.bytes, query.len);
}

/*
 * Otherwise: a VLAN would be answered from another's resolver, or a guest's DNS that crosses by us.
 */
static void each_vlan_is_answered_for_its_own_addresses_alone(void **state)
{
	static const struct arrival arrivals[] = {
		{"no tag", UNTAGGED, FRAME_SERVER_MAC, 53, RB_ANSWERED},
		{"VLAN 10", TAGS(1, Q(10)), PROGRAM_VLAN_MAC, 54, RB_ANSWERED},
		{"VLAN 30", TAGS(1, Q(30)), FRAME_SERVER_MAC, 55, RB_ANSWERED},
		{"VLAN 20 in 10", TAGS(2, AD(10), Q(20)), FRAME_SERVER_MAC, 53, RB_ANSWERED},
		{"VLAN 10's without a tag", UNTAGGED, PROGRAM_VLAN_MAC, 54, RB_NOT_LOCAL},
		{"VLAN 30's in VLAN 10", TAGS(1, Q(10)), PROGRAM_VLAN_MAC, 55, RB_NOT_LOCAL},
		{"VLAN 10's in VLAN 30", TAGS(1, Q(30)), FRAME_SERVER_MAC, 54, RB_NOT_LOCAL},
		{"the untagged one in VLAN 30", TAGS(1, Q(30)), FRAME_SERVER_MAC, 53, RB_NOT_LOCAL},
		{"VLAN 10's in 20 in 10", TAGS(2, AD(10), Q(20)), FRAME_SERVER_MAC, 54,
		 RB_NOT_LOCAL},
		{"a VLAN of nobody's", TAGS(1, Q(20)), FRAME_SERVER_MAC, 53, RB_NOT_IP},
		{"service VLAN 10 alone", TAGS(1, AD(10)), FRAME_SERVER_MAC, 53, RB_NOT_IP},
		{"customer VLAN 10", TAGS(2, Q(10), Q(20)), FRAME_SERVER_MAC, 53, RB_NOT_IP},
		{"the tags the other way round", TAGS(2, Q(20), AD(10)), FRAME_SERVER_MAC, 53,
		 RB_NOT_IP},
		{"three tags", TAGS(3, AD(10), Q(20), Q(10)), FRAME_SERVER_MAC, 53, RB_NOT_IP},
	};
	struct program *program = *state;

	for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]); i++)
		check(program, &arrivals[i]);
}

/* Otherwise: frames that a switch floods would be answered for somebody else. */
static void a_vlan_is_answered_at_its_own_mac(void **state)
{
	static const struct arrival arrivals[] = {
		{"the parent's MAC", TAGS(1, Q(10)), FRAME_SERVER_MAC, 54, RB_NOT_MAC},
		{"another VLAN's", TAGS(1, Q(30)), PROGRAM_VLAN_MAC, 55, RB_NOT_MAC},
		{"a VLAN's without a tag", UNTAGGED, PROGRAM_VLAN_MAC, 53, RB_NOT_MAC},
	};
	struct program *program = *state;

	for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]); i++)
		check(program, &arrivals[i]);
}

/*
 * Otherwise: a switch that tags priorities (802.1p) would cost those clients the kernel's answers.
 */
static void a_priority_tag_belongs_to_no_vlan(void **state)
{
	static const struct arrival arrivals[] = {
		{"priority alone", TAGS(1, Q(0)), FRAME_SERVER_MAC, 53, RB_ANSWERED},
		{"priority before VLAN 30", TAGS(2, Q(0), Q(30)), FRAME_SERVER_MAC, 55,
		 RB_ANSWERED},
	};
	struct program *program = *state;

	for (size_t i = 0; i < sizeof(arrivals) / sizeof(arrivals[0]); i++)
		check(program, &arrivals[i]);
}

static int setup(void **state)
{
	static const struct store store = {
		.name = WWW, .type = 1, .answer = WWW " 300 IN A 192.0.2.80"};
	struct program *program = program_load(&(struct program_opts){.trunk = true});

	assert_int_equal(store_publish(program_table(program), &store), 0);
	*state = program;
	return 0;
}

static int teardown(void **state)
{
	program_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_vlan_is_answered_for_its_own_addresses_alone),
		cmocka_unit_test(a_vlan_is_answered_at_its_own_mac),
		cmocka_unit_test(a_priority_tag_belongs_to_no_vlan),
	};

	return cmocka_run_group_tests_name("VLANs of one trunk", tests, setup, teardown);
}
