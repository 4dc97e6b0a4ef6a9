/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turn the zones and data of an image into lines again, so that they can be compiled with others.
 *
 * Thread: any; pure. Errors: 0 or -errno.
 */
#ifndef RB_POLICY_LINES_H
#define RB_POLICY_LINES_H

#include "config/local.h"
#include "policy/access.h"

/* Which data of a name is removed. */
enum rb_policy_gone {
	RB_POLICY_GONE = 0x1,    /* all data */
	RB_POLICY_GONE_DS = 0x2, /* only DS records */
};

/* What must not become lines, by the image's numbers. */
struct rb_policy_less {
	bool *zones;    /* left out, with their data */
	uint8_t *types; /* enum rb_zone_type: the zone's new type; RB_ZONE_NONE: unchanged */
	uint8_t *nodes; /* enum rb_policy_gone */
};

int rb_policy_less_new(const struct rb_policy *policy, struct rb_policy_less *ret_less);
void rb_policy_less_free(struct rb_policy_less *less);

/*
 * Append the lines. The image already has what the compiler adds by itself (default zones, implicit
 * zones of data): this sets rb_local.is_complete.
 */
int rb_policy_lines(const struct rb_policy *policy, const struct rb_policy_less *less,
		    struct rb_local *local);

#endif
