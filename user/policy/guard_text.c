/* SPDX-License-Identifier: BSD-2-Clause */
/* From libunbound's text to what it says of names. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
	bool lan_open;     /* unblock-lan-zones */
	bool lan_insecure; /* insecure-lan-zones */
	bool in_auth;      /* inside an auth-zone, whose name is */
	char auth[RB_NAME_TEXT_MAX];
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

static uint16_t type_of(const char *word)
{
	static const struct {
		const char *name;
		uint16_t type;
	} types[] = {
		{"A", RB_TYPE_A},     {"AAAA", RB_TYPE_AAAA},
		{"CAA", 257},         {"CNAME", RB_TYPE_CNAME},
		{"HTTPS", 65},        {"MX", RB_TYPE_MX},
		{"NAPTR", 35},        {"NS", RB_TYPE_NS},
		{"PTR", RB_TYPE_PTR}, {"SOA", RB_TYPE_SOA},
		{"SRV", 33},          {"SSHFP", 44},
		{"SVCB", 64},         {"TLSA", 52},
		{"TXT", RB_TYPE_TXT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcasecmp(word, types[i].name))
			return types[i].type;
	return 0;
}

/* "name [TTL] [class] type data". A type that is not known here is not said to be there. */
static int say_data(struct rb_guard *guard, const char *text)
{
	const char *end = text + strlen(text);
	char name[RB_NAME_TEXT_MAX] = "", word[16] = ""; /* the analyzer does not follow strlen() */
	uint16_t type = 0;
	int err;

	text = value_take(text, end, name, sizeof(name));
	for (int words = 0; words < 3 && !type; words++) {
		text = value_take(text, end, word, sizeof(word));
		if (!strcasecmp(word, "CH") || !strcasecmp(word, "HS"))
			return 0; /* nobody is answered in other classes than IN */
		type = type_of(word);
	}
	err = say_word(guard, name, 0, RB_SAID_DATA | (type == RB_TYPE_CNAME ? RB_SAID_CNAME : 0));
	return err || !type ? err : say_word(guard, name, type, RB_SAID_DATA);
}

/* The reverse name of an address in text; "": it is none. */
static void reverse_name(const char *text, char *out, size_t room)
{
	uint8_t bytes[16];
	size_t at = 0;

	out[0] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1) {
		snprintf(out, room, "%u.%u.%u.%u.in-addr.arpa", bytes[3], bytes[2], bytes[1],
			 bytes[0]);
	} else if (inet_pton(AF_INET6, text, bytes) == 1) {
		for (int i = 15; i >= 0; i--)
			at += (size_t)snprintf(out + at, room - at, "%x.%x.", bytes[i] & 0xf,
					       bytes[i] >> 4);
		snprintf(out + at, room - at, "ip6.arpa");
	}
}

/* "IP [TTL] name" */
static int say_pointer(struct rb_guard *guard, const char *text)
{
	char address[INET6_ADDRSTRLEN], name[128];

	value_take(text, text + strlen(text), address, sizeof(address));
	reverse_name(address, name, sizeof(name));
	if (!*name)
		return 0;
	return say_word(guard, name, 0, RB_SAID_DATA)
		       ?: say_word(guard, name, RB_TYPE_PTR, RB_SAID_DATA);
}

static unsigned int said_by_type(const char *type)
{
	static const struct {
		const char *type;
		unsigned int said;
	} types[] = {
		{"nodefault", RB_SAID_NODEFAULT},
		{"transparent", RB_SAID_OPEN},
		{"inform", RB_SAID_OPEN},
		{"noview", RB_SAID_OPEN},
		{"typetransparent", RB_SAID_OPEN | RB_SAID_TYPES},
		{"always_transparent", RB_SAID_OPEN | RB_SAID_PAST},
		{"redirect", RB_SAID_LOCAL},
		{"inform_redirect", RB_SAID_LOCAL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(type, types[i].type))
			return types[i].said;
	return RB_SAID_LOCAL;
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

static int line_use(struct reading *reading, const struct line *line)
{
	struct rb_guard *guard = reading->guard;
	const char *name = line->name, *value = line->values[0];

	if (!strcmp(name, "module-config"))
		reading->validator = strstr(value, "validator") != NULL;
	else if (!strcmp(name, "unblock-lan-zones"))
		reading->lan_open = is_yes(line);
	else if (!strcmp(name, "insecure-lan-zones"))
		reading->lan_insecure = is_yes(line);
	else if (!strcmp(name, "auth-zone"))
		reading->in_auth = true;
	else if (!strcmp(name, "forward-zone") || !strcmp(name, "stub-zone"))
		reading->in_auth = false;
	else if (reading->in_auth)
		return auth_line_use(reading, line);
	else if (!strcmp(name, "local-zone"))
		return say(guard, value, 0, said_by_type(line->values[1]));
	else if (!strcmp(name, "local-data"))
		return say_data(guard, value);
	else if (!strcmp(name, "local-data-ptr"))
		return say_pointer(guard, value);
	else if (!strcmp(name, "domain-insecure"))
		return say(guard, value, 0, RB_SAID_INSECURE);
	return 0;
}

/* Unbound's own local zones, RFC 6303 and others; %u stands for a range of labels. */
static const struct {
	const char *zone;
	unsigned int from, to;
	bool lan;
} defaults[] = {
	{"localhost", 0, 0, false},
	{"127.in-addr.arpa", 0, 0, false},
	{"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", 0, 0, false},
	{"home.arpa", 0, 0, false},
	{"onion", 0, 0, false},
	{"test", 0, 0, false},
	{"invalid", 0, 0, false},
	{"10.in-addr.arpa", 0, 0, true},
	{"%u.172.in-addr.arpa", 16, 31, true},
	{"168.192.in-addr.arpa", 0, 0, true},
	{"0.in-addr.arpa", 0, 0, true},
	{"%u.100.in-addr.arpa", 64, 127, true},
	{"254.169.in-addr.arpa", 0, 0, true},
	{"2.0.192.in-addr.arpa", 0, 0, true},
	{"100.51.198.in-addr.arpa", 0, 0, true},
	{"113.0.203.in-addr.arpa", 0, 0, true},
	{"255.255.255.255.in-addr.arpa", 0, 0, true},
	{"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa", 0, 0, true},
	{"d.f.ip6.arpa", 0, 0, true},
	{"%u.e.f.ip6.arpa", 8, 9, true},
	{"a.e.f.ip6.arpa", 0, 0, true},
	{"b.e.f.ip6.arpa", 0, 0, true},
	{"8.b.d.0.1.0.0.2.ip6.arpa", 0, 0, true},
};

/* Last: what the file says of such a zone takes its place. */
static int default_use(const struct reading *reading, const char *zone, bool lan)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(zone, name), err = 0;
	unsigned int said;

	if (len < 0)
		return -EINVAL;
	said = rb_guard_said(reading->guard, name, (size_t)len, 0);
	if (lan && reading->lan_insecure)
		err = rb_guard_say(reading->guard, name, (size_t)len, 0, RB_SAID_INSECURE);
	if (err || said & (RB_SAID_LOCAL | RB_SAID_OPEN | RB_SAID_NODEFAULT) ||
	    (lan && reading->lan_open))
		return err;
	return rb_guard_say(reading->guard, name, (size_t)len, 0, RB_SAID_LOCAL);
}

static int defaults_use(const struct reading *reading)
{
	size_t i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(defaults) && !err; i++) {
		const char *rest = strncmp(defaults[i].zone, "%u", 2) ? NULL : defaults[i].zone + 2;
		unsigned int label;

		for (label = defaults[i].from; label <= defaults[i].to && !err; label++) {
			char zone[128];

			if (rest)
				snprintf(zone, sizeof(zone), "%u%s", label, rest);
			else
				snprintf(zone, sizeof(zone), "%s", defaults[i].zone);
			err = default_use(reading, zone, defaults[i].lan);
		}
	}
	return err;
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
		 struct rb_guard **ret_guard)
{
	_cleanup_(rb_guard_freep) struct rb_guard *guard = calloc(1, sizeof(*guard));
	struct reading reading = {.guard = guard};
	const char *text = resolver_text;
	int err = guard ? 0 : -ENOMEM;

	while (!err && *text) {
		const char *end = strchrnul(text, '\n');
		struct line line;

		if (line_take(text, end, &line))
			err = line_use(&reading, &line);
		text = *end ? end + 1 : end;
	}
	if (!err)
		err = defaults_use(&reading);
	/* Without the module nothing is validated, whatever anchors there are. */
	if (!err && reading.validator)
		err = anchors_use(guard, anchors);
	if (err)
		return err;
	*ret_guard = TAKE_PTR(guard);
	return 0;
}
