/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read a zone file in presentation format (RFC 1035 5.1), record by record.
 *
 * Thread: any. Lifetime: rb_zone_text_free(); the caller keeps the file.
 */
#ifndef RB_CONFIG_ZONE_TEXT_H
#define RB_CONFIG_ZONE_TEXT_H

#include <stdio.h>

#include "config/record.h"

struct rb_zone_text {
	FILE *file;
	struct rb_record_context context; /* its origin is the zone at first */
	unsigned int line;                /* where the last record began */
	unsigned int next_line;           /* to begin with 1 */
	char *text;                       /* of a record, on however many lines */
	size_t room;
};

/*
 * 1: a record; 0: no more records; -ENOMEM; -errno of reading; -EINVAL: the record that begins at
 * line is wrong, for the reason in ret_wrong.
 */
int rb_zone_text_next(struct rb_zone_text *zone, struct rb_text_record *ret_record,
		      const char **ret_wrong);

void rb_zone_text_free(struct rb_zone_text *zone);

#endif
