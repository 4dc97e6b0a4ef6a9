/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts of clients' queries, in counters that a secret hash of the address chooses. */
#include "serve/quota.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/random.h"

/* The last two seconds in one word, so that all changes together: second, before, now. */
#define COUNT_BITS  20
#define COUNT_MAX   ((1U << COUNT_BITS) - 1)
#define SECOND_BITS 24
#define SECOND_MASK ((1U << SECOND_BITS) - 1)

#define COUNTS_MAX ((uint64_t)1 << 24)

struct rb_quota {
	_Atomic uint64_t asked;
	atomic_uint waiting;
};

struct rb_quotas {
	const struct rb_config *config;
	uint64_t secret[2];
	uint64_t mask; /* number of counters - 1 */
	struct rb_quota of[];
};

/* As many as ip-ratelimit-size has room for. Clients that share a counter share its limit. */
static uint64_t counts_for(const struct rb_config *config)
{
	uint64_t count = 1024;

	while (count < COUNTS_MAX &&
	       2 * count * sizeof(struct rb_quota) <= config->ip_ratelimit_bytes)
		count *= 2;
	return count;
}

int rb_quotas_new(const struct rb_config *config, struct rb_quotas **ret_quotas)
{
	uint64_t count = counts_for(config);
	struct rb_quotas *quotas;
	int err;

	if (!config->ip_ratelimit && !config->wait_limit && !config->wait_limit_count)
		return 0;
	quotas = calloc(1, sizeof(*quotas) + count * sizeof(quotas->of[0]));
	if (!quotas)
		return -ENOMEM;
	err = rb_random_bytes(quotas->secret, sizeof(quotas->secret));
	if (err) {
		free(quotas);
		return err;
	}
	quotas->config = config;
	quotas->mask = count - 1;
	*ret_quotas = quotas;
	return 0;
}

void rb_quotas_free(struct rb_quotas *quotas)
{
	free(quotas);
}

static struct rb_quota *quota_of(struct rb_quotas *quotas, const uint8_t client[16])
{
	unsigned __int128 product;
	uint64_t halves[2];

	memcpy(halves, client, sizeof(halves));
	product = (unsigned __int128)(halves[0] ^ quotas->secret[0]) *
		  (halves[1] ^ (quotas->secret[1] | 1));
	return &quotas->of[((uint64_t)product ^ (uint64_t)(product >> 64)) & quotas->mask];
}

/* Of this second and the one before it, with this query. */
struct window {
	uint32_t before, now;
};

static struct window window_of(uint64_t asked, uint32_t second)
{
	uint32_t age = (second - (uint32_t)(asked >> (2 * COUNT_BITS))) & SECOND_MASK;
	uint32_t before = (uint32_t)(asked >> COUNT_BITS) & COUNT_MAX, now = asked & COUNT_MAX;

	if (age > 1)
		return (struct window){0, 1};
	if (age)
		return (struct window){now, 1};
	return (struct window){before, now < COUNT_MAX ? now + 1 : now};
}

static struct window asked_add(struct rb_quota *quota, uint64_t now_ns)
{
	uint32_t second = (uint32_t)(now_ns / (uint64_t)RB_NS_PER_S) & SECOND_MASK;
	uint64_t asked = atomic_load_explicit(&quota->asked, memory_order_relaxed), next;
	struct window window;

	do {
		window = window_of(asked, second);
		next = (uint64_t)second << (2 * COUNT_BITS) |
		       (uint64_t)window.before << COUNT_BITS | window.now;
	} while (!atomic_compare_exchange_weak_explicit(
		&quota->asked, &asked, next, memory_order_relaxed, memory_order_relaxed));
	return window;
}

enum rb_quota_verdict rb_quotas_take(struct rb_quotas *quotas, const uint8_t client[16],
				     uint64_t now_ns)
{
	const struct rb_config *config = quotas ? quotas->config : NULL;
	struct window window;
	bool exceeds;

	if (!config || !config->ip_ratelimit)
		return RB_QUOTA_ADMITS;
	window = asked_add(quota_of(quotas, client), now_ns);
	exceeds = window.now > config->ip_ratelimit ||
		  (config->ip_ratelimit_backoff && window.before > config->ip_ratelimit);
	/* One in so many goes through, so that forged queries do not shut out their victim. */
	if (!exceeds ||
	    (config->ip_ratelimit_factor && window.now % config->ip_ratelimit_factor == 0))
		return RB_QUOTA_ADMITS;
	return window.now == config->ip_ratelimit + 1 ? RB_QUOTA_EXCEEDED : RB_QUOTA_DROPS;
}

/* The limit of the most specific netblock with the client, or of all clients; 0: none. */
static uint32_t wait_limit_of(const struct rb_config *config, const uint8_t client[16])
{
	const struct rb_client_limit *found = NULL;

	for (size_t i = 0; i < config->wait_limit_count; i++) {
		const struct rb_client_limit *limit = &config->wait_limits[i];

		if (rb_netblock_has(&limit->block, client) &&
		    (!found || limit->block.prefix > found->block.prefix))
			found = limit;
	}
	return found ? found->max : config->wait_limit;
}

bool rb_quotas_wait(struct rb_quotas *quotas, const uint8_t client[16], struct rb_quota **ret_quota)
{
	uint32_t limit = quotas ? wait_limit_of(quotas->config, client) : 0;
	struct rb_quota *quota = limit ? quota_of(quotas, client) : NULL;

	if (quota && atomic_fetch_add_explicit(&quota->waiting, 1, memory_order_relaxed) >= limit) {
		rb_quota_waited(quota);
		return false;
	}
	*ret_quota = quota;
	return true;
}

void rb_quota_waited(struct rb_quota *quota)
{
	if (quota)
		atomic_fetch_sub_explicit(&quota->waiting, 1, memory_order_relaxed);
}
