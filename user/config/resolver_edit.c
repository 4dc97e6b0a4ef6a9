/* SPDX-License-Identifier: BSD-2-Clause */
/* Zones of upstreams, put into libunbound's text and taken out of it. */
#include "config/resolver_edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/fingerprint.h"
#include "config/values.h"
#include "util/cleanup.h"
#include "util/text.h"

static const struct {
	const char *clause, *stem; /* NULL: none */
} zones[] = {
	[RB_RESOLVER_FORWARD] = {"forward-zone:", "forward"},
	[RB_RESOLVER_STUB] = {"stub-zone:", "stub"},
	[RB_RESOLVER_INSECURE] = {NULL, NULL},
};

static size_t line_len(const char *line)
{
	return strcspn(line, "\n");
}

static char *next_line(char *line)
{
	line += line_len(line);
	return *line ? line + 1 : line;
}

/* Whether the line is this directive of this name. */
static bool line_names(const char *line, const char *directive, const struct rb_resolver_edit *edit)
{
	uint8_t name[RB_NAME_MAX];
	char value[RB_NAME_TEXT_MAX];
	size_t len = strlen(directive);
	int name_len;

	line += strspn(line, " \t");
	if (strncmp(line, directive, len) != 0 || line[len] != ':')
		return false;
	line += len + 1;
	line += strspn(line, " \t\"'");
	len = strcspn(line, " \t\"'\n");
	if (len >= sizeof(value))
		return false;
	memcpy(value, line, len);
	value[len] = '\0';
	name_len = rb_name_from_text(value, name);
	return name_len > 0 && rb_name_equal(name, (size_t)name_len, edit->name, edit->name_len);
}

static bool opens_clause(const char *line)
{
	return *line && !strchr(" \t\n", *line);
}

/* The lines of the clause up to end. */
static void blank(char *line, const char *end)
{
	for (; line < end; line++)
		if (*line != '\n')
			*line = ' ';
}

/* The clauses of this kind and name. */
static void zones_blank(char *text, const struct rb_resolver_edit *edit)
{
	const char *clause = zones[edit->zone].clause;
	char *line = text;

	while (*line) {
		char *start = line;
		bool is_it = false;

		line = next_line(line);
		if (strncmp(start, clause, strlen(clause)) != 0)
			continue;
		for (; *line && !opens_clause(line); line = next_line(line))
			is_it |= line_names(line, "name", edit);
		if (is_it)
			blank(start, line);
	}
}

static void insecure_blank(char *text, const struct rb_resolver_edit *edit)
{
	for (char *line = text; *line; line = next_line(line))
		if (line_names(line, "domain-insecure", edit))
			blank(line, line + line_len(line));
}

static void zone_put(FILE *out, const struct rb_resolver_edit *edit, const char *name)
{
	const char *stem = zones[edit->zone].stem;

	fprintf(out, "%s\n\tname: \"%s\"\n", zones[edit->zone].clause, name);
	for (size_t i = 0; i < edit->server_count; i++) {
		bool is_address = false;

		rb_resolver_edit_takes(edit->servers[i], &is_address);
		fprintf(out, "\t%s-%s: %s\n", stem, is_address ? "addr" : "host", edit->servers[i]);
	}
	if (edit->primes)
		fputs("\tstub-prime: yes\n", out);
}

int rb_resolver_edit(const char *text, const struct rb_resolver_edit *edit, char **ret_text)
{
	_cleanup_free_ char *former = strdup(text);
	bool is_zone = zones[edit->zone].clause;
	char name[RB_NAME_TEXT_MAX];
	struct rb_text *next;
	size_t len;
	FILE *out;
	int err;

	if (!former)
		return -ENOMEM;
	if (is_zone)
		zones_blank(former, edit);
	if (edit->insecure || !is_zone)
		insecure_blank(former, edit);
	err = rb_text_open(&next, &out);
	if (err)
		return err;
	rb_name_to_text(edit->name, edit->name_len, name);
	fputs(former, out);
	if (edit->adds && is_zone)
		zone_put(out, edit, name);
	if (edit->adds && (edit->insecure || !is_zone))
		fprintf(out, "server:\n\tdomain-insecure: \"%s\"\n", name);
	return rb_text_close(next, ret_text, &len);
}

bool rb_resolver_edit_takes(const char *server, bool *ret_is_address)
{
	struct sockaddr_storage addr;
	uint8_t name[RB_NAME_MAX];

	*ret_is_address = rb_value_address(server, 53, &addr);
	/* "#name" is of servers that speak TLS. */
	if (strpbrk(server, "#\"'\\"))
		return false;
	return *ret_is_address || rb_name_from_text(server, name) > 1;
}

/* What zone_put() and its like write, none of which has anything read. */
static bool is_added(const char *line)
{
	static const char *const starts[] = {
		"forward-zone:\n",     "stub-zone:\n",          "server:\n",     "\tname: \"",
		"\tforward-addr: ",    "\tforward-host: ",      "\tstub-addr: ", "\tstub-host: ",
		"\tstub-prime: yes\n", "\tdomain-insecure: \"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (!strncmp(line, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static bool is_of_contents(const char *line)
{
	return !strncmp(line, RB_CONTENTS_LINE, strlen(RB_CONTENTS_LINE));
}

/* Lines that stay keep their numbers, those that are taken out are blank, others follow. */
bool rb_resolver_edit_is_of(char *text, const char *own)
{
	while (*text) {
		size_t len = line_len(text), own_len = line_len(own);
		bool is_blank = strspn(text, " ") == len;

		if (len == own_len && is_of_contents(text) && is_of_contents(own))
			memcpy(text, own, len);
		if (*own && !is_blank && (len != own_len || memcmp(text, own, len) != 0))
			return false;
		if (!*own && !is_blank && !is_added(text))
			return false;
		text += len + (text[len] == '\n');
		own += own_len + (own[own_len] == '\n');
	}
	return true;
}
