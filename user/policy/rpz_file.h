/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read the file of a response policy zone into a growing policy image.
 *
 * Thread: one. Errors: 0 or -errno; -EINVAL with the build's fault.
 */
#ifndef RB_POLICY_RPZ_FILE_H
#define RB_POLICY_RPZ_FILE_H

#include "policy/build.h"

/* What the file contains. */
struct rb_rpz_counts {
	size_t triggers;
	size_t servers;  /* of these, on name servers */
	size_t unusable; /* neither a trigger nor an action, or a second action */
	uint32_t line;   /* of the first of those */
	bool absent;     /* the zone has not been transferred yet */
};

/* number: of the zone, in the order of the configuration. */
int rb_rpz_file_read(struct rb_build *build, const struct rb_local *local, uint32_t number,
		     struct rb_rpz_counts *ret_counts);

#endif
