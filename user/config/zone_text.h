/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read a zone file in presentation format (RFC 1035 5.1), record by record.
 *
 * $INCLUDE as in Unbound: origin and TTL of the included file remain in force behind it.
 *
 * Thread: any. Lifetime: rb_zone_text_free(); the caller keeps the file, and base.
 */
#ifndef RB_CONFIG_ZONE_TEXT_H
#define RB_CONFIG_ZONE_TEXT_H

#include <stdio.h>

#include "config/record.h"

#define RB_ZONE_INCLUDES_MAX 10 /* files in each other, as in libunbound */

struct rb_zone_text {
	FILE *file;
	const char *base; /* where relative names of $INCLUDE begin; NULL: there is none */
	struct rb_record_context context; /* its origin is the zone at first */
	unsigned int line;      /* where the last record began, or the file with it was included */
	unsigned int next_line; /* to begin with 1 */
	char *text;             /* of a record, on however many lines */
	size_t room;
	FILE *included[RB_ZONE_INCLUDES_MAX]; /* the last is read */
	unsigned int depth;                   /* so many */
};

/*
 * 1: a record; 0: no more records; -ENOMEM; -errno of reading; -EINVAL: the record that begins at
 * line is wrong, for the reason in ret_wrong.
 */
int rb_zone_text_next(struct rb_zone_text *zone, struct rb_text_record *ret_record,
		      const char **ret_wrong);

void rb_zone_text_free(struct rb_zone_text *zone);

#endif
