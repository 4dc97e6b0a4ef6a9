/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The auth-zones that say something else than before, if nothing else has changed: all other names
 * get the answers that they got.
 *
 * Thread: any; a pure function.
 */
#ifndef RB_CONFIG_ZONE_CHANGES_H
#define RB_CONFIG_ZONE_CHANGES_H

#include "config/config.h"
#include "dns/flush.h"

#define RB_ZONE_CHANGES_MAX 8

/* Returns how many there are, each as a flush of what depends on it. -ENOTSUP: more has changed. */
int rb_zone_changes_find(const struct rb_config *former, const struct rb_config *config,
			 struct rb_flush ret_flushes[RB_ZONE_CHANGES_MAX]);

#endif
