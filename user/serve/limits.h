/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many connections the clients of a netblock have, over TCP, TLS and HTTPS together, if the
 * configuration limits that (tcp-connection-limit).
 *
 * Thread:   made and freed by main; entered and left by every worker.
 * Lifetime: longer than all connections that have entered.
 */
#ifndef RB_SERVE_LIMITS_H
#define RB_SERVE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

struct rb_limits;
struct rb_limit;

/* The configuration must outlive them. -ENOMEM. */
int rb_limits_new(const struct rb_config *config, struct rb_limits **ret_limits);
void rb_limits_free(struct rb_limits *limits);

/*
 * Count one more connection for the most specific netblock with the client (16 bytes, v4-mapped).
 * *ret_limit is NULL if there is no such netblock. false: it is one too many.
 */
bool rb_limits_enter(struct rb_limits *limits, const uint8_t client[16],
		     struct rb_limit **ret_limit);

/* limit: that of rb_limits_enter(), or NULL. */
void rb_limits_leave(struct rb_limit *limit);

#endif
