/* SPDX-License-Identifier: BSD-2-Clause */
/* The log on stderr. */
#include "util/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int max_level = RB_LOG_NOTICE;

void rb_log_set_level(enum rb_log_level level)
{
	atomic_store_explicit(&max_level, (int)level, memory_order_relaxed);
}

/* Of the one who asked for something, and is to be told what came of it. */
static _Thread_local FILE *copy;

void rb_log_copy_to(FILE *to)
{
	copy = to;
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
	int used, start, room = (int)sizeof(line) - 1;
	va_list args;

	if ((int)level > atomic_load_explicit(&max_level, memory_order_relaxed))
		return;
	/* The journal takes the priority from the prefix of sd-daemon(3). */
	if (getenv("JOURNAL_STREAM"))
		used = snprintf(line, sizeof(line), "<%d>", (int)level);
	else
		used = snprintf(line, sizeof(line), "runbound: %s: ", level_name(level));
	start = used;
	va_start(args, format);
	used += vsnprintf(line + used, (size_t)(room - used), format, args);
	va_end(args);
	if (used > room - 1)
		used = room - 1;
	line[used++] = '\n';
	if (copy && level <= RB_LOG_NOTICE)
		fwrite(line + start, 1, (size_t)(used - start), copy);
	if (write(STDERR_FILENO, line, (size_t)used) < 0)
		return; /* nowhere left to say it */
}
