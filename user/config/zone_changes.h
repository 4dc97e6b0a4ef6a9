/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The auth-zones that say something else than before, if nothing else has changed: all other names
 * get the answers that they got.
 *
 * Thread: any; pure functions. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_CONFIG_ZONE_CHANGES_H
#define RB_CONFIG_ZONE_CHANGES_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"
#include "config/fingerprint.h"
#include "dns/flush.h"

#define RB_ZONE_CHANGES_MAX 8

/* Returns how many there are, each as a flush of what depends on it. -ENOTSUP: more has changed. */
int rb_zone_changes_find(const struct rb_config *former, const struct rb_config *config,
			 struct rb_flush ret_flushes[RB_ZONE_CHANGES_MAX]);

/* What the resolver's text says of a file, as a string. */
struct rb_zone_contents {
	char digits[sizeof(RB_CONTENTS_NONE)];
};

/* Of a zone that was transferred, read from where the file is to its end. NULL: there is none. */
int rb_zone_contents_read(FILE *file, struct rb_zone_contents *ret_contents);

/*
 * Have the resolver's text say that this is what the zone's file contains, in place; contents then
 * has what it said before. False: the text has no such zone.
 */
bool rb_zone_contents_swap(char *text, const char *path, struct rb_zone_contents *contents);

#endif
