/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a report, wrapped for a terminal's width. */
#include "util/report.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define WIDTH  100
#define INDENT 7 /* of "[WARN] " */

void rb_report_add(struct rb_report *report, enum rb_level level, const char *format, ...)
{
	static const char *const marks[] = {
		[RB_LEVEL_OK] = "[OK]",
		[RB_LEVEL_INFO] = "[INFO]",
		[RB_LEVEL_WARN] = "[WARN]",
		[RB_LEVEL_FAIL] = "[FAIL]",
	};
	_cleanup_free_ char *text = NULL;
	size_t column = INDENT;
	char *rest, *word;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		text = NULL; /* undefined after a failure */
		report->findings[RB_LEVEL_FAIL]++;
		fputs("[FAIL] out of memory: the report lacks a line\n", report->out);
		return;
	}
	report->findings[level]++;
	fprintf(report->out, "%-6s", marks[level]);
	rest = text;
	while ((word = strsep(&rest, " "))) {
		if (column + strlen(word) + 1 > WIDTH && column > INDENT) {
			fprintf(report->out, "\n%*s", INDENT - 1, "");
			column = INDENT;
		}
		fprintf(report->out, " %s", word);
		column += strlen(word) + 1;
	}
	fputc('\n', report->out);
}
