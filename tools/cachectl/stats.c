/* SPDX-License-Identifier: BSD-2-Clause */
/* `stats`: how packets ended in the kernel, by name, and how full the table is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cachectl.h"
#include "complain.h"
#include "daemon.h"
#include "datapath/counters.h"
#include "util/json.h"
#include "pace.h"
#include "paths.h"
#include "totals.h"
#include "util/cleanup.h"
#include "verbs.h"
#include "watch.h"

/* NULL counters: the program is not loaded, and the table is all that there is to show. */
struct stats {
	const struct rb_table *table;
	const uint64_t *counters;
	struct rb_table_usage usage;
	int asked;                          /* the daemon was to be */
	const struct daemon_answer *daemon; /* NULL: none runs */
};

static void print_counter_text(const struct stats *stats, unsigned int counter)
{
	printf("  %-20s %14" PRIu64 "  %s\n", rb_counter_name(counter), stats->counters[counter],
	       rb_counter_meaning(counter));
}

static void print_counters_text(const struct stats *stats)
{
	const struct totals totals = totals_between(NULL, stats->counters);
	unsigned int group, counter;

	if (!stats->counters) {
		puts("no kernel counters: the XDP program is not loaded");
		return;
	}
	for (group = 0; group < TOTALS_GROUPS; group++) {
		printf("%s: %" PRIu64 "\n", totals_group_title(group), totals.group[group]);
		for (counter = 0; counter < RB_RESULT_COUNT; counter++)
			if ((unsigned int)rb_result_group(counter) == group)
				print_counter_text(stats, counter);
	}
	puts("of these, or besides:");
	for (counter = RB_RESULT_COUNT; counter < RB_COUNTER_COUNT; counter++)
		print_counter_text(stats, counter);
}

/* Each with how much of it the table answered there. Returns how many ways are known. */
static unsigned int hits_by_way(const struct stats *stats, const char **names,
				struct path_counts *counts)
{
	const struct totals totals = totals_between(NULL, stats->counters);
	unsigned int known = 0, path;

	if (stats->counters) {
		names[known] = "kernel";
		counts[known++] = (struct path_counts){totals_questions(&totals),
						       totals.group[RB_GROUP_REPLY]};
	}
	if (!stats->daemon)
		return known;
	paths_read(stats->daemon, counts + known);
	for (path = 0; path < PATHS; path++)
		names[known++] = path_name(path);
	return known;
}

static void print_ways_text(const struct stats *stats)
{
	struct path_counts counts[1 + PATHS];
	const char *names[1 + PATHS];
	unsigned int known = hits_by_way(stats, names, counts), i;

	puts("questions by the way that they took:");
	for (i = 0; i < known; i++)
		printf("  %-20s %14" PRIu64 "  %.1f %% answered from the table\n", names[i],
		       counts[i].queries, 100 * paths_ratio(counts[i].hits, counts[i].queries));
}

/* Of what the daemon counts, too, the maps have told already. */
static int is_known(const struct daemon_line *line)
{
	static const char *const families[] = {
		"kernel_", "table_records", "table_capacity_records", "table_bytes", "table_epoch",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (!strncmp(line->name, families[i], strlen(families[i])))
			return 1;
	return 0;
}

static void print_daemon_text(const struct daemon_answer *daemon)
{
	size_t i;

	if (!daemon) {
		puts("daemon: does not answer");
		return;
	}
	puts("daemon:");
	for (i = 0; i < daemon->count; i++)
		if (!is_known(&daemon->lines[i]))
			printf("  %-28s %14s\n", daemon->lines[i].name, daemon->lines[i].value);
}

static void print_text(const struct stats *stats)
{
	unsigned int tier;

	print_counters_text(stats);
	print_ways_text(stats);
	printf("table: epoch %u, %.1f MB\n", stats->table->control->epoch,
	       (double)stats->usage.bytes / 1e6);
	for (tier = 0; tier < RB_TIERS; tier++)
		printf("  %-20s %14" PRIu64 "  of %" PRIu64 " records\n", cachectl_tier_name(tier),
		       stats->usage.used[tier], stats->usage.capacity[tier]);
	if (stats->asked)
		print_daemon_text(stats->daemon);
}

static void print_counter_json(const struct stats *stats, unsigned int counter, int *first)
{
	rb_json_comma(stdout, first);
	rb_json_string(stdout, rb_counter_name(counter));
	printf(":%" PRIu64, stats->counters[counter]);
}

static void print_counters_json(const struct stats *stats)
{
	unsigned int group, counter;
	int first;

	if (!stats->counters) {
		fputs("null", stdout);
		return;
	}
	putchar('{');
	for (group = 0; group < TOTALS_GROUPS; group++) {
		printf("\"%s\":{", totals_group_name(group));
		for (counter = 0, first = 1; counter < RB_RESULT_COUNT; counter++)
			if ((unsigned int)rb_result_group(counter) == group)
				print_counter_json(stats, counter, &first);
		fputs("},", stdout);
	}
	fputs("\"events\":{", stdout);
	for (first = 1; counter < RB_COUNTER_COUNT; counter++)
		print_counter_json(stats, counter, &first);
	fputs("}}", stdout);
}

/* "family.of=1" of one family after the other: an object in the object. */
static void print_daemon_json(const struct daemon_answer *daemon)
{
	const char *family = "";
	int first = 1;
	size_t i;

	if (!daemon) {
		fputs("null", stdout);
		return;
	}
	putchar('{');
	for (i = 0; i < daemon->count; i++) {
		const struct daemon_line *line = &daemon->lines[i];
		char *of = strchr(line->name, '.');

		if (is_known(line))
			continue;
		if (of)
			*of++ = '\0';
		if (*family && strcmp(family, of ? line->name : "") != 0) {
			putchar('}');
			family = "";
		}
		rb_json_comma(stdout, &first);
		if (of && !*family) {
			printf("\"%s\":{", line->name);
			family = line->name;
		}
		printf("\"%s\":%s", of ? of : line->name, line->value);
	}
	puts(*family ? "}}" : "}");
}

static void print_ways_json(const struct stats *stats)
{
	struct path_counts counts[1 + PATHS];
	const char *names[1 + PATHS];
	unsigned int known = hits_by_way(stats, names, counts), i;

	putchar('{');
	for (i = 0; i < known; i++)
		printf("%s\"%s\":{\"questions\":%" PRIu64 ",\"hit_ratio\":%.5f}", i ? "," : "",
		       names[i], counts[i].queries, paths_ratio(counts[i].hits, counts[i].queries));
	putchar('}');
}

static void print_json(const struct stats *stats)
{
	unsigned int tier;

	fputs("{\"counters\":", stdout);
	print_counters_json(stats);
	fputs(",\"paths\":", stdout);
	print_ways_json(stats);
	printf(",\"table\":{\"epoch\":%u,\"bytes\":%" PRIu64 ",\"classes\":{",
	       stats->table->control->epoch, stats->usage.bytes);
	for (tier = 0; tier < RB_TIERS; tier++)
		printf("%s\"%s\":{\"used\":%" PRIu64 ",\"capacity\":%" PRIu64 "}", tier ? "," : "",
		       cachectl_tier_name(tier), stats->usage.used[tier],
		       stats->usage.capacity[tier]);
	fputs("}},\"daemon\":", stdout);
	print_daemon_json(stats->daemon);
	puts("}");
}

/* Once, everything. */
static void show_all(const struct cachectl *ctl)
{
	struct stats stats = {.table = ctl->table, .asked = ctl->socket != NULL};
	uint64_t counters[RB_COUNTER_COUNT];
	struct daemon_answer daemon = {};

	rb_table_usage(ctl->table, &stats.usage);
	if (!rb_xdp_counters(ctl->pin_dir, counters))
		stats.counters = counters;
	if (ctl->socket && !daemon_ask(ctl->socket, "stats_noreset", '=', &daemon))
		stats.daemon = &daemon;
	if (ctl->output == OUTPUT_JSON)
		print_json(&stats);
	else
		print_text(&stats);
	daemon_answer_free(&daemon);
}

enum option {
	OPT_WATCH,
	OPT_INTERVAL,
	OPT_COUNT,
};

static enum cachectl_exit run(const struct cachectl *ctl, const struct verb_args *args)
{
	struct pace pace;
	int err;

	if (!args->options[OPT_WATCH]) {
		if (args->options[OPT_INTERVAL] || args->options[OPT_COUNT]) {
			complain(ctl->output, "--interval and --count go with --watch");
			return EXIT_USAGE;
		}
		show_all(ctl);
		return EXIT_OK;
	}
	if (!pace_open(&pace, ctl->output, args->options[OPT_INTERVAL], args->options[OPT_COUNT]))
		return EXIT_USAGE;
	err = watch_rounds(ctl, &pace);
	pace_close(&pace);
	if (!err)
		return EXIT_OK;
	complain(ctl->output, "%s: %s", ctl->pin_dir, strerror(-err));
	return EXIT_NO_TABLE;
}

static const struct verb_option options[] = {
	[OPT_WATCH] = {"watch", 'w', NULL, "what happens now, again and again"},
	[OPT_INTERVAL] = {"interval", 'i', "SECONDS", "with --watch: show anew so often (2)"},
	[OPT_COUNT] = {"count", 'c', "N", "with --watch: end after so many times\n(until Ctrl-C)"},
	{},
};

const struct verb verb_stats = {
	.name = "stats",
	.summary = "how packets ended in the kernel, how full the table is",
	.help = "The kernel's counts begin with the load of its program, the daemon's own, which come\n"
		"along where it runs, with its start.\n",
	.need = NEED_TABLE,
	.options = options,
	.run = run,
};
