/* SPDX-License-Identifier: BSD-2-Clause */
/* Which form an input has, and who reads it. */
#include "import/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/names.h"
#include "import/own.h"
#include "import/unbound.h"
#include "util/cleanup.h"
#include "import/zone.h"

#define GUESS_ENTRIES 20

static const char *const format_names[] = {
	[RB_IMPORT_ZONE] = "zone",
	[RB_IMPORT_DUMP_CACHE] = "dump_cache",
	[RB_IMPORT_DUMP] = "dump",
	[RB_IMPORT_NAMES] = "names",
};

const char *rb_import_format_name(enum rb_import_format format)
{
	return format_names[format];
}

int rb_import_format_parse(const char *name, enum rb_import_format *ret_format)
{
	unsigned int format;

	for (format = 0; format < RB_IMPORT_FORMATS; format++) {
		if (strcmp(format_names[format], name) != 0)
			continue;
		*ret_format = format;
		return 0;
	}
	return -EINVAL;
}

static bool begins_with(const struct rb_import_text *text, const char *prefix)
{
	return !strncmp(text->bytes, prefix, strlen(prefix));
}

/* Lines of a word or two, of which none is a zone file's. */
static bool is_names(struct rb_import_text *text)
{
	struct rb_import_entry entry;
	const char *problem;
	unsigned int i;

	for (i = 0; i < GUESS_ENTRIES && rb_import_text_next(text, &entry, &problem) == 1; i++) {
		if (rb_import_names_is_comment(&entry))
			continue;
		if (entry.count > 2 || entry.indented || *entry.words[0].text == '$' ||
		    (entry.count == 2 && !rb_import_type_parse(&entry.words[1])))
			return false;
	}
	return i > 0;
}

enum rb_import_format rb_import_format_guess(struct rb_import_text *text)
{
	bool names;

	if (begins_with(text, RB_IMPORT_OWN_TITLE) || begins_with(text, RB_IMPORT_OWN_MARK))
		return RB_IMPORT_DUMP;
	if (begins_with(text, "START_RRSET_CACHE"))
		return RB_IMPORT_DUMP_CACHE;
	names = is_names(text);
	text->at = 0;
	text->line = 1;
	text->lost = 0;
	return names ? RB_IMPORT_NAMES : RB_IMPORT_ZONE;
}

struct rb_import_input {
	enum rb_import_format format;
	struct rb_import_text *text;
	uint32_t fingerprint; /* of a dump */
	struct rb_import_zone zone;
	struct rb_import_unbound unbound;
};

int rb_import_input_open(enum rb_import_format format, const char *origin,
			 struct rb_import_text *text, struct rb_import_problems *problems,
			 struct rb_import_input **ret_input)
{
	_cleanup_(rb_import_input_closep) struct rb_import_input *input = calloc(1, sizeof(*input));
	int err = 0;

	if (!input)
		return -ENOMEM;
	input->format = format;
	input->text = text;
	if (format == RB_IMPORT_ZONE) {
		err = rb_import_zone_init(&input->zone, origin);
		if (!err)
			err = rb_import_zone_read(&input->zone, text, problems);
	} else if (format == RB_IMPORT_DUMP_CACHE) {
		err = rb_import_unbound_init(&input->unbound);
		if (!err)
			err = rb_import_unbound_read(&input->unbound, text, problems);
	} else if (format == RB_IMPORT_DUMP) {
		input->fingerprint = rb_import_own_fingerprint(text);
	}
	if (err)
		return err;
	*ret_input = TAKE_PTR(input);
	return 0;
}

void rb_import_input_close(struct rb_import_input *input)
{
	if (!input)
		return;
	rb_import_zone_free(&input->zone);
	rb_import_unbound_free(&input->unbound);
	free(input);
}

void rb_import_input_closep(struct rb_import_input **input)
{
	rb_import_input_close(*input);
}

size_t rb_import_input_count(const struct rb_import_input *input)
{
	return input->zone.sets.count + input->unbound.sets.count;
}

uint32_t rb_import_input_fingerprint(const struct rb_import_input *input)
{
	return input->fingerprint;
}

int rb_import_input_put(struct rb_import_input *input, uint64_t now_ns,
			struct rb_import_problems *problems, const struct rb_import_sink *sink)
{
	/* The caches that take the answers have their own bounds; these are RFC 2181's. */
	const struct rb_import_meaning meaning = {.ttl_max_s = INT32_MAX, .now_ns = now_ns};

	switch (input->format) {
	case RB_IMPORT_ZONE:
		return rb_import_zone_put(&input->zone, &meaning, problems, sink);
	case RB_IMPORT_DUMP_CACHE:
		return rb_import_unbound_put(&input->unbound, &meaning, problems, sink);
	case RB_IMPORT_DUMP:
		input->text->at = 0;
		input->text->line = 1;
		return rb_import_own_put(input->text, now_ns, problems, sink);
	default:
		return -EINVAL;
	}
}
