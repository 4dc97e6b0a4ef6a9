/* SPDX-License-Identifier: BSD-2-Clause */
/* Does with a directive what the table says. */
#include "config/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 60 /* bytes of a wrong value, in a message */

int rb_reader_ignored(struct rb_reader *reader, const void *what, const char *name,
		      const char *note)
{
	size_t i;
	int err;

	for (i = 0; i < reader->warned_count; i++)
		if (reader->warned[i] == what)
			return 0;
	err = rb_array_append(&reader->warned, &reader->warned_count, sizeof(what), &what);
	if (err)
		return err;
	return rb_config_warn(reader->config, reader->location, "%s: ignored: %s", name, note);
}

static bool is_inert(const struct rb_directive *directive, const char *value)
{
	return directive->inert && (!*value || !strcmp(directive->inert, value));
}

static bool in_range(const struct rb_directive *directive, enum rb_value_kind kind,
		     const char *text)
{
	uint64_t value = 0, max = directive->max ? directive->max : UINT64_MAX;

	if (kind == RB_VALUE_NUMBER)
		return rb_value_number(text, directive->min, max, &value);
	if (kind == RB_VALUE_SIZE)
		return rb_value_size(text, &value) && value >= directive->min && value <= max;
	return true;
}

/* Says what is wrong with the values. ret_wrong: whether anything is. */
static int values_check(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values, bool *ret_wrong)
{
	size_t i;

	*ret_wrong = false;
	for (i = 0; i < RB_VALUES_MAX && directive->kinds[i]; i++) {
		const char *text = values[i].text;
		enum rb_value_kind kind = directive->kinds[i];

		if (rb_value_matches(kind, text) && in_range(directive, kind, text))
			continue;
		*ret_wrong = true;
		if (kind == RB_VALUE_NUMBER && directive->max)
			return rb_config_error(reader->config, reader->location,
					       "%s: expected a number from %" PRIu64 " to %" PRIu64
					       ", not '%.*s'",
					       directive->name, directive->min, directive->max,
					       SHOWN_MAX, text);
		if (kind == RB_VALUE_SIZE && directive->min)
			return rb_config_error(reader->config, reader->location,
					       "%s: expected a size of at least %" PRIu64
					       " bytes, such as 64m, not '%.*s'",
					       directive->name, directive->min, SHOWN_MAX, text);
		return rb_config_error(reader->config, reader->location,
				       "%s: expected %s, not '%.*s'", directive->name,
				       rb_value_expected(kind), SHOWN_MAX, text);
	}
	return 0;
}

/* Into the field of struct rb_config that the table names, by its width. */
static int field_set(struct rb_reader *reader, const struct rb_directive *directive,
		     const char *text)
{
	void *field = (char *)reader->config + directive->offset;
	uint64_t number = 0;
	uint32_t word;
	uint16_t half;
	char *copy;

	switch (directive->kinds[0]) {
	case RB_VALUE_YESNO:
		rb_value_yesno(text, field);
		return 0;
	case RB_VALUE_NUMBER:
		rb_value_number(text, 0, UINT64_MAX, &number);
		break;
	case RB_VALUE_SIZE:
		rb_value_size(text, &number);
		break;
	default:
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
		free(*(char **)field);
		*(char **)field = copy;
		return 0;
	}
	word = (uint32_t)number;
	half = (uint16_t)number;
	if (directive->width == sizeof(half))
		memcpy(field, &half, sizeof(half));
	else if (directive->width == sizeof(word))
		memcpy(field, &word, sizeof(word));
	else
		memcpy(field, &number, sizeof(number));
	return 0;
}

int rb_reader_defer(struct rb_reader *reader, const struct rb_directive *directive,
		    const struct rb_value *values)
{
	struct rb_deferred deferred = {.directive = directive, .location = reader->location};
	size_t i;
	int err = 0;

	for (i = 0; i < RB_VALUES_MAX && values[i].text && !err; i++) {
		deferred.values[i].quote = values[i].quote;
		deferred.values[i].text = strdup(values[i].text);
		if (!deferred.values[i].text)
			err = -ENOMEM;
	}
	if (!err)
		err = rb_array_append(&reader->deferred, &reader->deferred_count, sizeof(deferred),
				      &deferred);
	for (i = 0; err && i < RB_VALUES_MAX; i++)
		free(deferred.values[i].text);
	return err;
}

/* Newer ones are all of the clause server:. */
static int pass_on(struct rb_reader *reader, const struct rb_directive *directive,
		   const struct rb_value *values)
{
	struct rb_lines *lines = reader->zone_lines.stream ? &reader->zone_lines
							   : &reader->server_lines;
	struct rb_newer_line newer = {.inert = is_inert(directive, values[0].text)};

	rb_resolver_text_put(lines, reader->location, directive->name, values);
	if (!directive->newer)
		return 0;
	newer.line = lines->count;
	return rb_array_append(&reader->newer, &reader->newer_count, sizeof(newer), &newer);
}

int rb_reader_apply(struct rb_reader *reader, const struct rb_directive *directive,
		    struct rb_value *values)
{
	bool wrong;
	int err = values_check(reader, directive, values, &wrong);

	if (err || wrong)
		return err;
	switch (directive->effect) {
	case RB_EFFECT_NONE:
		return 0;
	case RB_EFFECT_IGNORED:
		if (is_inert(directive, values[0].text))
			return 0;
		return rb_reader_ignored(reader, directive, directive->name, directive->note);
	case RB_EFFECT_REFUSED:
		if (is_inert(directive, values[0].text))
			return 0;
		return rb_config_error(reader->config, reader->location, "%s: not supported: %s",
				       directive->name, directive->note);
	case RB_EFFECT_HANDLED:
		break;
	}
	if (directive->width)
		err = field_set(reader, directive, values[0].text);
	if (!err && directive->handle)
		err = directive->handle(reader, directive, values);
	if (err)
		return err;
	if (directive->passed)
		err = pass_on(reader, directive, values);
	if (!err && directive->shared)
		err = rb_reader_defer(reader, directive, values);
	return err;
}
