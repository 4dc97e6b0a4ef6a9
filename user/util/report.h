/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report to a person: paragraphs, and findings with a level that are counted.
 *
 * Thread: any, one at a time.
 */
#ifndef RB_UTIL_REPORT_H
#define RB_UTIL_REPORT_H

#include <stdio.h>

enum rb_level {
	RB_LEVEL_OK,
	RB_LEVEL_INFO, /* worth knowing, no action needed */
	RB_LEVEL_WARN, /* works, but not as well as it could */
	RB_LEVEL_FAIL, /* something that the configuration asks for does not work */
	RB_LEVELS,
};

struct rb_report {
	FILE *out;
	unsigned int findings[RB_LEVELS];
};

/* "[WARN] ...", wrapped at blanks. Say what to do about it. */
__attribute__((format(printf, 3, 4))) void
rb_report_add(struct rb_report *report, enum rb_level level, const char *format, ...);

#endif
