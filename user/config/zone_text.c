/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts a zone file into records, and heeds $ORIGIN, $TTL and $INCLUDE. */
#include "config/zone_text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/zone_lines.h"
#include "dns/words.h"
#include "util/cleanup.h"
#include "util/file.h"

static int text_append(struct rb_zone_text *zone, size_t used, const char *line, size_t len)
{
	if (used + len + 1 > zone->room) {
		size_t room = 2 * (used + len) + 256;
		char *grown = realloc(zone->text, room);

		if (!grown)
			return -ENOMEM;
		zone->text = grown;
		zone->room = room;
	}
	memcpy(zone->text + used, line, len + 1);
	return 0;
}

/* All lines of the next record. 1, 0 at the end, -errno. */
static int text_read(struct rb_zone_text *zone)
{
	FILE *file = zone->depth ? zone->included[zone->depth - 1] : zone->file;
	_cleanup_free_ char *line = NULL;
	size_t room = 0, used = 0;
	unsigned int depth = 0;
	ssize_t len;
	int err = 0;

	if (!zone->depth)
		zone->line = zone->next_line;
	do {
		errno = 0;
		len = getline(&line, &room, file);
		if (len < 0)
			break;
		zone->next_line += !zone->depth;
		if (memchr(line, '\0', (size_t)len))
			return -EINVAL;
		depth = rb_zone_line_depth(line, depth);
		err = text_append(zone, used, line, (size_t)len);
		used += (size_t)len;
	} while (!err && depth);
	if (err || used)
		return err ?: 1;
	return feof(file) ? 0 : errno ? -errno : -EIO;
}

static const char *include(struct rb_zone_text *zone, const struct rb_word *word)
{
	char path[PATH_MAX] = "";
	size_t used = 0;
	int len;

	if (!zone->base)
		return "$INCLUDE is not supported";
	if (zone->depth == RB_ZONE_INCLUDES_MAX)
		return "$INCLUDE: too many files include each other";
	if (*word->text != '/')
		used = (size_t)snprintf(path, sizeof(path), "%s/", zone->base);
	len = used < sizeof(path)
		      ? rb_word_bytes(word, (uint8_t *)path + used, sizeof(path) - used - 1)
		      : -EINVAL;
	if (len < 0)
		return "$INCLUDE: expected the name of a file";
	path[used + (size_t)len] = '\0';
	switch (rb_file_open(path, RB_FILE_PLAIN, &zone->included[zone->depth])) {
	case 0:
		zone->depth++;
		return NULL;
	case -ENOENT:
		return "$INCLUDE: there is no such file";
	case -EISDIR:
		return "$INCLUDE: it is a directory";
	case -EMEDIUMTYPE:
		return "$INCLUDE: it is not a plain file";
	default:
		return "$INCLUDE: the file cannot be read";
	}
}

/* $ORIGIN, $TTL and $INCLUDE. NULL, or what is wrong. */
static const char *control_use(struct rb_zone_text *zone)
{
	const char *cursor = zone->text;
	struct rb_word name, value;
	uint8_t origin[RB_NAME_MAX];

	if (!rb_word_next(&cursor, &name) || !rb_word_next(&cursor, &value))
		return "its value is missing";
	if (rb_word_is(&name, "$ORIGIN")) {
		int len = rb_word_name(&value, zone->context.origin, origin);

		if (len < 0)
			return "$ORIGIN: expected a domain name";
		memcpy(zone->context.origin, origin, (size_t)len);
		return NULL;
	}
	if (rb_word_is(&name, "$TTL"))
		return rb_word_period(&value, &zone->context.ttl_s) ? NULL
								    : "$TTL: expected seconds";
	if (rb_word_is(&name, "$INCLUDE"))
		return rb_word_next(&cursor, &name) ? "$INCLUDE: expected one file, and no origin"
						    : include(zone, &value);
	if (rb_word_is(&name, "$GENERATE"))
		return "$GENERATE is not supported";
	return "expected a record, $ORIGIN, $TTL or $INCLUDE";
}

int rb_zone_text_next(struct rb_zone_text *zone, struct rb_text_record *ret_record,
		      const char **ret_wrong)
{
	*ret_wrong = NULL;
	for (;;) {
		const char *cursor;
		struct rb_word word;
		int got = text_read(zone);

		if (got == -EINVAL)
			*ret_wrong = "there is a byte of zero in it";
		if (!got && zone->depth) {
			fclose(zone->included[--zone->depth]);
			continue;
		}
		if (got <= 0)
			return got;
		cursor = zone->text;
		if (!rb_word_next(&cursor, &word))
			continue;
		if (*zone->text != '$') {
			int err =
				rb_record_parse(zone->text, &zone->context, ret_record, ret_wrong);

			return err ? err : 1;
		}
		*ret_wrong = control_use(zone);
		if (*ret_wrong)
			return -EINVAL;
	}
}

void rb_zone_text_free(struct rb_zone_text *zone)
{
	while (zone->depth)
		fclose(zone->included[--zone->depth]);
	free(zone->text);
}
