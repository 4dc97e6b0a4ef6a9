/* SPDX-License-Identifier: BSD-2-Clause */
/* One complaint, for people and for programs. */
#include "complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/json.h"
#include "util/cleanup.h"

void complain(enum cachectl_output output, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	fprintf(stderr, "runbound-cachectl: %s\n", text ? text : "no memory");
	if (output != OUTPUT_JSON)
		return;
	fputs("{\"error\":", stdout);
	rb_json_string(stdout, text ? text : "no memory");
	puts("}");
}
