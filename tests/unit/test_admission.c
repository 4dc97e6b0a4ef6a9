/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of local policy's answers get a record when many names are asked for. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "config/reader.h"
#include "kern/wire.h"
#include "policy/acl.h"
#include "policy/attach.h"
#include "policy/guard.h"
#include "serve/admission.h"
#include "serve/query.h"
#include "table/table.h"
#include "util/clock.h"

#define START_NS (1000 * RB_NS_PER_S)

/* A worker's query path, with everything below blocked.example blocked. */
struct world {
	struct rb_config *config;
	struct rb_guard *guard;
	struct rb_acl *acl;
	struct rb_table *table;
	struct rb_serve serve;
};

static int setup(void **state)
{
	static const char text[] = "server:\n    local-zone: blocked.example always_nxdomain\n";
	static const struct rb_acl_rule everybody = {.action = RB_ACL_ALLOW};
	static const struct rb_anchors none;
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	assert_int_equal(rb_config_read_text("t.conf", text, strlen(text), &world->config), 0);
	assert_int_equal(rb_policy_attach(world->config, NULL), 0);
	assert_int_equal(rb_guard_new("", &none, &world->config->policy, &world->guard), 0);
	assert_int_equal(rb_acl_new(&everybody, 1, &world->acl), 0);
	assert_int_equal(rb_table_open(NULL, RB_TABLE_WRITE, 16 << 20, &world->table), 0);
	world->serve.config = world->config;
	world->serve.guard = world->guard;
	world->serve.acl = world->acl;
	world->serve.table = world->table;
	assert_int_equal(rb_serve_init(&world->serve), 0);
	world->serve.now_ns = rb_clock_ns();
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	rb_serve_release(&world->serve);
	rb_table_close(world->table);
	rb_acl_free(world->acl);
	rb_guard_free(world->guard);
	rb_config_free(world->config);
	free(world);
	return 0;
}

/* Ask for nNUMBER.blocked.example A, by a query that begins with the DNS header. */
static void ask(struct world *world, unsigned int number)
{
	static const struct rb_path path = {.transport = RB_TRANSPORT_UDP};
	static const uint8_t tail[] = "\7blocked\7example\0\0\1\0\1";
	uint8_t message[512] = {[2] = 1, [5] = 1}, reply[512];
	struct rb_received received = {
		.path = &path,
		.message = message,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 1},
		.largest = sizeof(reply),
		.out = reply,
		.room = sizeof(reply),
	};
	int label = snprintf((char *)message + 13, 64, "n%u", number);
	struct rb_pending *pending;
	size_t len;

	message[12] = (uint8_t)label;
	memcpy(message + 13 + label, tail, sizeof(tail) - 1);
	received.len = 13 + (size_t)label + sizeof(tail) - 1;
	assert_int_equal(rb_serve_query(&world->serve, &received, &len, &pending), RB_SERVE_REPLY);
	assert_int_equal(reply[3] & 15, RB_RCODE_NXDOMAIN);
}

static uint64_t stored(const struct world *world)
{
	struct rb_table_turnover turnover;

	rb_table_turnover(world->table, &turnover);
	return turnover.stored;
}

static uint64_t unstored(const struct world *world)
{
	return rb_tally_get(&world->serve.counters.tally, RB_TALLY_UNSTORED);
}

/* Otherwise: who asks for one name after the other below a blocked domain fills the table. */
static void a_flood_of_new_names_is_not_stored(void **state)
{
	struct world *world = *state;
	unsigned int number;

	for (number = 0; number < RB_ADMISSION_PER_SECOND + 5000; number++)
		ask(world, number);
	assert_int_equal(stored(world), RB_ADMISSION_PER_SECOND);
	assert_int_equal(unstored(world), 5000);
	/* It is asked for, so the kernel shall know it. */
	ask(world, number - 1);
	assert_int_equal(stored(world), RB_ADMISSION_PER_SECOND + 1);
	assert_int_equal(unstored(world), 5000);
	assert_int_equal(world->serve.counters.table_hits[RB_TRANSPORT_UDP], 0);
	ask(world, number - 1);
	assert_int_equal(world->serve.counters.table_hits[RB_TRANSPORT_UDP], 1);
}

static unsigned int taken(struct rb_admission *admission, uint64_t first, unsigned int count,
			  uint64_t now_ns)
{
	unsigned int sum = 0;

	for (uint64_t i = first; i < first + count; i++)
		sum += rb_admission_takes(admission, i * 0x9e3779b97f4a7c15ULL, now_ns);
	return sum;
}

/* Otherwise: after one flood nothing would be stored at its first question any more. */
static void every_second_has_its_own(void **state)
{
	static struct rb_admission admission;

	(void)state;
	assert_int_equal(taken(&admission, 1, 20000, START_NS), RB_ADMISSION_PER_SECOND);
	assert_int_equal(taken(&admission, 20001, 100, START_NS + RB_NS_PER_S - 1), 0);
	assert_int_equal(taken(&admission, 20101, 100, START_NS + RB_NS_PER_S), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_flood_of_new_names_is_not_stored, setup,
						teardown),
		cmocka_unit_test(every_second_has_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
