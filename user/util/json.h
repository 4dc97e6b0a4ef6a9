/* SPDX-License-Identifier: BSD-2-Clause */
/* What JSON (RFC 8259) needs beyond printf: strings, and commas between members. */
#ifndef RB_UTIL_JSON_H
#define RB_UTIL_JSON_H

#include <stdio.h>

/* Write a string with quotes; bytes that JSON does not allow are escaped. */
static inline void rb_json_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '"' || byte == '\\')
			fprintf(out, "\\%c", byte);
		else if (byte < ' ' || byte > '~')
			fprintf(out, "\\u%04x", byte);
		else
			fputc(byte, out);
	}
	fputc('"', out);
}

/* Call it before each member of a list; first starts at 1. */
static inline void rb_json_comma(FILE *out, int *first)
{
	if (!*first)
		fputc(',', out);
	*first = 0;
}

#endif
