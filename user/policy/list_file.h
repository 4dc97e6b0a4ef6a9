/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a blocklist's file into a growing policy image.
 *
 * Thread: one. Errors: 0 or -errno; -EINVAL with the build's fault.
 */
#ifndef RB_POLICY_LIST_FILE_H
#define RB_POLICY_LIST_FILE_H

#include "policy/build.h"

struct rb_list_counts {
	size_t names;
	size_t repeated;
	size_t unusable; /* lines */
	uint32_t line;   /* of the first of them */
};

/* number: of the list, in the order of the configuration. */
int rb_list_file_read(struct rb_build *build, const struct rb_local_list *list, uint32_t number,
		      struct rb_list_counts *ret_counts);

#endif
