/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients that response policy zones know by their addresses: the access-control rules are cut so
 * that each of them has its own, marked, and the kernel leaves them to userspace.
 *
 * Thread: main. Errors: 0 or -ENOMEM.
 */
#ifndef RB_POLICY_APART_H
#define RB_POLICY_APART_H

#include "config/config.h"
#include "policy/access.h"

int rb_apart_mark(struct rb_config *config, const struct rb_policy *policy);

#endif
