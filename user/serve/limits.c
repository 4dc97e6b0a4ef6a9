/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections of a netblock's clients. */
#include "serve/limits.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct rb_limit {
	const struct rb_client_limit *set;
	atomic_uint used; /* of all workers */
};

struct rb_limits {
	size_t count;
	struct rb_limit of[];
};

int rb_limits_new(const struct rb_config *config, struct rb_limits **ret_limits)
{
	struct rb_limits *limits =
		calloc(1, sizeof(*limits) + config->connection_limit_count * sizeof(limits->of[0]));

	if (!limits)
		return -ENOMEM;
	limits->count = config->connection_limit_count;
	for (size_t i = 0; i < limits->count; i++)
		limits->of[i].set = &config->connection_limits[i];
	*ret_limits = limits;
	return 0;
}

void rb_limits_free(struct rb_limits *limits)
{
	free(limits);
}

static struct rb_limit *limit_of(struct rb_limits *limits, const uint8_t client[16])
{
	struct rb_limit *found = NULL;

	for (size_t i = 0; i < limits->count; i++) {
		const struct rb_netblock *block = &limits->of[i].set->block;

		if (rb_netblock_has(block, client) &&
		    (!found || block->prefix > found->set->block.prefix))
			found = &limits->of[i];
	}
	return found;
}

bool rb_limits_enter(struct rb_limits *limits, const uint8_t client[16],
		     struct rb_limit **ret_limit)
{
	struct rb_limit *limit = limit_of(limits, client);

	if (limit &&
	    atomic_fetch_add_explicit(&limit->used, 1, memory_order_relaxed) >= limit->set->max) {
		rb_limits_leave(limit);
		return false;
	}
	*ret_limit = limit;
	return true;
}

void rb_limits_leave(struct rb_limit *limit)
{
	if (limit)
		atomic_fetch_sub_explicit(&limit->used, 1, memory_order_relaxed);
}
