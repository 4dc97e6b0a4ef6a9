/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's state and counts as JSON. */
#include "control/asked.h"
#include "control/status_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "control/interfaces.h"
#include "control/stats.h"
#include "datapath/counters.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/json.h"
#include "util/text.h"

struct printer {
	FILE *out;
	const char *family; /* of the last number; NULL: there was none */
	bool is_open;       /* it has labels, and its object must be closed */
};

static void text_member(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	rb_json_string(out, text);
}

static void histogram_print(const struct rb_histogram_sum *histogram, FILE *out)
{
	fprintf(out, "{\"sum_seconds\":%.9f,\"buckets\":[", (double)histogram->sum_ns / 1e9);
	for (unsigned int i = 0; i <= RB_HISTOGRAM_BUCKETS; i++)
		fprintf(out, "%s%" PRIu64, i ? "," : "", histogram->counts[i]);
	fputs("]}", out);
}

static void family_close(struct printer *printer)
{
	if (printer->is_open)
		fputc('}', printer->out);
	printer->is_open = false;
}

/* "family":number, or "family":{"label":number,...}. */
static void stat_print(const struct rb_stat *stat, void *context)
{
	struct printer *printer = context;
	FILE *out = printer->out;
	bool is_new = !printer->family || strcmp(printer->family, stat->family) != 0;

	if (is_new) {
		family_close(printer);
		fprintf(out, "%s\"%s\":%s", printer->family ? "," : "", stat->family,
			stat->of ? "{" : "");
		printer->is_open = stat->of;
		printer->family = stat->family;
	} else {
		fputc(',', out);
	}
	if (stat->of) {
		rb_json_string(out, stat->of);
		fputc(':', out);
	}
	if (stat->kind == RB_STAT_HISTOGRAM)
		histogram_print(stat->histogram, out);
	else
		fprintf(out, "%" PRIu64, stat->value);
}

static void stats_print(const struct rb_control_view *view, FILE *out)
{
	struct printer printer = {.out = out};

	fputs(",\"stats\":{", out);
	rb_stats_visit(view, stat_print, &printer);
	family_close(&printer);
	fputc('}', out);
}

/* Which of the kernel's results are answers, and which leave packets to others. */
static void groups_print(FILE *out)
{
	static const char *const names[] = {
		[RB_GROUP_PASS] = "pass",
		[RB_GROUP_HANDOVER] = "handover",
		[RB_GROUP_REPLY] = "reply",
		[RB_GROUP_DROP] = "drop",
	};
	int first = 1;

	fputs(",\"kernel_groups\":{", out);
	for (unsigned int i = 0; i < RB_RESULT_COUNT; i++) {
		rb_json_comma(out, &first);
		fprintf(out, "\"%s\":\"%s\"", rb_counter_name(i), names[rb_result_group(i)]);
	}
	fputc('}', out);
}

static void interface_print(const struct rb_interface_row *row, FILE *out)
{
	fputs("{\"name\":", out);
	rb_json_string(out, row->name);
	text_member(out, "mode", row->attached ? row->mode : "sockets");
	if (row->attached) {
		text_member(out, "egress", row->egress);
		text_member(out, "misses", row->sockets ? "AF_XDP" : "socket");
		fprintf(out, ",\"queues\":%zu", row->sockets);
	}
	text_member(out, "state", row->state);
	text_member(out, "reason", row->reason);
	fprintf(out, ",\"degraded_since\":%jd}", (intmax_t)row->since);
}

static void interfaces_print(const struct rb_control_view *view, FILE *out)
{
	_cleanup_free_ struct rb_interface_row *list = NULL;
	size_t count = view->board ? rb_interfaces_get(view->interfaces, &list) : 0;
	int first = 1;

	fprintf(out, ",\"xdp\":%s,\"interfaces\":[", view->board ? "true" : "false");
	for (size_t i = 0; i < count; i++) {
		rb_json_comma(out, &first);
		interface_print(&list[i], out);
	}
	fputc(']', out);
}

/* A string for each process, as status has it. */
static void resolvers_print(const struct rb_control_view *view, FILE *out)
{
	static const char head[] = "resolver: ";
	_cleanup_free_ char *lines = NULL;
	char *cursor, *line;
	struct rb_text *memory;
	int first = 1;
	size_t len;
	FILE *text;

	fputs(",\"resolvers\":[", out);
	if (!rb_text_open(&memory, &text)) {
		rb_resolvers_describe(view->resolvers, text);
		(void)rb_text_close(memory, &lines, &len);
	}
	cursor = lines;
	while (cursor && (line = strsep(&cursor, "\n")) && *line) {
		rb_json_comma(out, &first);
		rb_json_string(out, strncmp(line, head, strlen(head)) ? line : line + strlen(head));
	}
	fputc(']', out);
}

void rb_status_json_print(const struct rb_control_view *view, FILE *out)
{
	fprintf(out, "{\"version\":\"%s\",\"pid\":%d,\"time\":%jd,\"uptime_seconds\":%" PRIu64,
		RB_VERSION, (int)getpid(), (intmax_t)time(NULL),
		(rb_clock_ns() - view->vitals->started_ns) / (uint64_t)RB_NS_PER_S);
	interfaces_print(view, out);
	resolvers_print(view, out);
	rb_asked_print_json(view, out);
	groups_print(out);
	stats_print(view, out);
	fputs("}\n", out);
}
