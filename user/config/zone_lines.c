/* SPDX-License-Identifier: BSD-2-Clause */
/* Follows parentheses, $ORIGIN and owners from line to line. */
#include "config/zone_lines.h"

#include <string.h>

#include "dns/name.h"
#include "dns/words.h"

unsigned int rb_zone_line_depth(const char *line, unsigned int depth)
{
	bool quoted = false;

	for (const char *c = line; *c; c++) {
		if (*c == '\\' && c[1])
			c++;
		else if (*c == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*c == ';')
			break;
		else if (*c == '(')
			depth++;
		else if (*c == ')' && depth)
			depth--;
	}
	return depth;
}

void rb_zone_lines_begin(struct rb_zone_lines *lines, const char *zone)
{
	int len;

	*lines = (struct rb_zone_lines){0};
	len = rb_name_from_text(zone, lines->zone);
	if (len < 0)
		return;
	lines->zone_len = (size_t)len;
	memcpy(lines->origin, lines->zone, (size_t)len);
}

static void control_heed(struct rb_zone_lines *lines, const char *line)
{
	uint8_t origin[RB_NAME_MAX];
	struct rb_word word;
	int len;

	if (!rb_word_next(&line, &word) || !rb_word_is(&word, "$ORIGIN") ||
	    !rb_word_next(&line, &word))
		return;
	len = rb_word_name(&word, lines->origin, origin);
	if (len > 0)
		memcpy(lines->origin, origin, (size_t)len);
}

/* A record that has no owner of its own has that of the one before it. */
static void owner_heed(struct rb_zone_lines *lines, const char *line)
{
	uint8_t owner[RB_NAME_MAX];
	struct rb_word word;
	int len;

	if (*line == ' ' || *line == '\t' || !rb_word_next(&line, &word))
		return;
	len = rb_word_name(&word, lines->origin, owner);
	lines->outside = len > 0 &&
			 !rb_name_is_under(owner, (size_t)len, lines->zone, lines->zone_len);
}

bool rb_zone_lines_keep(struct rb_zone_lines *lines, const char *line)
{
	bool begins = !lines->depth;

	if (!lines->zone_len)
		return true;
	lines->depth = rb_zone_line_depth(line, lines->depth);
	if (begins && *line == '$') {
		control_heed(lines, line);
		return true;
	}
	if (begins)
		owner_heed(lines, line);
	return !lines->outside;
}
