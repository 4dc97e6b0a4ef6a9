/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of an interface, and when what failed is tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "datapath/port_state.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define START_NS 1000000000000ULL

static const struct rb_port_health planned = {.state = RB_PORT_PLANNED};

/* Otherwise: an interface is served by less than it could be, and nobody sees that. */
static void what_happens_leads_to_one_state(void **state)
{
	static const struct {
		enum rb_port_state from;
		enum rb_port_event event;
		enum rb_port_state to;
	} cases[] = {
		{RB_PORT_ABSENT, RB_PORT_PLAN, RB_PORT_PLANNED},
		{RB_PORT_PLANNED, RB_PORT_WHOLE, RB_PORT_ATTACHED},
		{RB_PORT_PLANNED, RB_PORT_PART, RB_PORT_DEGRADED},
		{RB_PORT_ATTACHED, RB_PORT_PART, RB_PORT_DEGRADED},
		{RB_PORT_ATTACHED, RB_PORT_PLAN, RB_PORT_PLANNED},
		{RB_PORT_ATTACHED, RB_PORT_GONE, RB_PORT_ABSENT},
		{RB_PORT_ATTACHED, RB_PORT_TAKEN, RB_PORT_LOST},
		{RB_PORT_DEGRADED, RB_PORT_WHOLE, RB_PORT_ATTACHED},
		{RB_PORT_DEGRADED, RB_PORT_PLAN, RB_PORT_PLANNED},
		{RB_PORT_DEGRADED, RB_PORT_GONE, RB_PORT_ABSENT},
		/* The operator's wish is respected until the interface goes. */
		{RB_PORT_LOST, RB_PORT_PLAN, RB_PORT_LOST},
		{RB_PORT_LOST, RB_PORT_WHOLE, RB_PORT_LOST},
		{RB_PORT_LOST, RB_PORT_GONE, RB_PORT_ABSENT},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_port_health health = {.state = cases[i].from};

		assert_int_equal(rb_port_happens(&health, cases[i].event),
				 cases[i].from != cases[i].to);
		assert_string_equal(rb_port_state_name(health.state),
				    rb_port_state_name(cases[i].to));
	}
}

/* Otherwise: what would pass by itself is given up, or tried so often that it costs more. */
static void what_failed_is_tried_again_later_and_later_for_ever(void **state)
{
	static const struct {
		enum rb_retry retry;
		uint32_t delays_s[9];
	} cases[] = {
		{RB_RETRY_SOON, {1, 2, 4, 8, 16, 32, 60, 60, 60}},
		{RB_RETRY_RARELY, {60, 120, 240, 480, 960, 1920, 3600, 3600, 3600}},
	};
	size_t i, try;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rb_port_health health = planned;
		uint64_t now_ns = START_NS;

		for (try = 0; try < ARRAY_SIZE(cases[i].delays_s); try++) {
			uint64_t delay_ns = cases[i].delays_s[try] * RB_NS_PER_S;

			rb_port_degrade(&health, cases[i].retry, now_ns, "busy");
			assert_false(rb_port_is_due(&health, now_ns + delay_ns - 1));
			assert_true(rb_port_is_due(&health, now_ns + delay_ns));
			now_ns += delay_ns;
		}
		/* Once it worked, the next failure is a new one. */
		rb_port_happens(&health, RB_PORT_WHOLE);
		assert_false(rb_port_is_due(&health, UINT64_MAX));
		rb_port_degrade(&health, cases[i].retry, now_ns, "busy");
		assert_int_equal(health.delay_s, cases[i].delays_s[0]);
	}
}

/* Otherwise: every retry writes a line of log, or the operator cannot tell since when it is so. */
static void a_reason_is_news_once_and_since_is_from_the_first(void **state)
{
	struct rb_port_health health = planned;

	(void)state;
	assert_true(rb_port_degrade(&health, RB_RETRY_SOON, START_NS, "busy"));
	assert_true(health.since);
	health.since = 77;
	assert_false(rb_port_degrade(&health, RB_RETRY_SOON, START_NS, "busy"));
	assert_true(rb_port_degrade(&health, RB_RETRY_SOON, START_NS, "no memory"));
	assert_string_equal(health.why, "no memory");
	/* Its interface has changed, which did not help. */
	rb_port_happens(&health, RB_PORT_PLAN);
	assert_false(rb_port_degrade(&health, RB_RETRY_SOON, START_NS, "no memory"));
	assert_int_equal(health.since, 77);
	rb_port_happens(&health, RB_PORT_WHOLE);
	assert_int_equal(health.since, 0);
	assert_string_equal(health.why, "");
	assert_true(rb_port_degrade(&health, RB_RETRY_SOON, START_NS, "no memory"));
}

/* Otherwise: a signal during the start costs the fast path for an hour. */
static void what_passes_by_itself_is_tried_again_soon(void **state)
{
	(void)state;
	assert_int_equal(rb_retry_of(-EAGAIN), RB_RETRY_SOON);
	assert_int_equal(rb_retry_of(-EBUSY), RB_RETRY_SOON);
	assert_int_equal(rb_retry_of(-ENOMEM), RB_RETRY_SOON);
	assert_int_equal(rb_retry_of(-EOPNOTSUPP), RB_RETRY_RARELY);
	assert_int_equal(rb_retry_of(-EINVAL), RB_RETRY_RARELY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_happens_leads_to_one_state),
		cmocka_unit_test(what_failed_is_tried_again_later_and_later_for_ever),
		cmocka_unit_test(a_reason_is_news_once_and_since_is_from_the_first),
		cmocka_unit_test(what_passes_by_itself_is_tried_again_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
