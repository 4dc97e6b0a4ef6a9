/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the part of the configuration that libunbound is to read, as an unbound.conf of its own.
 */
#include "config/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/default_zones.h"
#include "config/fingerprint.h"
#include "config/named_files.h"
#include "util/cleanup.h"

/*
 * What Unbound's daemon assumes where its library assumes otherwise, and what only suits us. The
 * operator's lines follow, and of two the later counts.
 *
 * outgoing-range is 4096 in the daemon. It costs as many descriptors per thread, and what exceeds
 * it waits for its turn: a quarter does with the limits that services usually have.
 * msg-cache-slabs and the like: a context belongs to one thread, there is no lock to spread.
 */
static const char *const daemon_defaults[] = {
	"verbosity: 1",           "use-syslog: no",        "logfile: \"\"",
	"minimal-responses: yes", "root-key-sentinel: no", "do-not-query-localhost: yes",
	"msg-cache-slabs: 1",     "rrset-cache-slabs: 1",  "key-cache-slabs: 1",
	"infra-cache-slabs: 1",   "ratelimit-slabs: 1",
};

/* The same for limits of the whole program, of which each thread's context gets its share. */
static const struct {
	const char *name;
	uint64_t value;
} shared_defaults[] = {
	{"msg-cache-size", 4 << 20}, {"rrset-cache-size", 4 << 20},   {"key-cache-size", 4 << 20},
	{"neg-cache-size", 1 << 20}, {"infra-cache-numhosts", 10000}, {"ratelimit-size", 4 << 20},
};

static void value_put(FILE *stream, const struct rb_value *value)
{
	fputc(' ', stream);
	if (value->quote)
		fputc(value->quote, stream);
	fputs(value->text, stream);
	if (value->quote)
		fputc(value->quote, stream);
}

void rb_resolver_text_put(struct rb_lines *lines, struct rb_location location, const char *name,
			  const struct rb_value *values)
{
	FILE *stream = rb_lines_begin(lines, location);
	size_t i;

	fprintf(stream, "\t%s:", name);
	for (i = 0; i < RB_VALUES_MAX && values[i].text; i++)
		value_put(stream, &values[i]);
	fputc('\n', stream);
}

bool rb_resolver_text_put_path(struct rb_lines *lines, struct rb_location location,
			       const char *name, const char *path)
{
	char quote = strchr(path, '"') ? '\'' : '"';

	if (strpbrk(path, "\\\n\r") || strchr(path, quote))
		return false;
	fprintf(rb_lines_begin(lines, location), "\t%s: %c%s%c\n", name, quote, path, quote);
	return true;
}

/*
 * Each resolver process has contexts of its own. 0 turns a limit off and stays; anything else leaves
 * at least 1 to everybody.
 */
static uint64_t share(const struct rb_config *config, uint64_t total)
{
	uint64_t contexts = (uint64_t)config->num_threads * rb_config_contexts(config);

	return total / contexts + (total % contexts != 0);
}

static void shared_put(const struct rb_reader *reader, struct rb_lines *lines,
		       const struct rb_deferred *deferred)
{
	const struct rb_directive *directive = deferred->directive;
	FILE *stream = rb_lines_begin(lines, deferred->location);
	size_t last = 0;
	uint64_t total = 0;

	fprintf(stream, "\t%s:", directive->name);
	while (last + 1 < RB_VALUES_MAX && deferred->values[last + 1].text)
		value_put(stream, &deferred->values[last++]);
	if (directive->kinds[last] == RB_VALUE_SIZE)
		rb_value_size(deferred->values[last].text, &total);
	else
		rb_value_number(deferred->values[last].text, 0, UINT64_MAX, &total);
	fprintf(stream, " %" PRIu64 "\n", share(reader->config, total));
}

static int deferred_put(const struct rb_reader *reader, struct rb_lines *lines, const char *base)
{
	size_t i;
	int err = 0;

	for (i = 0; i < reader->deferred_count && !err; i++) {
		const struct rb_deferred *deferred = &reader->deferred[i];

		if (deferred->directive->shared)
			shared_put(reader, lines, deferred);
		else
			err = rb_named_file_put(reader, lines, base, deferred->directive->name,
						deferred->values[0].text, deferred->location);
	}
	return err;
}

/*
 * The copy. With a primary, which libunbound as a library asks nothing of, it takes a file that is
 * not there for a zone that is still to come or has expired: SERVFAIL, or fallback-enabled:.
 */
static int transfer_put(const struct rb_reader *reader, struct rb_lines *lines,
			const struct rb_zone *zone)
{
	const char *path = reader->config->transfers[zone->transfer - 1].path;

	fputs("\tprimary: 127.0.0.1\n", rb_lines_begin(lines, zone->location));
	if (!access(path, R_OK))
		return rb_named_file_put(reader, lines, NULL, "zonefile", path, zone->location);
	fputs(RB_CONTENTS_LINE RB_CONTENTS_NONE "\n", rb_lines_begin(lines, zone->location));
	if (rb_resolver_text_put_path(lines, zone->location, "zonefile", path))
		return 0;
	return rb_config_error(reader->config, zone->location,
			       "zonefile: no backslash, newline or two kinds of quotes may be in a "
			       "file name: '%s'",
			       path);
}

static int zones_put(const struct rb_reader *reader, struct rb_lines *lines, const char *base)
{
	unsigned int over_tls = 0;
	size_t i;
	int err = 0;

	for (i = 0; i < reader->zone_count && !err; i++) {
		const struct rb_zone *zone = &reader->zones[i];
		struct rb_value name[RB_VALUES_MAX] = {zone->name};

		if (!zone->name.text)
			continue;
		fprintf(rb_lines_begin(lines, zone->location), "%s:\n", zone->clause->name);
		rb_resolver_text_put(lines, zone->location, "name", name);
		rb_lines_append(lines, &zone->lines);
		rb_upstreams_put(reader, zone, lines, &over_tls);
		if (zone->transfer)
			err = transfer_put(reader, lines, zone);
		else if (zone->zonefile)
			err = rb_zone_file_put(reader, lines, base, zone);
	}
	return err;
}

/* A line that nobody wrote. */
static FILE *own_begin(const struct rb_reader *reader, struct rb_lines *lines)
{
	return rb_lines_begin(lines, (struct rb_location){reader->config->files[0], 0});
}

struct own_lines {
	const struct rb_reader *reader;
	struct rb_lines *lines;
};

/* Local policy is ours: the library answers nothing by itself. */
static int default_zone_put(const struct rb_default_zone *zone, void *context)
{
	const struct own_lines *own = context;

	fprintf(own_begin(own->reader, own->lines), "\tlocal-zone: %s nodefault\n", zone->name);
	return 0;
}

static void defaults_put(const struct rb_reader *reader, struct rb_lines *lines)
{
	struct own_lines own = {reader, lines};
	size_t i;

	fputs("server:\n", own_begin(reader, lines));
	for (i = 0; i < ARRAY_SIZE(daemon_defaults); i++)
		fprintf(own_begin(reader, lines), "\t%s\n", daemon_defaults[i]);
	fprintf(own_begin(reader, lines), "\toutgoing-range: %u\n", reader->config->outgoing_range);
	fprintf(own_begin(reader, lines), "\toutgoing-num-tcp: %u\n",
		reader->config->outgoing_num_tcp);
	for (i = 0; i < ARRAY_SIZE(shared_defaults); i++)
		fprintf(own_begin(reader, lines), "\t%s: %" PRIu64 "\n", shared_defaults[i].name,
			share(reader->config, shared_defaults[i].value));
	/* A library that was built with more modules would name those, too, by default. */
	fprintf(own_begin(reader, lines), "\tmodule-config: \"%s\"\n",
		reader->modules ? reader->modules : "validator iterator");
	rb_default_zones(default_zone_put, &own);
}

static int say_restart(const struct rb_reader *reader, const char *directive)
{
	return rb_config_warn(reader->config, (struct rb_location){reader->config->files[0], 0},
			      "%s: a change requires a restart; the old value stays in force",
			      directive);
}

/* So that each context's share is that of the contexts that there are, and not of those to come. */
static int threads_keep(const struct rb_reader *reader)
{
	const struct rb_config *in_force = reader->in_force;
	struct rb_config *config = reader->config;
	bool differs = in_force && in_force->num_threads != config->num_threads;

	if (in_force) {
		config->num_threads = in_force->num_threads;
		config->num_threads_set = in_force->num_threads_set;
	}
	return differs ? say_restart(reader, "num-threads") : 0;
}

/* Of two lines the later counts. */
static int queries_keep(const struct rb_reader *reader, struct rb_lines *lines)
{
	const struct rb_config *in_force = reader->in_force;
	struct rb_config *config = reader->config;

	if (!in_force || in_force->num_queries_per_thread == config->num_queries_per_thread)
		return 0;
	config->num_queries_per_thread = in_force->num_queries_per_thread;
	fprintf(own_begin(reader, lines), "\tnum-queries-per-thread: %u\n",
		config->num_queries_per_thread);
	return say_restart(reader, "num-queries-per-thread");
}

static int text_put(struct rb_reader *reader, struct rb_lines *lines)
{
	char *base = rb_named_files_base(reader);
	size_t i;
	int err;

	if (!base)
		return errno == ENOMEM ? -ENOMEM : -errno;
	reader->config->directory = base;
	err = threads_keep(reader);
	if (err)
		return err;
	defaults_put(reader, lines);
	for (i = 0; i < reader->newer_count; i++)
		reader->newer[i].line += lines->count;
	rb_lines_append(lines, &reader->server_lines);
	err = queries_keep(reader, lines);
	if (!err)
		err = deferred_put(reader, lines, base);
	return err ? err : zones_put(reader, lines, base);
}

int rb_resolver_text_finish(struct rb_reader *reader)
{
	_cleanup_(rb_lines_free) struct rb_lines lines = {0};
	struct rb_config *config = reader->config;
	int err = rb_lines_close(&reader->server_lines);

	if (!err)
		err = rb_lines_open(&lines);
	if (!err)
		err = text_put(reader, &lines);
	if (!err)
		err = rb_lines_close(&lines);
	if (err)
		return err;
	config->resolver_text = TAKE_PTR(lines.text);
	config->resolver_runs = TAKE_PTR(lines.runs);
	config->resolver_run_count = lines.run_count;
	config->newer = TAKE_PTR(reader->newer);
	config->newer_count = reader->newer_count;
	return 0;
}
