/* SPDX-License-Identifier: BSD-2-Clause */
/* How a record ages in the kernel: when its refresh is asked for, and what it says past its expiry.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "../kern/wire.h"
#include "lib/exchange.h"
#include "lib/store.h"
#include "util/clock.h"

#define NAME "hot.example.com."

static uint64_t refreshes(struct program *program)
{
	uint64_t counters[RB_COUNTER_COUNT];

	program_counters(program, counters);
	return counters[RB_EVENT_REFRESH];
}

/* A record of NAME so old, in seconds of its 1000. */
static void publish_aged(struct program *program, uint32_t age_s)
{
	const struct store store = {.name = NAME,
				    .type = 1,
				    .answer = NAME " 1000 IN A 192.0.2.1\n" NAME
						   " 1000 IN A 192.0.2.2",
				    .age_s = age_s};

	assert_int_equal(store_publish(program_table(program), &store), 0);
}

static void ask_once(struct program *program, enum rb_result expected)
{
	ldns_pkt *reply = exchange(program, &(struct ask){.name = NAME, .type = 1}, expected);

	if (reply)
		ldns_pkt_free(reply);
}

/*
 * Otherwise: names would be refreshed for nothing, or too late, or as often as they are asked for.
 */
static void refresh_is_asked_for_once_in_the_last_tenth(void **state)
{
	static const struct {
		uint32_t age_s;
		uint64_t asked;
	} cases[] = {{0, 0}, {500, 0}, {898, 0}, {902, 1}, {990, 1}};
	struct program *program = program_load(&(struct program_opts){.prefetch = true});

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t before = refreshes(program);

		publish_aged(program, cases[i].age_s);
		for (int times = 0; times < 5; times++)
			ask_once(program, RB_ANSWERED);
		assert_int_equal(refreshes(program) - before, cases[i].asked);
	}
	program_free(program);
}

/* Otherwise: what nobody wants refreshed would be. */
static void without_prefetch_nothing_is_asked_for(void **state)
{
	struct program *program = program_load(&(struct program_opts){});

	(void)state;
	publish_aged(program, 990);
	ask_once(program, RB_ANSWERED);
	publish_aged(program, 1001);
	ask_once(program, RB_EXPIRED);
	assert_int_equal(refreshes(program), 0);
	program_free(program);
}

/*
 * Otherwise: an outage would silence hot names, or they would be served for ever, or as if fresh.
 */
static void expired_records_answer_within_their_window(void **state)
{
	struct program *program =
		program_load(&(struct program_opts){.stale_ns = 10 * RB_NS_PER_S});
	ldns_pkt *reply;

	(void)state;
	for (int ipv6 = 0; ipv6 < 2; ipv6++) {
		struct ask ask = {.name = NAME, .type = 1, .edns = true, .ipv6 = ipv6 == 1};

		publish_aged(program, 1001);
		reply = exchange(program, &ask, RB_STALE);
		exchange_assert_section(ldns_pkt_answer(reply),
					NAME " 1 IN A 192.0.2.1\n" NAME " 1 IN A 192.0.2.2", 30);
		assert_memory_equal(ldns_rdf_data(ldns_pkt_edns_data(reply)), "\0\x0f\0\2\0\3", 6);
		ldns_pkt_free(reply);
		ask.edns = false;
		reply = exchange(program, &ask, RB_STALE);
		ldns_pkt_free(reply);
	}
	assert_int_equal(refreshes(program), 2); /* one for each record published */
	publish_aged(program, 1000 + 8);
	ask_once(program, RB_STALE);
	publish_aged(program, 1000 + 12);
	ask_once(program, RB_EXPIRED);
	program_free(program);
}

/*
 * Otherwise: serve-expired would give what nobody can validate any more, or clients would keep it.
 */
static void stale_records_end_with_their_signatures(void **state)
{
	static const struct {
		uint32_t signed_s, past_s;
		enum rb_result result;
	} cases[] = {
		/* Clients keep it for 30 s. */
		{64, 5, RB_STALE},     {64, 32, RB_STALE},  {64, 36, RB_EXPIRED},
		{64, 70, RB_EXPIRED},  {29, 1, RB_EXPIRED}, {0, 100, RB_STALE},
		{5000, 100, RB_STALE},
	};
	struct program *program = program_load(&(struct program_opts){.stale_ns = UINT64_MAX});

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct store store = {.name = NAME,
					    .type = 1,
					    .answer = NAME " 10 IN A 192.0.2.1",
					    .secure = true,
					    .signed_s = cases[i].signed_s,
					    .age_s = 10 + cases[i].past_s};

		assert_int_equal(store_publish(program_table(program), &store), 0);
		ask_once(program, cases[i].result);
	}
	program_free(program);
}

/* Otherwise: a failure of yesterday, or local data that was taken away, would be served today. */
static void errors_and_local_data_are_never_stale(void **state)
{
	static const struct store error = {.name = NAME, .type = 1, .rcode = 2, .age_s = 6};
	static const struct store local = {.name = NAME,
					   .type = 1,
					   .authoritative = true,
					   .age_s = 3601,
					   .answer = NAME " 3600 IN A 192.0.2.1"};
	struct program *program = program_load(&(struct program_opts){.stale_ns = UINT64_MAX});

	(void)state;
	assert_int_equal(store_publish(program_table(program), &error), 0);
	ask_once(program, RB_EXPIRED);
	assert_int_equal(store_publish(program_table(program), &local), 0);
	ask_once(program, RB_EXPIRED);
	publish_aged(program, 1001);
	rb_table_bump_epoch(program_table(program));
	ask_once(program, RB_EXPIRED);
	program_free(program);
}

/* The lines of a set of addresses, from number first on, round. */
static void rotated(char *out, const char *type, const char *prefix, int count, int first)
{
	for (int i = 0; i < count; i++)
		out += sprintf(out, "%s 300 IN %s %s%d\n", NAME, type, prefix,
			       (first + i) % count + 1);
}

/* Otherwise: the first of many addresses would take all of the load, or one would be lost. */
static void addresses_turn_with_the_query_id(void **state)
{
	struct program *program = program_load(&(struct program_opts){});
	char lines[4096];

	(void)state;
	for (int count = 1; count <= RB_ROTATE_MAX; count++) {
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			const char *type = ipv6 ? "AAAA" : "A";
			const char *prefix = ipv6 ? "2001:db8::" : "192.0.2.";
			struct store store = {.name = NAME,
					      .type = ipv6 ? 28 : 1,
					      .answer = lines,
					      .roundrobin = true};

			rotated(lines, type, prefix, count, 0);
			assert_int_equal(store_publish(program_table(program), &store), 0);
			for (uint16_t id = 0; id < 2 * count; id++) {
				struct ask ask = {.name = NAME,
						  .type = store.type,
						  .id = RB_HTONS(id),
						  .edns = id & 1};
				ldns_pkt *reply = exchange(program, &ask, RB_ANSWERED);

				rotated(lines, type, prefix, count, id % count);
				exchange_assert_section(ldns_pkt_answer(reply), lines, 0);
				ldns_pkt_free(reply);
			}
		}
	}
	program_free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refresh_is_asked_for_once_in_the_last_tenth),
		cmocka_unit_test(without_prefetch_nothing_is_asked_for),
		cmocka_unit_test(expired_records_answer_within_their_window),
		cmocka_unit_test(stale_records_end_with_their_signatures),
		cmocka_unit_test(errors_and_local_data_are_never_stale),
		cmocka_unit_test(addresses_turn_with_the_query_id),
	};

	return cmocka_run_group_tests_name("freshness in the XDP program", tests, NULL, NULL);
}
