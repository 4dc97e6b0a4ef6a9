/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts a zone file into records, and heeds $ORIGIN and $TTL. */
#include "config/zone_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/zone_lines.h"
#include "dns/words.h"
#include "util/cleanup.h"

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
	_cleanup_free_ char *line = NULL;
	size_t room = 0, used = 0;
	unsigned int depth = 0;
	ssize_t len;
	int err = 0;

	zone->line = zone->next_line;
	do {
		errno = 0;
		len = getline(&line, &room, zone->file);
		if (len < 0)
			break;
		zone->next_line++;
		if (memchr(line, '\0', (size_t)len))
			return -EINVAL;
		depth = rb_zone_line_depth(line, depth);
		err = text_append(zone, used, line, (size_t)len);
		used += (size_t)len;
	} while (!err && depth);
	if (err || used)
		return err ?: 1;
	return feof(zone->file) ? 0 : errno ? -errno : -EIO;
}

/* $ORIGIN and $TTL. NULL, or what is wrong. */
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
		return "$INCLUDE is not supported";
	return "expected a record, $ORIGIN or $TTL";
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
	free(zone->text);
}
