/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client may ask: ip-ratelimit and wait-limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "serve/quota.h"
#include "util/cleanup.h"
#include "util/clock.h"

static const uint8_t client[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1};
static const uint8_t other[16] = {[10] = 0xff, [11] = 0xff, 198, 51, 100, 7};

static struct rb_quotas *quotas_of(const struct rb_config *config)
{
	struct rb_quotas *quotas = NULL;

	assert_int_equal(rb_quotas_new(config, &quotas), 0);
	return quotas;
}

/* How many of a second's queries are admitted, and how often the limit is said to be exceeded. */
struct taken {
	unsigned int admitted, exceeded;
};

static struct taken take(struct rb_quotas *quotas, const uint8_t *addr, uint64_t second,
			 unsigned int queries)
{
	struct taken taken = {0};

	for (unsigned int i = 0; i < queries; i++) {
		enum rb_quota_verdict verdict =
			rb_quotas_take(quotas, addr, second * (uint64_t)RB_NS_PER_S + i);

		taken.admitted += verdict == RB_QUOTA_ADMITS;
		taken.exceeded += verdict == RB_QUOTA_EXCEEDED;
	}
	return taken;
}

/* Otherwise: one client takes all of a worker's time, or one that asks little is not served. */
static void a_rate_is_kept(void **state)
{
	static const struct {
		unsigned int factor;
		bool backoff;
		struct {
			uint64_t second;
			unsigned int queries, admitted, exceeded;
		} of[4];
	} cases[] = {
		/* In each second as many, whatever was before. */
		{0, false, {{5, 10, 10, 0}, {5, 30, 0, 1}, {6, 30, 10, 1}, {1UL << 24, 10, 10, 0}}},
		/* One in five of those above. */
		{5, false, {{5, 10, 10, 0}, {5, 30, 6, 1}, {6, 9, 9, 0}, {900, 20, 12, 1}}},
		/* Whoever exceeds it gets nothing more until a second is below. */
		{0, true, {{5, 30, 10, 1}, {6, 5, 0, 0}, {7, 5, 5, 0}, {8, 10, 10, 0}}},
		{5, true, {{5, 30, 14, 1}, {6, 20, 4, 1}, {7, 5, 1, 0}, {9, 10, 10, 0}}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct rb_config config = {.ip_ratelimit = 10,
						 .ip_ratelimit_factor = cases[i].factor,
						 .ip_ratelimit_backoff = cases[i].backoff};
		struct rb_quotas *quotas = quotas_of(&config);

		for (size_t k = 0; k < ARRAY_SIZE(cases[i].of); k++) {
			struct taken taken =
				take(quotas, client, cases[i].of[k].second, cases[i].of[k].queries);

			assert_int_equal(taken.admitted, cases[i].of[k].admitted);
			assert_int_equal(taken.exceeded, cases[i].of[k].exceeded);
		}
		rb_quotas_free(quotas);
	}
}

/* Otherwise: one client's flood shuts out the others. */
static void clients_have_rates_of_their_own(void **state)
{
	const struct rb_config config = {.ip_ratelimit = 10, .ip_ratelimit_bytes = (size_t)4 << 20};
	unsigned int shut_out = 0;

	(void)state;
	/* Two in one place of 262144 is bad luck, and hardly three times in a row. */
	for (int i = 0; i < 3; i++) {
		struct rb_quotas *quotas = quotas_of(&config);

		take(quotas, client, 5, 1000000);
		shut_out += take(quotas, other, 5, 10).admitted != 10;
		rb_quotas_free(quotas);
	}
	assert_true(shut_out < 3);
}

/* Otherwise: one client fills the queue of all. */
static void waiting_queries_are_limited(void **state)
{
	struct rb_client_limit limits[] = {
		{.block = {.addr = {[10] = 0xff, [11] = 0xff, 198, 51}, .prefix = 96 + 16},
		 .max = 1},
		{.block = {.addr = {[10] = 0xff, [11] = 0xff, 198, 51, 100}, .prefix = 96 + 24},
		 .max = 0},
	};
	const struct rb_config config = {
		.wait_limit = 2, .wait_limits = limits, .wait_limit_count = ARRAY_SIZE(limits)};
	static const uint8_t third[16] = {[10] = 0xff, [11] = 0xff, 198, 51, 7, 7};
	struct rb_quotas *quotas = quotas_of(&config);
	struct rb_quota *waits[2] = {NULL}, *one = NULL, *more = NULL;

	(void)state;
	assert_true(rb_quotas_wait(quotas, client, &waits[0]));
	assert_true(rb_quotas_wait(quotas, client, &waits[1]));
	assert_false(rb_quotas_wait(quotas, client, &more));
	assert_null(more);
	rb_quota_waited(waits[0]);
	assert_true(rb_quotas_wait(quotas, client, &waits[0]));
	rb_quota_waited(waits[0]);
	rb_quota_waited(waits[1]);
	/* The most specific netblock counts; 0 is no limit. */
	assert_true(rb_quotas_wait(quotas, third, &one));
	assert_false(rb_quotas_wait(quotas, third, &more));
	rb_quota_waited(one);
	for (int i = 0; i < 100; i++)
		assert_true(rb_quotas_wait(quotas, other, &more));
	assert_null(more);
	rb_quotas_free(quotas);
}

/* Otherwise: a file that limits nothing costs memory, or a look-up for each query. */
static void without_limits_there_is_nothing(void **state)
{
	const struct rb_config config = {.ip_ratelimit_bytes = (size_t)4 << 20};
	struct rb_quota *quota = NULL;

	(void)state;
	assert_null(quotas_of(&config));
	assert_int_equal(rb_quotas_take(NULL, client, 1), RB_QUOTA_ADMITS);
	assert_true(rb_quotas_wait(NULL, client, &quota));
	assert_null(quota);
	rb_quota_waited(quota);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_is_kept),
		cmocka_unit_test(clients_have_rates_of_their_own),
		cmocka_unit_test(waiting_queries_are_limited),
		cmocka_unit_test(without_limits_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
