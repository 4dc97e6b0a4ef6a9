/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the workers share of the resolvers: which process each part of the questions goes to.
 *
 * Thread:   stored to by main, read by workers from inside rb_client_*() only: main waits for them
 *	     with rb_clients_pass() before it frees what they may still be reading of.
 */
#ifndef RB_RESOLVE_POOL_H
#define RB_RESOLVE_POOL_H

#include <stdatomic.h>
#include <stddef.h>

#include "config/config.h"
#include "policy/access.h"
#include "resolve/flushed.h"
#include "resolve/link.h"
#include "table/table.h"

struct rb_pool {
	struct rb_table *table;
	_Atomic(const struct rb_config *) config; /* in force */
	/* Local policy: one of the two, or NULL. See rb_pool_use_policy(). */
	_Atomic(const struct rb_policy *) policy;
	struct rb_policy policies[2];
	struct rb_policy_images images; /* of the one */
	/*
	 * The first slot_count processes share the questions. The one behind them, once there was a
	 * flush, gets what asks for what was flushed: it was started later. NULL: there is none
	 * now.
	 */
	_Atomic(struct rb_link *) *slots;
	unsigned int slot_count;
	atomic_bool fresh_wanted; /* there was a flush */
	struct rb_flushed *flushed;
	unsigned int outstanding_max; /* of a process */
	int attention_fd;             /* eventfd: main is to look at the links that are broken */
};

/*
 * What is stored from now on is not to be said by this policy. The former one is *ret_former's: to
 * be released when no worker is inside any more.
 */
void rb_pool_use_policy(struct rb_pool *pool, const struct rb_policy_images *images,
			struct rb_policy_images *ret_former);

/* Of the process for what was flushed. */
static inline unsigned int rb_pool_fresh(const struct rb_pool *pool)
{
	return pool->slot_count;
}

#endif
