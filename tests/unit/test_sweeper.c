/* SPDX-License-Identifier: BSD-2-Clause */
/* Sweeps of the hot table by a thread of their own, while main goes on. */
#include <sched.h>
#include <sys/socket.h>

#include "config_fixture.h"
#include "table_fixture.h"

#include "dns/name.h"
#include "store/sweeper.h"

/* A record that the new policy would not give. */
static void store_below_zone(struct rb_table *table)
{
	struct rb_answer *answer = answer_of(1, 1, BOTH, HOUR_S);
	uint8_t name[RB_NAME_MAX];
	size_t len = (size_t)rb_name_from_text("x.zone.", name);
	struct rb_table_key key;

	assert_int_equal(rb_table_key_init(table, name, len, RB_TYPE_A, &key), 0);
	assert_int_equal(rb_table_publish(table, &key, answer), 0);
	rb_answer_free(answer);
}

/* So many changes between a zone and none. */
static void sweeps_start(struct rb_sweeper *sweeper, const struct rb_policy_images *one,
			 const struct rb_policy_images *other, uint32_t count)
{
	for (uint32_t i = 1; i <= count; i++) {
		assert_int_equal(rb_sweeper_announce(sweeper), 0);
		rb_sweeper_start(sweeper, i % 2 ? one : other, i % 2 ? other : one, i);
	}
}

/*
 * Otherwise: main would wait for a table of ten million records, and the keeper would take it for
 * dead; or a client would be told that a name is blocked which is still answered.
 */
static void sweeps_wait_for_each_other_and_main_for_none(void **state)
{
	struct rb_table *table = *state;
	struct rb_config *former = read_text("server:\n", 0);
	struct rb_config *config = read_text("server:\nlocal-zone: zone refuse\n", 0);
	struct rb_sweeper *sweeper;
	int fds[2];
	char told[8] = {0};

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(rb_sweeper_new(table, &sweeper), 0);
	store_below_zone(table);
	/* No sweep begins before it has had this. */
	pthread_mutex_lock(&table->writers[0]);
	sweeps_start(sweeper, &former->policy, &config->policy, RB_SWEEPS_MAX - 1);
	assert_int_equal(rb_sweeper_announce(sweeper), -EBUSY);
	rb_sweeper_tell(sweeper, fds[0], strdup("ok\n"));
	assert_int_equal(read(fds[1], told, sizeof(told)), -1);
	assert_int_equal(table->control->config, 0);
	pthread_mutex_unlock(&table->writers[0]);
	while (rb_sweeper_is_busy(sweeper))
		sched_yield();
	assert_int_equal(table->control->config, RB_SWEEPS_MAX - 1);
	assert_int_equal(read(fds[1], told, sizeof(told)), 3);
	assert_string_equal(told, "ok\n");
	assert_int_equal(records_used(table), 0);
	/* What is only announced keeps the table from everybody. */
	assert_int_equal(rb_sweeper_announce(sweeper), 0);
	assert_int_equal(table->control->config, 0);
	rb_sweeper_withdraw(sweeper, 7);
	assert_int_equal(table->control->config, 7);
	rb_sweeper_close(sweeper);
	assert_int_equal(rb_sweeper_announce(sweeper), -EBUSY);
	rb_sweeper_free(sweeper);
	close(fds[1]);
	rb_config_free(former);
	rb_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(sweeps_wait_for_each_other_and_main_for_none),
	};

	return table_run_tests("sweeper", tests, ARRAY_SIZE(tests));
}
