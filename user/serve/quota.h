/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits for one client's address in userspace: on its queries in a second (ip-ratelimit), and on
 * those that wait for the resolvers (wait-limit). Queries that the kernel answers are not counted.
 *
 * Thread:   made and freed by main; all else by every worker, without locks.
 * Lifetime: longer than all queries that wait.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_SERVE_QUOTA_H
#define RB_SERVE_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

struct rb_quotas;
struct rb_quota;

enum rb_quota_verdict {
	RB_QUOTA_ADMITS,
	RB_QUOTA_EXCEEDED, /* for the first time in this second */
	RB_QUOTA_DROPS,
};

/* *ret_quotas is NULL if nothing is limited. The configuration must outlive them. -ENOMEM. */
int rb_quotas_new(const struct rb_config *config, struct rb_quotas **ret_quotas);
void rb_quotas_free(struct rb_quotas *quotas);

/* Count one more query of a client (16 bytes, v4-mapped). quotas NULL: it is admitted. */
enum rb_quota_verdict rb_quotas_take(struct rb_quotas *quotas, const uint8_t client[16],
				     uint64_t now_ns);

/*
 * Count one more query that waits. *ret_quota is NULL if that is not limited. false: it is one too
 * many. quotas NULL: not counted.
 */
bool rb_quotas_wait(struct rb_quotas *quotas, const uint8_t client[16],
		    struct rb_quota **ret_quota);

/* The query no longer waits. quota: that of rb_quotas_wait(), or NULL. */
void rb_quota_waited(struct rb_quota *quota);

#endif
