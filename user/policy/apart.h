/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients whose addresses response policy zones name: split the access-control rules so that each
 * of these clients has its own, marked rule. The kernel leaves them to userspace.
 *
 * Thread: main. Errors: 0 or -ENOMEM.
 */
#ifndef RB_POLICY_APART_H
#define RB_POLICY_APART_H

#include "config/config.h"
#include "policy/access.h"

int rb_apart_mark(struct rb_config *config, const struct rb_policy *policy);

#endif
