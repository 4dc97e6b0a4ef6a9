/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds what the installed libunbound refuses in a configuration, and in which line. */
#include "resolve/trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>

#include "config/messages.h"
#include "config/reader.h"
#include "resolve/child.h"
#include "upstream/tls.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define ERROR_MARK "error: "

/* Limits for errors that are searched one by one: their number, and the time. */
#define ERRORS_MAX     10
#define MORE_ERRORS_NS (5 * RB_NS_PER_S)

/*
 * The parts of the text that can be left out: each line of server:, and each other clause as a
 * whole. A part is what lies before its end, and behind the end of the one before it.
 */
struct parts {
	struct part {
		size_t end;
		unsigned int line; /* its first */
	} * list;
	size_t count;
	size_t own; /* this many at the beginning are our own lines, not from a file */
};

static void parts_free(struct parts *parts)
{
	free(parts->list);
}

static int parts_find(const struct rb_config *config, struct parts *ret_parts)
{
	_cleanup_(parts_free) struct parts parts = {0};
	unsigned int line = 1, first = 1, clauses = 0;
	const char *text = config->resolver_text, *cursor = text;

	while (*cursor) {
		const char *end = strchrnul(cursor, '\n');
		struct part part;
		int err;

		clauses += *cursor != '\t';
		cursor = *end ? end + 1 : end;
		line++;
		if (clauses > 1 && *cursor == '\t')
			continue;
		part = (struct part){(size_t)(cursor - text), first};
		first = line;
		err = rb_array_append(&parts.list, &parts.count, sizeof(part), &part);
		if (err)
			return err;
	}
	while (parts.own < parts.count &&
	       !rb_config_resolver_location(config, parts.list[parts.own].line).line)
		parts.own++;
	*ret_parts = (struct parts){TAKE_PTR(parts.list), parts.count, parts.own};
	return 0;
}

/* Where the parts before this one end. */
static size_t offset_of(const struct parts *parts, size_t part)
{
	return part ? parts->list[part - 1].end : 0;
}

/* The first error of a setup, which those that follow only pass on. */
static const char *first_error(const char *said, size_t *ret_len)
{
	const char *mark = strstr(said, ERROR_MARK);
	const char *text = mark ? mark + strlen(ERROR_MARK) : "it does not say why";

	*ret_len = strcspn(text, "\n");
	return text;
}

/* Lines keep their numbers and their clauses: newlines and tabs stay. */
static void blank(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n' && text[i] != '\t')
			text[i] = ' ';
}

struct report {
	struct rb_config *config;
	unsigned int count;
};

/* Further errors of the same line only follow from the first. */
static int report_numbered(void *context, unsigned int number, const char *text, size_t text_len)
{
	struct report *report = context;
	struct rb_config *config = report->config;

	if (!rb_config_resolver_drop(config, number))
		return 0;
	report->count++;
	return rb_config_error(config, rb_config_resolver_location(config, number),
			       "libunbound: %.*s", (int)text_len, text);
}

static int report_setup(struct rb_config *config, unsigned int line, const struct rb_child *child)
{
	struct rb_location location = rb_config_resolver_location(config, line);
	const char *text;
	size_t len;

	switch (child->end) {
	case RB_CHILD_DIED:
		return rb_config_error(config, location, "libunbound %s dies of this (%s)",
				       ub_version(), strsignal(child->signal));
	case RB_CHILD_ENDLESS:
		return rb_config_error(config, location, "libunbound %s does not come to an end",
				       ub_version());
	case RB_CHILD_REFUSED:
	case RB_CHILD_TOOK:
		break;
	}
	text = first_error(child->said, &len);
	return rb_config_error(config, location, "libunbound: %.*s", (int)len, text);
}

/* Our own lines and these parts, from first up to but not including last. */
static int ask_parts(const struct rb_config *config, const struct parts *parts, size_t first,
		     size_t last, struct rb_child *ret_child)
{
	size_t own = offset_of(parts, parts->own), from = offset_of(parts, first);
	size_t bytes = offset_of(parts, last) - from;
	_cleanup_free_ char *text = malloc(own + bytes + 1);

	if (!text)
		return -ENOMEM;
	memcpy(text, config->resolver_text, own);
	memcpy(text + own, config->resolver_text + from, bytes);
	return rb_child_ask(text, own + bytes, RB_ASK_COMPLETE, ret_child);
}

enum search {
	SEARCH_ALONE,      /* in ever smaller pieces: quickly finds what is wrong in itself */
	SEARCH_BY_ADDITION /* finds what is wrong together with something before it */
};

/* The part that is refused, and how. */
static int search(const struct rb_config *config, const struct parts *parts, enum search how,
		  size_t *ret_part, struct rb_child *child)
{
	size_t low = parts->own, high = parts->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		struct rb_child answer = {0};
		int err = ask_parts(config, parts, how == SEARCH_ALONE ? low : parts->own, middle,
				    &answer);

		if (err)
			return err;
		if (answer.end == RB_CHILD_TOOK) {
			rb_child_release(&answer);
			low = middle;
			continue;
		}
		rb_child_release(child);
		*child = answer;
		high = middle;
	}
	*ret_part = low;
	return 0;
}

/* libunbound refuses the text as a whole, and gives no line. */
static int blame(struct rb_config *config, struct rb_child *child)
{
	_cleanup_(parts_free) struct parts parts = {0};
	_cleanup_(rb_child_release) struct rb_child alone = {0};
	size_t part = 0;
	int err = parts_find(config, &parts);

	if (err)
		return err;
	if (child->end == RB_CHILD_ENDLESS || parts.own == parts.count)
		return report_setup(config, 1, child);
	err = search(config, &parts, SEARCH_ALONE, &part, child);
	if (!err)
		err = ask_parts(config, &parts, part, part + 1, &alone);
	if (!err && alone.end == RB_CHILD_TOOK)
		err = search(config, &parts, SEARCH_BY_ADDITION, &part, child);
	if (err)
		return err;
	blank(config->resolver_text + offset_of(&parts, part),
	      parts.list[part].end - offset_of(&parts, part));
	return report_setup(config, parts.list[part].line,
			    alone.end == RB_CHILD_TOOK ? child : &alone);
}

/* Only OpenSSL, and not libunbound, understands tls-ciphers: and tls-ciphersuites:. */
static int ciphers_check(struct rb_config *config)
{
	const char *ciphers = config->tls_ciphers ? config->tls_ciphers : "";
	const char *suites = config->tls_ciphersuites ? config->tls_ciphersuites : "";
	bool wrong = !rb_upstream_tls_knows(ciphers, "");

	if (rb_upstream_tls_knows(ciphers, suites))
		return 0;
	return rb_config_error(config, config->tls_ciphers_location,
			       "%s: OpenSSL has no ciphers of that name: '%s'",
			       wrong ? "tls-ciphers" : "tls-ciphersuites", wrong ? ciphers : suites)
		       ?: -EINVAL;
}

int rb_trial_run(struct rb_config *config)
{
	uint64_t deadline_ns = rb_clock_ns() + MORE_ERRORS_NS;
	struct report report = {.config = config};
	int err = 0;

	/* Report an error, leave it out, and look for the next one. */
	do {
		_cleanup_(rb_child_release) struct rb_child child = {0};
		unsigned int known = report.count;

		err = rb_child_ask(config->resolver_text, strlen(config->resolver_text),
				   RB_ASK_COMPLETE, &child);
		if (err || child.end == RB_CHILD_TOOK)
			break;
		if (child.end == RB_CHILD_REFUSED)
			err = rb_child_errors(&child, report_numbered, &report);
		if (!err && report.count == known) {
			err = blame(config, &child);
			report.count++;
		}
	} while (!err && report.count < ERRORS_MAX && rb_clock_ns() < deadline_ns);
	if (!err && (config->tls_zone_count || rb_secure_has_key(&config->secure)))
		err = ciphers_check(config);
	return err ? err : report.count ? -EINVAL : 0;
}
