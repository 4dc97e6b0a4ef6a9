/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text made line by line, and where in the operator's files each line comes from.
 *
 * Thread:   any, one at a time.
 * Lifetime: rb_lines_free(); the names of files belong to the configuration.
 * Errors:   0 or -ENOMEM; what fails while lines are written is told when the text is taken.
 */
#ifndef RB_CONFIG_LINES_H
#define RB_CONFIG_LINES_H

#include <stdio.h>

#include "config/config.h"
#include "util/text.h"

struct rb_lines {
	struct rb_text *memory;
	FILE *stream; /* NULL: not open */
	char *text;   /* complete once the stream is closed */
	size_t bytes;
	unsigned int count; /* lines begun */
	struct rb_source_run *runs;
	size_t run_count;
	int err;
};

int rb_lines_open(struct rb_lines *lines);

/* Begin a line that comes from the place: where to write it, newline included. */
FILE *rb_lines_begin(struct rb_lines *lines, struct rb_location location);

/* No more lines: 0 where text and runs hold all of them. */
int rb_lines_close(struct rb_lines *lines);

/* The lines of a closed text behind those of an open one. */
void rb_lines_append(struct rb_lines *lines, const struct rb_lines *tail);

void rb_lines_free(struct rb_lines *lines);

#endif
