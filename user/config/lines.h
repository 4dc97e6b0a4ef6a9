/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text written line by line, with the position in the operator's files that each line comes from.
 *
 * Thread:   any, one at a time.
 * Lifetime: rb_lines_free(); the names of files belong to the configuration.
 * Errors:   0 or -ENOMEM; errors while lines are written are reported when the text is taken.
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
	unsigned int count; /* lines that were begun */
	struct rb_source_run *runs;
	size_t run_count;
	int err;
};

int rb_lines_open(struct rb_lines *lines);

/*
 * Begin a line that comes from this location. Returns the stream to write it to, including the
 * newline.
 */
FILE *rb_lines_begin(struct rb_lines *lines, struct rb_location location);

/* End the text; 0 if text and runs hold all lines. */
int rb_lines_close(struct rb_lines *lines);

/* Append the lines of a closed text to those of an open one. */
void rb_lines_append(struct rb_lines *lines, const struct rb_lines *tail);

void rb_lines_free(struct rb_lines *lines);

#endif
