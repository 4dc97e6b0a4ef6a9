/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zones and data of an image as lines again, so that they can be compiled with others.
 *
 * Thread: any; pure. Errors: 0 or -errno.
 */
#ifndef RB_POLICY_LINES_H
#define RB_POLICY_LINES_H

#include "config/local.h"
#include "policy/access.h"

/* What is gone of a name's data. */
enum rb_policy_gone {
	RB_POLICY_GONE = 0x1,    /* all */
	RB_POLICY_GONE_DS = 0x2, /* DS records alone */
};

/* What is not to become lines, by the image's numbers. */
struct rb_policy_less {
	bool *zones;    /* left out, with their data */
	uint8_t *types; /* enum rb_zone_type: the zone's from now on; RB_ZONE_NONE: as it was */
	uint8_t *nodes; /* enum rb_policy_gone */
};

int rb_policy_less_new(const struct rb_policy *policy, struct rb_policy_less *ret_less);
void rb_policy_less_free(struct rb_policy_less *less);

/*
 * Appends. What the compiler makes by itself (default zones, those of data without one) is in the
 * image already: see rb_local.is_complete, which is set.
 */
int rb_policy_lines(const struct rb_policy *policy, const struct rb_policy_less *less,
		    struct rb_local *local);

#endif
