/* SPDX-License-Identifier: BSD-2-Clause */
/* From libunbound's text to what it says of names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/default_zones.h"
#include "dns/name.h"
#include "policy/guard.h"
#include "policy/guard_set.h"
#include "util/cleanup.h"

/* One line of the text: an attribute and the first two of its values. */
struct line {
	char name[64];
	char values[2][RB_NAME_TEXT_MAX];
};

/* While the text is read. */
struct reading {
	struct rb_guard *guard;
	bool validator;
	bool lan_insecure; /* insecure-lan-zones */
	bool in_auth;      /* inside an auth-zone, whose name is */
	char auth[RB_NAME_TEXT_MAX];
	bool in_upstream; /* inside a forward-zone or stub-zone, likewise; "": not named yet */
	bool is_uncached; /* and what is said of it */
	char upstream[RB_NAME_TEXT_MAX];
};

/* A value without its quotes. Returns what follows. */
static const char *value_take(const char *text, const char *end, char *out, size_t room)
{
	char quote = 0;
	size_t len = 0;

	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	if (text < end && (*text == '"' || *text == '\''))
		quote = *text++;
	while (text < end && (quote ? *text != quote : *text != ' ' && *text != '\t')) {
		if (len + 1 < room)
			out[len++] = *text;
		text++;
	}
	out[len] = '\0';
	return text < end && quote ? text + 1 : text;
}

static bool line_take(const char *text, const char *end, struct line *line)
{
	const char *colon;

	while (text < end && (*text == ' ' || *text == '\t'))
		text++;
	colon = memchr(text, ':', (size_t)(end - text));
	if (!colon || (size_t)(colon - text) >= sizeof(line->name))
		return false;
	memcpy(line->name, text, (size_t)(colon - text));
	line->name[colon - text] = '\0';
	text = value_take(colon + 1, end, line->values[0], sizeof(line->values[0]));
	value_take(text, end, line->values[1], sizeof(line->values[1]));
	return true;
}

/* What is no name libunbound has refused already. */
static int say_word(struct rb_guard *guard, const char *word, uint16_t type, unsigned int said)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(word, name);

	return len < 0 ? 0 : rb_guard_say(guard, name, (size_t)len, type, said);
}

/* The first word of text. */
static int say(struct rb_guard *guard, const char *text, uint16_t type, unsigned int said)
{
	char word[RB_NAME_TEXT_MAX];

	value_take(text, text + strlen(text), word, sizeof(word));
	return say_word(guard, word, type, said);
}

static bool is_yes(const struct line *line)
{
	return !strcmp(line->values[0], "yes");
}

/* Inside an auth-zone. */
static int auth_line_use(struct reading *reading, const struct line *line)
{
	bool yes = is_yes(line);

	if (!strcmp(line->name, "name")) {
		memcpy(reading->auth, line->values[0], sizeof(reading->auth));
		return say(reading->guard, reading->auth, 0, RB_SAID_AUTH);
	}
	if ((!strcmp(line->name, "for-downstream") && !yes) ||
	    (!strcmp(line->name, "fallback-enabled") && yes))
		return say(reading->guard, reading->auth, 0, RB_SAID_AUTH | RB_SAID_RESOLVED);
	return 0;
}

/* Inside a forward-zone or stub-zone, in any order. */
static int upstream_line_use(struct reading *reading, const struct line *line)
{
	const char *dash = strchr(line->name, '-');

	if (!strcmp(line->name, "name"))
		memcpy(reading->upstream, line->values[0], sizeof(reading->upstream));
	else if (dash && !strcmp(dash, "-no-cache"))
		reading->is_uncached = is_yes(line);
	if (!*reading->upstream)
		return 0;
	return say(reading->guard, reading->upstream, 0,
		   RB_SAID_UPSTREAM | (reading->is_uncached ? RB_SAID_UNCACHED : 0));
}

static void clause_begin(struct reading *reading, bool is_auth)
{
	reading->in_auth = is_auth;
	reading->in_upstream = !is_auth;
	reading->is_uncached = false;
	reading->upstream[0] = '\0';
}

static int line_use(struct reading *reading, const struct line *line)
{
	struct rb_guard *guard = reading->guard;
	const char *name = line->name, *value = line->values[0];

	if (!strcmp(name, "module-config"))
		reading->validator = strstr(value, "validator") != NULL;
	else if (!strcmp(name, "insecure-lan-zones"))
		reading->lan_insecure = is_yes(line);
	else if (!strcmp(name, "auth-zone"))
		clause_begin(reading, true);
	else if (!strcmp(name, "forward-zone") || !strcmp(name, "stub-zone"))
		clause_begin(reading, false);
	else if (reading->in_auth)
		return auth_line_use(reading, line);
	else if (reading->in_upstream)
		return upstream_line_use(reading, line);
	else if (!strcmp(name, "domain-insecure"))
		return say(guard, value, 0, RB_SAID_INSECURE);
	return 0;
}

/* insecure-lan-zones: the default zones of private addresses are as if domain-insecure named them.
 */
static int lan_zone_use(const struct rb_default_zone *zone, void *context)
{
	return zone->lan ? say(context, zone->name, 0, RB_SAID_INSECURE) : 0;
}

static int anchors_use(struct rb_guard *guard, const struct rb_anchors *anchors)
{
	int err = 0;

	for (size_t i = 0; i < anchors->count && !err; i++) {
		const struct rb_anchor *anchor = &anchors->list[i];

		if (anchor->rr_class == RB_CLASS_IN)
			err = rb_guard_say(guard, anchor->owner, anchor->owner_len, 0,
					   RB_SAID_ANCHOR);
	}
	return err;
}

int rb_guard_new(const char *resolver_text, const struct rb_anchors *anchors,
		 const struct rb_policy_images *images, struct rb_guard **ret_guard)
{
	_cleanup_(rb_guard_freep) struct rb_guard *guard = calloc(1, sizeof(*guard));
	struct reading reading = {.guard = guard};
	const char *text = resolver_text;
	int err = guard ? 0 : -ENOMEM;

	if (!err)
		err = rb_guard_use(guard, images);
	while (!err && *text) {
		const char *end = strchrnul(text, '\n');
		struct line line;

		if (line_take(text, end, &line))
			err = line_use(&reading, &line);
		text = *end ? end + 1 : end;
	}
	if (!err && reading.lan_insecure)
		err = rb_default_zones(lan_zone_use, guard);
	/* Without the module nothing is validated, whatever anchors there are. */
	if (!err && reading.validator)
		err = anchors_use(guard, anchors);
	if (err)
		return err;
	*ret_guard = TAKE_PTR(guard);
	return 0;
}
