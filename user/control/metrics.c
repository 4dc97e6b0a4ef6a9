/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts in the text format of Prometheus. */
#include "control/metrics.h"

#include <inttypes.h>
#include <string.h>

#include "control/stats.h"

#define PREFIX "runbound_"

struct printer {
	FILE *out;
	const char *family; /* of the last line */
};

static void print_head(struct printer *printer, const struct rb_stat *stat, const char *suffix)
{
	static const char *const types[] = {
		[RB_STAT_COUNTER] = "counter",
		[RB_STAT_GAUGE] = "gauge",
		[RB_STAT_HISTOGRAM] = "histogram",
	};

	if (printer->family && !strcmp(printer->family, stat->family))
		return;
	fprintf(printer->out, "# HELP " PREFIX "%s%s %s\n", stat->family, suffix, stat->help);
	fprintf(printer->out, "# TYPE " PREFIX "%s%s %s\n", stat->family, suffix,
		types[stat->kind]);
	printer->family = stat->family;
}

static void print_labels(const struct rb_stat *stat, FILE *out)
{
	if (stat->label)
		fprintf(out, "{%s=\"%s\"}", stat->label, stat->of);
}

/* One bucket: what took no longer than le, including the buckets before. */
static void print_bucket(const struct rb_stat *stat, const char *le, uint64_t count, FILE *out)
{
	fprintf(out, PREFIX "%s_bucket{", stat->family);
	if (stat->label)
		fprintf(out, "%s=\"%s\",", stat->label, stat->of);
	fprintf(out, "le=\"%s\"} %" PRIu64 "\n", le, count);
}

static void print_histogram(const struct rb_stat *stat, FILE *out)
{
	const struct rb_histogram_sum *histogram = stat->histogram;
	uint64_t count = 0;
	char le[32];

	for (unsigned int i = 0; i < RB_HISTOGRAM_BUCKETS; i++) {
		count += histogram->counts[i];
		snprintf(le, sizeof(le), "%g", (double)(1ULL << i) / 1e6);
		print_bucket(stat, le, count, out);
	}
	count += histogram->counts[RB_HISTOGRAM_BUCKETS];
	print_bucket(stat, "+Inf", count, out);
	fprintf(out, PREFIX "%s_sum", stat->family);
	print_labels(stat, out);
	fprintf(out, " %.9f\n", (double)histogram->sum_ns / 1e9);
	fprintf(out, PREFIX "%s_count", stat->family);
	print_labels(stat, out);
	fprintf(out, " %" PRIu64 "\n", count);
}

static void print(const struct rb_stat *stat, void *context)
{
	struct printer *printer = context;
	const char *suffix = stat->kind == RB_STAT_COUNTER ? "_total" : "";

	print_head(printer, stat, suffix);
	if (stat->kind == RB_STAT_HISTOGRAM) {
		print_histogram(stat, printer->out);
		return;
	}
	fprintf(printer->out, PREFIX "%s%s", stat->family, suffix);
	print_labels(stat, printer->out);
	fprintf(printer->out, " %" PRIu64 "\n", stat->value);
}

void rb_metrics_print(const struct rb_control_view *view, FILE *out)
{
	struct printer printer = {.out = out};

	rb_stats_visit(view, print, &printer);
	fputs("# HELP " PREFIX "build_info The version, as a label of 1.\n"
	      "# TYPE " PREFIX "build_info gauge\n" PREFIX "build_info{version=\"" RB_VERSION
	      "\"} 1\n",
	      out);
}
