/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares what the resolvers' texts of two configurations say of zones' contents. */
#include "config/zone_changes.h"

#include <errno.h>
#include <string.h>

#include "config/fingerprint.h"
#include "dns/name.h"
#include "util/fnv.h"

/* Lines of a text, without what ends them. */
struct line {
	const char *text;
	size_t len;
};

struct zone {
	struct line name, contents; /* NULL: it has none */
};

static struct line line_at(const char *text)
{
	return (struct line){text, strcspn(text, "\n")};
}

static bool begins(const struct line *line, const char *with)
{
	size_t len = strlen(with);

	return line->len >= len && !memcmp(line->text, with, len);
}

/* The next auth-zone; returns where its clause ends. NULL: there is none. */
static const char *zone_next(const char *text, struct zone *ret_zone)
{
	bool inside = false;

	*ret_zone = (struct zone){0};
	while (*text) {
		struct line line = line_at(text);

		if (line.len && *line.text != '\t' && inside)
			break;
		inside |= begins(&line, RB_AUTH_ZONE_LINE);
		if (inside && begins(&line, "\tname:"))
			ret_zone->name = line;
		if (inside && begins(&line, RB_CONTENTS_LINE))
			ret_zone->contents = line;
		text += line.len + (text[line.len] == '\n');
	}
	return inside ? text : NULL;
}

static bool line_same(const struct line *a, const struct line *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->text, b->text, a->len));
}

static int flush_of(const struct zone *zone, struct rb_flush *ret_flush)
{
	char text[4 * RB_NAME_MAX + 1];
	const char *name = zone->name.text + strlen("\tname:");
	size_t len = zone->name.len - strlen("\tname:");
	int name_len;

	for (; len && strchr(" \"'", *name); name++)
		len--;
	while (len && strchr(" \"'", name[len - 1]))
		len--;
	if (len >= sizeof(text))
		return -ENOTSUP;
	memcpy(text, name, len);
	text[len] = '\0';
	*ret_flush = (struct rb_flush){.reach = RB_FLUSH_ZONE};
	name_len = rb_name_from_text(text, ret_flush->name);
	ret_flush->name_len = (uint16_t)name_len;
	return name_len > 0 ? 0 : -ENOTSUP;
}

int rb_zone_changes_find(const struct rb_config *former, const struct rb_config *config,
			 struct rb_flush ret_flushes[RB_ZONE_CHANGES_MAX])
{
	const char *before = former->resolver_text, *after = config->resolver_text;
	struct zone was, is;
	int count = 0;

	if (!before || !after ||
	    rb_config_fingerprint_without_zones(former) !=
		    rb_config_fingerprint_without_zones(config))
		return -ENOTSUP;
	while ((before = zone_next(before, &was)) && (after = zone_next(after, &is))) {
		if (!line_same(&was.name, &is.name) || !is.name.len)
			return -ENOTSUP;
		if (line_same(&was.contents, &is.contents))
			continue;
		if (count == RB_ZONE_CHANGES_MAX || flush_of(&is, &ret_flushes[count]))
			return -ENOTSUP;
		count++;
	}
	return count;
}

int rb_zone_contents_read(FILE *file, struct rb_zone_contents *ret_contents)
{
	uint32_t hash = RB_FNV_START;
	char part[1 << 16];
	size_t got;

	if (!file) {
		*ret_contents = (struct rb_zone_contents){RB_CONTENTS_NONE};
		return 0;
	}
	while ((got = fread(part, 1, sizeof(part), file)))
		hash = rb_fnv(hash, part, got);
	if (ferror(file))
		return -EIO;
	snprintf(ret_contents->digits, sizeof(ret_contents->digits), "%08x", hash);
	return 0;
}

/* Whether the line names this file, in quotes of either kind. */
static bool names(const struct line *line, const char *path)
{
	static const char directive[] = "\tzonefile: ";
	size_t len = strlen(directive), path_len = strlen(path);

	return begins(line, directive) && line->len == len + path_len + 2 &&
	       !memcmp(line->text + len + 1, path, path_len);
}

bool rb_zone_contents_swap(char *text, const char *path, struct rb_zone_contents *contents)
{
	const size_t room = strlen(RB_CONTENTS_NONE);
	char *before = NULL;
	bool found = false;

	while (*text) {
		const struct line line = line_at(text);

		if (names(&line, path) && before) {
			struct rb_zone_contents said = {0};

			memcpy(said.digits, before, room);
			memcpy(before, contents->digits, room);
			*contents = said;
			found = true;
			break;
		}
		before = begins(&line, RB_CONTENTS_LINE) &&
					 line.len == strlen(RB_CONTENTS_LINE) + room
				 ? text + strlen(RB_CONTENTS_LINE)
				 : NULL;
		text += line.len + (text[line.len] == '\n');
	}
	return found;
}
