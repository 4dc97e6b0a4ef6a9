/* SPDX-License-Identifier: BSD-2-Clause */
/* The log on stderr. */
#include "util/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum rb_log_level max_level = RB_LOG_NOTICE;

void rb_log_set_level(enum rb_log_level level)
{
	max_level = level;
}

static const char *level_name(enum rb_log_level level)
{
	switch (level) {
	case RB_LOG_ERROR:
		return "error";
	case RB_LOG_WARN:
		return "warning";
	case RB_LOG_NOTICE:
	case RB_LOG_INFO:
		return "info";
	case RB_LOG_DEBUG:
		break;
	}
	return "debug";
}

void rb_log(enum rb_log_level level, const char *format, ...)
{
	char line[2048];
	int used, room = (int)sizeof(line) - 1;
	va_list args;

	if (level > max_level)
		return;
	/* The journal takes the priority from the prefix of sd-daemon(3). */
	if (getenv("JOURNAL_STREAM"))
		used = snprintf(line, sizeof(line), "<%d>", (int)level);
	else
		used = snprintf(line, sizeof(line), "runbound: %s: ", level_name(level));
	va_start(args, format);
	used += vsnprintf(line + used, (size_t)(room - used), format, args);
	va_end(args);
	if (used > room - 1)
		used = room - 1;
	line[used++] = '\n';
	if (write(STDERR_FILENO, line, (size_t)used) < 0)
		return; /* nowhere left to say it */
}
