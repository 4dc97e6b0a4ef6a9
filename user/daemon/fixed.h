/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings that a reload cannot change: they keep their values from the start, and this is logged.
 *
 * Thread: main. Errors: 0 or -errno.
 */
#ifndef RB_DAEMON_FIXED_H
#define RB_DAEMON_FIXED_H

#include "config/config.h"

/* Give the new configuration the values in force; settings that differ are logged. */
int rb_fixed_keep(const struct rb_config *in_force, struct rb_config *config);

#endif
