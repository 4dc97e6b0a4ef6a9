/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The step between reading a configuration and using it: compile its local policy.
 *
 * Thread: main. Errors: 0; -EINVAL: it contradicts itself, which is a message of the configuration,
 * with file and line; -errno.
 */
#ifndef RB_POLICY_ATTACH_H
#define RB_POLICY_ATTACH_H

#include "config/config.h"

/* Sets config->policy. in_force: the configuration before this one; NULL: none. */
int rb_policy_attach(struct rb_config *config, const struct rb_config *in_force);

#endif
