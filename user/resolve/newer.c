/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the installed libunbound which of the newer directives it knows. */
#include "resolve/newer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unbound.h>

#include "config/messages.h"
#include "resolve/child.h"
#include "util/cleanup.h"
#include "util/text.h"

#define UNKNOWN_MARK "unknown keyword '"

static const char *line_find(const char *text, unsigned int number)
{
	while (--number)
		text = strchr(text, '\n') + 1;
	return text;
}

/* ret_question: the lines in a clause of their own, from line 2 on. */
static int question_make(const struct rb_config *config, char **ret_question)
{
	struct rb_text *text;
	size_t bytes, i;
	FILE *stream;
	int err = rb_text_open(&text, &stream);

	if (err)
		return err;
	fputs("server:\n", stream);
	for (i = 0; i < config->newer_count; i++) {
		const char *line = line_find(config->resolver_text, config->newer[i].line);

		fprintf(stream, "%.*s\n", (int)strcspn(line, "\n"), line);
	}
	return rb_text_close(text, ret_question, &bytes);
}

/* libunbound reports the directive's name as unknown first, and then its value. */
static int drop(void *context, unsigned int number, const char *text, size_t text_len)
{
	struct rb_config *config = context;
	size_t mark_len = strlen(UNKNOWN_MARK);
	const struct rb_newer_line *newer;
	const char *name;

	if (number < 2 || number - 2 >= config->newer_count || text_len < mark_len ||
	    memcmp(text, UNKNOWN_MARK, mark_len) != 0)
		return 0;
	newer = &config->newer[number - 2];
	if (!rb_config_resolver_drop(config, newer->line) || newer->inert)
		return 0;
	name = text + mark_len;
	return rb_config_warn(config, rb_config_resolver_location(config, newer->line),
			      "%.*s: ignored: the installed libunbound %s does not know it",
			      (int)strcspn(name, "'"), name, ub_version());
}

int rb_newer_drop_unknown(struct rb_config *config)
{
	_cleanup_(rb_child_release) struct rb_child child = {0};
	_cleanup_free_ char *question = NULL;
	int err;

	if (!config->newer_count)
		return 0;
	err = question_make(config, &question);
	if (!err)
		err = rb_child_ask(question, strlen(question), RB_ASK_PARSE, &child);
	return err ? err : rb_child_errors(&child, drop, config);
}
