/* SPDX-License-Identifier: BSD-2-Clause */
/* Which form an input has, and who reads it. */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "own.h"
#include "unbound.h"
#include "util/cleanup.h"
#include "zone.h"

#define GUESS_ENTRIES 20

static const char *const format_names[] = {
	[IMPORT_ZONE] = "zone",
	[IMPORT_DUMP_CACHE] = "dump_cache",
	[IMPORT_DUMP] = "dump",
	[IMPORT_NAMES] = "names",
};

const char *import_format_name(enum import_format format)
{
	return format_names[format];
}

int import_format_parse(const char *name, enum import_format *ret_format)
{
	unsigned int format;

	for (format = 0; format < IMPORT_FORMATS; format++) {
		if (strcmp(format_names[format], name) != 0)
			continue;
		*ret_format = format;
		return 0;
	}
	return -EINVAL;
}

static bool begins_with(const struct import_text *text, const char *prefix)
{
	return !strncmp(text->bytes, prefix, strlen(prefix));
}

/* Lines of a word or two, of which none is a zone file's. */
static bool is_names(struct import_text *text)
{
	struct import_entry entry;
	const char *problem;
	unsigned int i;

	for (i = 0; i < GUESS_ENTRIES && import_text_next(text, &entry, &problem) == 1; i++) {
		if (import_names_is_comment(&entry))
			continue;
		if (entry.count > 2 || entry.indented || *entry.words[0].text == '$' ||
		    (entry.count == 2 && !import_type_parse(&entry.words[1])))
			return false;
	}
	return i > 0;
}

enum import_format import_format_guess(struct import_text *text)
{
	bool names;

	if (begins_with(text, IMPORT_OWN_TITLE) || begins_with(text, IMPORT_OWN_MARK))
		return IMPORT_DUMP;
	if (begins_with(text, "START_RRSET_CACHE"))
		return IMPORT_DUMP_CACHE;
	names = is_names(text);
	text->at = 0;
	text->line = 1;
	text->lost = 0;
	return names ? IMPORT_NAMES : IMPORT_ZONE;
}

struct import_input {
	enum import_format format;
	struct import_text *text;
	uint32_t fingerprint; /* of a dump */
	struct import_zone zone;
	struct import_unbound unbound;
};

int import_input_open(enum import_format format, const char *origin, struct import_text *text,
		      struct import_problems *problems, struct import_input **ret_input)
{
	_cleanup_(import_input_closep) struct import_input *input = calloc(1, sizeof(*input));
	int err = 0;

	if (!input)
		return -ENOMEM;
	input->format = format;
	input->text = text;
	if (format == IMPORT_ZONE) {
		err = import_zone_init(&input->zone, origin);
		if (!err)
			err = import_zone_read(&input->zone, text, problems);
	} else if (format == IMPORT_DUMP_CACHE) {
		err = import_unbound_init(&input->unbound);
		if (!err)
			err = import_unbound_read(&input->unbound, text, problems);
	} else if (format == IMPORT_DUMP) {
		input->fingerprint = import_own_fingerprint(text);
	}
	if (err)
		return err;
	*ret_input = TAKE_PTR(input);
	return 0;
}

void import_input_close(struct import_input *input)
{
	if (!input)
		return;
	import_zone_free(&input->zone);
	import_unbound_free(&input->unbound);
	free(input);
}

void import_input_closep(struct import_input **input)
{
	import_input_close(*input);
}

size_t import_input_count(const struct import_input *input)
{
	return input->zone.sets.count + input->unbound.sets.count;
}

uint32_t import_input_fingerprint(const struct import_input *input)
{
	return input->fingerprint;
}

int import_input_put(struct import_input *input, uint64_t now_ns, struct import_problems *problems,
		     const struct import_sink *sink)
{
	/* The caches that take the answers have their own bounds; these are RFC 2181's. */
	const struct import_meaning meaning = {.ttl_max_s = INT32_MAX, .now_ns = now_ns};

	switch (input->format) {
	case IMPORT_ZONE:
		return import_zone_put(&input->zone, &meaning, problems, sink);
	case IMPORT_DUMP_CACHE:
		return import_unbound_put(&input->unbound, &meaning, problems, sink);
	case IMPORT_DUMP:
		input->text->at = 0;
		input->text->line = 1;
		return import_own_put(input->text, now_ns, problems, sink);
	default:
		return -EINVAL;
	}
}
