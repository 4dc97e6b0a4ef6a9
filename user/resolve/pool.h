/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the workers share of the resolvers: the process for each part of the questions.
 *
 * Thread:   main writes, and workers read only inside rb_client_*(): main waits for them with
 *	     rb_clients_pass() before it frees what they may still read.
 */
#ifndef RB_RESOLVE_POOL_H
#define RB_RESOLVE_POOL_H

#include <stdatomic.h>
#include <stddef.h>

#include "config/config.h"
#include "policy/access.h"
#include "resolve/flushed.h"
#include "resolve/hold.h"
#include "resolve/link.h"
#include "table/table.h"

struct rb_pool {
	struct rb_table *table;
	_Atomic(const struct rb_config *) config; /* in force */
	/* Local policy: one of two, or NULL. See rb_pool_use_policy(). */
	_Atomic(const struct rb_policy *) policy;
	struct rb_policy policies[2];
	struct rb_policy_images images; /* of the policy in use */
	/*
	 * The first slot_count processes share the questions. After a flush, the one after them
	 * gets the questions for what was flushed: it was started later. NULL: no process now.
	 */
	_Atomic(struct rb_link *) *slots;
	unsigned int slot_count;
	atomic_bool fresh_wanted; /* there was a flush */
	struct rb_flushed *flushed;
	struct rb_hold hold;
	unsigned int outstanding_max; /* of a process */
	int attention_fd;             /* eventfd: tells main to look at broken links */
	int seen_fd; /* eventfd: processes tell main that they have seen something for dnstap */
};

/*
 * Use this policy for what is stored from now on. *ret_former gets the former one, to be released
 * when no worker is inside any more.
 */
void rb_pool_use_policy(struct rb_pool *pool, const struct rb_policy_images *images,
			struct rb_policy_images *ret_former);

/* The slot of the process for what was flushed. */
static inline unsigned int rb_pool_fresh(const struct rb_pool *pool)
{
	return pool->slot_count;
}

#endif
