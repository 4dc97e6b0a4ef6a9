/* SPDX-License-Identifier: BSD-2-Clause */
/* Rates, and hit ratios by the way that questions took, between two looks at the counters. */
#include "watch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "datapath/counters.h"
#include "util/json.h"
#include "paths.h"
#include "totals.h"
#include "util/cleanup.h"
#include "util/clock.h"

/* What the daemon counts; all 0 where none answers. */
struct server {
	bool answers;
	struct path_counts paths[PATHS];
	uint64_t stored, replaced, evicted;
};

struct look {
	uint64_t taken_ns;
	uint64_t kernel[RB_COUNTER_COUNT];
	struct server server;
};

struct interval {
	double seconds;
	struct totals totals;
	struct server server; /* the difference */
	struct rb_table_usage usage;
};

static struct server server_look(const struct cachectl *ctl)
{
	struct daemon_answer answer = {};
	struct server server = {};

	if (!ctl->socket || daemon_ask(ctl->socket, "stats_noreset", '=', &answer))
		return server;
	server.answers = true;
	paths_read(&answer, server.paths);
	server.stored = paths_daemon_count(&answer, "table_stored", NULL);
	server.replaced = paths_daemon_count(&answer, "table_replaced", NULL);
	server.evicted = paths_daemon_count(&answer, "table_evicted", NULL);
	daemon_answer_free(&answer);
	return server;
}

static int look_take(const struct cachectl *ctl, struct look *ret_look)
{
	struct look look = {.taken_ns = rb_clock_ns()};
	int err = rb_xdp_counters(ctl->pin_dir, look.kernel);

	/* -ENOENT: sockets alone serve. */
	if (err && err != -ENOENT)
		return err;
	look.server = server_look(ctl);
	*ret_look = look;
	return 0;
}

/* A count that has fallen is another daemon's. */
static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static struct interval interval_between(const struct cachectl *ctl, const struct look *before,
					const struct look *now)
{
	struct interval interval = {
		.seconds = (double)(now->taken_ns - before->taken_ns) / 1e9,
		.totals = totals_between(before->kernel, now->kernel),
		.server.answers = now->server.answers,
		.server.stored = grown(before->server.stored, now->server.stored),
		.server.replaced = grown(before->server.replaced, now->server.replaced),
		.server.evicted = grown(before->server.evicted, now->server.evicted),
	};
	unsigned int path;

	for (path = 0; path < PATHS; path++) {
		const struct path_counts *then = &before->server.paths[path];
		const struct path_counts *last = &now->server.paths[path];

		interval.server.paths[path].queries = grown(then->queries, last->queries);
		interval.server.paths[path].hits = grown(then->hits, last->hits);
	}
	rb_table_usage(ctl->table, &interval.usage);
	return interval;
}

static void print_path_text(const char *name, uint64_t queries, uint64_t hits, double seconds)
{
	printf("  %-10s %12.1f /s   %5.1f %% from the table\n", name, (double)queries / seconds,
	       100 * paths_ratio(hits, queries));
}

static void print_text(const struct interval *now)
{
	const struct totals *totals = &now->totals;
	unsigned int path, tier;

	puts("questions by the way that they took:");
	print_path_text("kernel", totals_questions(totals), totals->group[RB_GROUP_REPLY],
			now->seconds);
	for (path = 0; now->server.answers && path < PATHS; path++)
		print_path_text(path_name(path), now->server.paths[path].queries,
				now->server.paths[path].hits, now->seconds);
	if (!now->server.answers)
		puts("  (no daemon answers: its counts are missing)");
	puts("table:");
	for (tier = 0; tier < RB_TIERS; tier++)
		printf("  %-10s %12" PRIu64 " of %" PRIu64 " records, %.1f %%\n",
		       cachectl_tier_name(tier), now->usage.used[tier], now->usage.capacity[tier],
		       100 * paths_ratio(now->usage.used[tier], now->usage.capacity[tier]));
	if (now->server.answers)
		printf("  stored %.1f /s, of these %.1f in place of an older record of the same "
		       "question, %.1f of another's\n",
		       (double)now->server.stored / now->seconds,
		       (double)now->server.replaced / now->seconds,
		       (double)now->server.evicted / now->seconds);
	putchar('\n');
}

static void print_path_json(const char *name, uint64_t queries, uint64_t hits, double seconds)
{
	printf("\"%s\":{\"per_second\":%.3f,\"hit_ratio\":%.5f}", name, (double)queries / seconds,
	       paths_ratio(hits, queries));
}

/* A document a line. */
static void print_json(const struct interval *now)
{
	unsigned int path, tier;

	printf("{\"seconds\":%.3f,\"per_second\":", now->seconds);
	totals_print_json(&now->totals, now->seconds);
	fputs(",\"paths\":{", stdout);
	print_path_json("kernel", totals_questions(&now->totals), now->totals.group[RB_GROUP_REPLY],
			now->seconds);
	for (path = 0; now->server.answers && path < PATHS; path++) {
		putchar(',');
		print_path_json(path_name(path), now->server.paths[path].queries,
				now->server.paths[path].hits, now->seconds);
	}
	fputs("},\"table\":{", stdout);
	for (tier = 0; tier < RB_TIERS; tier++)
		printf("%s\"%s\":{\"used\":%" PRIu64 ",\"capacity\":%" PRIu64 "}", tier ? "," : "",
		       cachectl_tier_name(tier), now->usage.used[tier], now->usage.capacity[tier]);
	fputs("},\"turnover\":", stdout);
	if (now->server.answers)
		printf("{\"stored\":%" PRIu64 ",\"replaced\":%" PRIu64 ",\"evicted\":%" PRIu64 "}",
		       now->server.stored, now->server.replaced, now->server.evicted);
	else
		fputs("null", stdout);
	puts("}");
}

int watch_rounds(const struct cachectl *ctl, const struct pace *pace)
{
	struct look before, now;
	unsigned long done = 0;
	int err = look_take(ctl, &before);

	while (!err && pace_wait(pace)) {
		struct interval interval;

		err = look_take(ctl, &now);
		if (err)
			return err;
		interval = interval_between(ctl, &before, &now);
		before = now;
		pace_clear(pace);
		if (ctl->output == OUTPUT_JSON)
			print_json(&interval);
		else
			print_text(&interval);
		/* Nobody reads it any more: main says so. */
		if (fflush(stdout) || ++done == pace->count)
			break;
	}
	return err;
}
