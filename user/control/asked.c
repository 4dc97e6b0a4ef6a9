/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what is asked for most. */
#include "control/asked.h"

#include <inttypes.h>
#include <string.h>

#include "serve/asked.h"
#include "util/cleanup.h"
#include "util/json.h"

#define ROWS      20
#define ROWS_JSON 10

static const char *const names[RB_ASKED_LISTS] = {"names", "zones", "clients"};

void rb_asked_print(const struct rb_control_view *view, const char *words, FILE *out)
{
	struct rb_asked *asked = rb_server_asked(view->server);
	struct rb_asked_row rows[ROWS];
	enum rb_asked_list list = RB_ASKED_NAMES;
	uint64_t all;
	size_t count;

	words += strspn(words, " ");
	while (list < RB_ASKED_LISTS && strcmp(words, names[list]) != 0)
		list++;
	if (list == RB_ASKED_LISTS) {
		fputs("error asked: expected names, zones or clients\n", out);
		return;
	}
	if (!asked) {
		fputs("error asked: nothing is kept of who asks: top-sample: has it kept\n", out);
		return;
	}
	count = rb_asked_read(asked, list, rows, ARRAY_SIZE(rows), &all);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%" PRIu64 " %.1f%% %s\n", rows[i].questions,
			all ? 100.0 * (double)rows[i].questions / (double)all : 0.0, rows[i].text);
}

static void list_print_json(struct rb_asked *asked, enum rb_asked_list list, FILE *out)
{
	struct rb_asked_row rows[ROWS_JSON];
	uint64_t all;
	size_t count = rb_asked_read(asked, list, rows, ARRAY_SIZE(rows), &all);
	int first = 1;

	fprintf(out, "\"%s\":[", names[list]);
	for (size_t i = 0; i < count; i++) {
		rb_json_comma(out, &first);
		fprintf(out, "{\"questions\":%" PRIu64 ",\"share\":%.4f,\"of\":", rows[i].questions,
			all ? (double)rows[i].questions / (double)all : 0.0);
		rb_json_string(out, rows[i].text);
		fputc('}', out);
	}
	fputc(']', out);
}

void rb_asked_print_json(const struct rb_control_view *view, FILE *out)
{
	struct rb_asked *asked = rb_server_asked(view->server);
	int first = 1;

	if (!asked)
		return;
	fputs(",\"top\":{", out);
	for (int list = 0; list < RB_ASKED_LISTS; list++) {
		rb_json_comma(out, &first);
		list_print_json(asked, (enum rb_asked_list)list, out);
	}
	fputc('}', out);
}
