/* SPDX-License-Identifier: BSD-2-Clause */
/* Text made line by line, and where in the operator's files each line comes from. */
#include "config/lines.h"

#include <errno.h>
#include <stdlib.h>

#include "config/reader.h"
#include "util/cleanup.h"

int rb_lines_open(struct rb_lines *lines)
{
	*lines = (struct rb_lines){0};
	return rb_text_open(&lines->memory, &lines->stream);
}

/* Most lines follow each other here as they do in their file, so a blocklist is a single run. */
static bool continues(const struct rb_lines *lines, unsigned int number,
		      struct rb_location location)
{
	const struct rb_source_run *last;

	if (!lines->run_count)
		return false;
	last = &lines->runs[lines->run_count - 1];
	return last->location.file == location.file &&
	       location.line == last->location.line + (number - last->first);
}

static void run_add(struct rb_lines *lines, unsigned int number, struct rb_location location)
{
	struct rb_source_run run = {.first = number, .location = location};
	int err;

	if (continues(lines, number, location))
		return;
	err = rb_array_append(&lines->runs, &lines->run_count, sizeof(run), &run);
	if (err)
		lines->err = err;
}

FILE *rb_lines_begin(struct rb_lines *lines, struct rb_location location)
{
	run_add(lines, ++lines->count, location);
	return lines->stream;
}

int rb_lines_close(struct rb_lines *lines)
{
	int err = 0;

	if (lines->stream)
		err = rb_text_close(TAKE_PTR(lines->memory), &lines->text, &lines->bytes);
	lines->stream = NULL;
	if (err)
		lines->err = err;
	return lines->err;
}

void rb_lines_append(struct rb_lines *lines, const struct rb_lines *tail)
{
	size_t i;

	for (i = 0; i < tail->run_count; i++)
		run_add(lines, lines->count + tail->runs[i].first, tail->runs[i].location);
	lines->count += tail->count;
	fputs(tail->text, lines->stream);
}

void rb_lines_free(struct rb_lines *lines)
{
	rb_text_freep(&lines->memory);
	free(lines->text);
	free(lines->runs);
	*lines = (struct rb_lines){0};
}
