/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read a blocklist's file into a growing policy image.
 *
 * Thread: one. Errors: 0 or -errno; -EINVAL with the build's fault.
 */
#ifndef RB_POLICY_LIST_FILE_H
#define RB_POLICY_LIST_FILE_H

#include <stdio.h>

#include "policy/build.h"

struct rb_list_counts {
	size_t unusable; /* lines */
	uint32_t line;   /* of the first of them */
	bool absent;     /* it has not been fetched yet */
};

/* One file while it is read. */
struct rb_list_reading {
	struct rb_build *build; /* NULL: nothing is added, and the first name ends the reading */
	uint32_t contents;      /* a hash of what has been read */
	const struct rb_local_list *list;
	uint32_t number;
	uint32_t line;
	struct rb_list_counts *counts;
};

/* Add a name in wire format, to be blocked or let pass; count a line that names nothing to block. */
#define RB_LIST_FOUND 1 /* in place of 0: a name, where none is added */
enum rb_list_use { RB_LIST_BLOCKS, RB_LIST_LETS_PASS };
int rb_list_name_use(struct rb_list_reading *reading, enum rb_list_use use, const uint8_t *name,
		     size_t len);
int rb_list_unusable(struct rb_list_reading *reading);

/* number: of the list, in the order of the configuration. */
int rb_list_file_read(struct rb_build *build, const struct rb_local_list *list, uint32_t number,
		      struct rb_list_counts *ret_counts);

/* Whether any line of a file in this format names anything. */
int rb_list_file_has_names(FILE *file, enum rb_list_format format, bool *ret_has_names);

#endif
