/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts of kernel, interfaces, table and lists, and all together: see also stats_server.c. */
#include "control/stats.h"

#include <inttypes.h>
#include <ldns/ldns.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config/feeds.h"
#include "control/stats_resolver.h"
#include "control/stats_server.h"
#include "control/stats_walk.h"
#include "datapath/counters.h"
#include "policy/inventory.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log_sink.h"

static const char *const tier_names[RB_TIERS] = {
	[RB_SMALL] = "small",
	[RB_MEDIUM] = "medium",
	[RB_LARGE] = "large",
};

/* Only types that have been asked for. */
static void visit_kernel_types(const struct rb_stat_walk *walk, const struct rb_counts *counts)
{
	for (unsigned int type = 0; type <= RB_COUNTED_TYPES; type++) {
		_cleanup_free_ char *name = type < RB_COUNTED_TYPES
						    ? ldns_rr_type2str((ldns_rr_type)type)
						    : strdup("other");

		if (name && counts->types[type])
			rb_stat_give(walk, "kernel_answers", "Replies of the XDP program by type.",
				     RB_STAT_COUNTER, "type", name, counts->types[type]);
	}
}

static void visit_kernel(const struct rb_stat_walk *walk)
{
	struct rb_counts counts;
	unsigned int i;

	if (!walk->view->board || !rb_kernel_counts_get(walk->view->kernel, &counts))
		return;
	for (i = 0; i < RB_RESULT_COUNT; i++)
		rb_stat_give(walk, "kernel_packets",
			     "Packets by what the XDP program did with them.", RB_STAT_COUNTER,
			     "result", rb_counter_name(i), counts.counters[i]);
	for (; i < RB_COUNTER_COUNT; i++)
		rb_stat_give(walk, "kernel_events", "Events in the XDP program besides.",
			     RB_STAT_COUNTER, "event", rb_counter_name(i), counts.counters[i]);
	visit_kernel_types(walk, &counts);
}

static void visit_interfaces(const struct rb_stat_walk *walk)
{
	_cleanup_free_ struct rb_interface_row *list = NULL;
	size_t count, i;

	if (!walk->view->board)
		return;
	count = rb_interfaces_get(walk->view->interfaces, &list);
	for (i = 0; i < count; i++)
		if (list[i].planned)
			rb_stat_give(
				walk, "interface_degraded",
				"1: less than is planned runs there, and is tried again; status says "
				"why.",
				RB_STAT_GAUGE, "interface", list[i].name, list[i].since != 0);
	for (i = 0; i < count; i++)
		if (list[i].planned)
			rb_stat_give(walk, "interface_degraded_since_seconds",
				     "Since when that is so, from 1970; 0: it is not.",
				     RB_STAT_GAUGE, "interface", list[i].name,
				     (uint64_t)list[i].since);
}

static void visit_table(const struct rb_stat_walk *walk)
{
	struct rb_table_turnover turnover;
	struct rb_table_usage usage;
	unsigned int tier;

	rb_table_usage(walk->view->table, &usage);
	for (tier = 0; tier < RB_TIERS; tier++)
		rb_stat_give(walk, "table_records",
			     "Places of the hot table in use, fresh or expired.", RB_STAT_GAUGE,
			     "class", tier_names[tier], usage.used[tier]);
	for (tier = 0; tier < RB_TIERS; tier++)
		rb_stat_give(walk, "table_capacity_records", "Places that the hot table has.",
			     RB_STAT_GAUGE, "class", tier_names[tier], usage.capacity[tier]);
	rb_table_turnover(walk->view->table, &turnover);
	rb_stat_give(walk, "table_stored", "Records that were written to the hot table.",
		     RB_STAT_COUNTER, NULL, NULL, turnover.stored);
	rb_stat_give(walk, "table_replaced",
		     "Of these, in place of a live record of the same question.", RB_STAT_COUNTER,
		     NULL, NULL, turnover.replaced);
	rb_stat_give(walk, "table_evicted",
		     "Of these, in place of a live record of another question.", RB_STAT_COUNTER,
		     NULL, NULL, turnover.evicted);
	rb_stat_give(walk, "table_bytes", "Memory of the hot table.", RB_STAT_GAUGE, NULL, NULL,
		     usage.bytes);
	rb_stat_give(walk, "table_epoch", "Counts up when all records become void.", RB_STAT_GAUGE,
		     NULL, NULL,
		     __atomic_load_n(&walk->view->table->control->epoch, __ATOMIC_RELAXED));
}

static void visit_cachefile(const struct rb_stat_walk *walk)
{
	struct rb_cachefile_status status;

	if (!rb_cachefile_status(walk->view->cachefile, &status))
		return;
	rb_stat_give(walk, "cache_file_loaded_records",
		     "Records of the cache-file taken at the start.", RB_STAT_GAUGE, NULL, NULL,
		     status.loaded);
	rb_stat_give(walk, "cache_file_saved_records", "Records in the cache-file as saved last.",
		     RB_STAT_GAUGE, NULL, NULL, status.saved);
	rb_stat_give(walk, "cache_file_saves", "Times the cache-file was saved.", RB_STAT_COUNTER,
		     NULL, NULL, status.saves);
	rb_stat_give(walk, "cache_file_failures", "Times the cache-file could not be saved.",
		     RB_STAT_COUNTER, NULL, NULL, status.failures);
}

static void visit_lists(const struct rb_stat_walk *walk)
{
	static const struct {
		const char *family, *help;
		size_t offset;
	} families[] = {
		{"blocklist_names", "Names in a blocklist.",
		 offsetof(struct rb_policy_list, names)},
		{"blocklist_unusable_lines", "Lines of a blocklist that name nothing to block.",
		 offsetof(struct rb_policy_list, unusable)},
		{"blocklist_repeated_names", "Names that a blocklist had already.",
		 offsetof(struct rb_policy_list, repeated)},
	};
	struct rb_inventory_list list;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (uint32_t n = 0; rb_inventory_list(walk->view->config, n, &list); n++)
			rb_stat_give(
				walk, families[i].family, families[i].help, RB_STAT_GAUGE, "list",
				list.label,
				*(const uint32_t *)((const char *)list.list + families[i].offset));
}

static void visit_fetched(const struct rb_stat_walk *walk)
{
	static const struct {
		const char *family, *help;
		size_t offset;
	} families[] = {
		{"fetched_changes", "Times that what is fetched was new.",
		 offsetof(struct rb_feed_slot, fetched)},
		{"fetched_failures", "Times that it could not be had.",
		 offsetof(struct rb_feed_slot, failed)},
	};
	struct rb_feed_source source;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (size_t n = 0;
		     n < RB_FEEDS_MAX && rb_feed_source(walk->view->config, n, &source); n++)
			rb_stat_give(
				walk, families[i].family, families[i].help, RB_STAT_COUNTER, "of",
				source.label,
				atomic_load((_Atomic uint64_t *)((char *)&walk->view->feeds[n] +
								 families[i].offset)));
}

void rb_stats_visit(const struct rb_control_view *view, rb_stat_fn *visit, void *context)
{
	const struct rb_stat_walk walk = {.view = view, .visit = visit, .context = context};

	visit_kernel(&walk);
	visit_interfaces(&walk);
	rb_stats_visit_server(&walk);
	rb_stats_visit_resolvers(&walk);
	visit_table(&walk);
	visit_cachefile(&walk);
	visit_lists(&walk);
	visit_fetched(&walk);
	rb_stat_give(&walk, "log_lost_lines",
		     "Lines for a log file that was too slow to take them.", RB_STAT_COUNTER, NULL,
		     NULL, rb_log_sink_lost());
	rb_stat_give(&walk, "uptime_seconds", "Since the daemon began to serve.", RB_STAT_GAUGE,
		     NULL, NULL, (rb_clock_ns() - view->vitals->started_ns) / RB_NS_PER_S);
}

static void print_histogram(const struct rb_stat *stat, FILE *out)
{
	const struct rb_histogram_sum *histogram = stat->histogram;
	uint64_t count = rb_histogram_count(histogram);
	const struct {
		const char *name;
		uint64_t us;
	} figures[] = {
		{"p50", rb_histogram_quantile_us(histogram, 500)},
		{"p99", rb_histogram_quantile_us(histogram, 990)},
		{"average", count ? histogram->sum_ns / count / 1000 : 0},
	};
	int stem = (int)(strlen(stat->family) - strlen("_seconds"));

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		fprintf(out, "%.*s_us.%s%s%s=%" PRIu64 "\n", stem, stat->family,
			stat->of ? stat->of : "", stat->of ? "_" : "", figures[i].name,
			figures[i].us);
}

static void print(const struct rb_stat *stat, void *context)
{
	if (stat->kind == RB_STAT_HISTOGRAM) {
		print_histogram(stat, context);
		return;
	}
	fprintf(context, "%s%s%s=%" PRIu64 "\n", stat->family, stat->of ? "." : "",
		stat->of ? stat->of : "", stat->value);
}

void rb_stats_print(const struct rb_control_view *view, FILE *out)
{
	rb_stats_visit(view, print, out);
}
