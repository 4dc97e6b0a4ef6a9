/* SPDX-License-Identifier: BSD-2-Clause */
/* The counts in the text format of Prometheus. */
#include "control/metrics.h"

#include <inttypes.h>
#include <string.h>

#include "control/stats.h"

#define PREFIX "runbound_"

struct printer {
	FILE *out;
	const char *family; /* that the last line was of */
};

static void print(const struct rb_stat *stat, void *context)
{
	struct printer *printer = context;
	const char *suffix = stat->kind == RB_STAT_COUNTER ? "_total" : "";

	if (!printer->family || strcmp(printer->family, stat->family) != 0) {
		fprintf(printer->out, "# HELP " PREFIX "%s%s %s\n", stat->family, suffix,
			stat->help);
		fprintf(printer->out, "# TYPE " PREFIX "%s%s %s\n", stat->family, suffix,
			stat->kind == RB_STAT_COUNTER ? "counter" : "gauge");
	}
	printer->family = stat->family;
	fprintf(printer->out, PREFIX "%s%s", stat->family, suffix);
	if (stat->label)
		fprintf(printer->out, "{%s=\"%s\"}", stat->label, stat->of);
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
