/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reload cannot change: it stays as it was at the start, and that is said.
 *
 * Thread: main. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_FIXED_H
#define RB_DAEMON_FIXED_H

#include "config/config.h"

/* Give the new configuration the values in force; those that it wants otherwise are logged. */
int rb_fixed_keep(const struct rb_config *in_force, struct rb_config *config);

#endif
