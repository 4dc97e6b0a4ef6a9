/* SPDX-License-Identifier: BSD-2-Clause */
/* One complaint, for people and for programs. */
#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "json.h"
#include "util/cleanup.h"

void complain(enum cachectl_output output, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0) {
		text = NULL;
		len = 0;
	}
	fprintf(stderr, "runbound-cachectl: %s\n", text ? text : "no memory");
	if (output != OUTPUT_JSON)
		return;
	fputs("{\"error\":", stdout);
	json_string(stdout, text ? text : "no memory");
	puts("}");
}
