/* SPDX-License-Identifier: BSD-2-Clause */
/* The log on stderr. */
#include "util/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/log_sink.h"
#include "util/repeats.h"

static atomic_int max_level = RB_LOG_NOTICE;

void rb_log_set_level(enum rb_log_level level)
{
	atomic_store_explicit(&max_level, (int)level, memory_order_relaxed);
}

static atomic_uint verbosity_now = 1;

void rb_log_set_verbosity(unsigned int verbosity)
{
	static const enum rb_log_level levels[] = {RB_LOG_WARN, RB_LOG_NOTICE, RB_LOG_INFO,
						   RB_LOG_INFO, RB_LOG_DEBUG};
	unsigned int last = sizeof(levels) / sizeof(levels[0]) - 1;

	atomic_store_explicit(&verbosity_now, verbosity, memory_order_relaxed);
	rb_log_set_level(levels[verbosity < last ? verbosity : last]);
}

unsigned int rb_log_verbosity(void)
{
	return atomic_load_explicit(&verbosity_now, memory_order_relaxed);
}

enum rb_log_level rb_log_level(void)
{
	return (enum rb_log_level)atomic_load_explicit(&max_level, memory_order_relaxed);
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

/* Of warnings and errors, which a stranger may be the cause of. */
static struct rb_repeats repeats;
static pthread_mutex_t repeats_lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_admitted(enum rb_log_level level, const char *text)
{
	bool admitted;

	if (level > RB_LOG_WARN)
		return true;
	pthread_mutex_lock(&repeats_lock);
	admitted = rb_repeats_admit(&repeats, (int)level, text, rb_clock_ns());
	pthread_mutex_unlock(&repeats_lock);
	return admitted;
}

static bool is_wanted(enum rb_log_level level)
{
	return (int)level <= atomic_load_explicit(&max_level, memory_order_relaxed);
}

static void line_write(enum rb_log_level level, const char *text)
{
	rb_log_sink_write((int)level, level_name(level), text);
}

void rb_log(enum rb_log_level level, const char *format, ...)
{
	char text[2048];
	va_list args;

	if (!is_wanted(level))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (copy && level <= RB_LOG_WARN)
		fprintf(copy, "%s\n", text);
	if (is_admitted(level, text))
		line_write(level, text);
}

void rb_log_tell_repeats(void)
{
	char text[RB_REPEATS_LINE_BYTES + 64];
	struct rb_repeats_kind kind;
	uint64_t kept;
	bool any;

	for (;;) {
		pthread_mutex_lock(&repeats_lock);
		any = rb_repeats_told(&repeats, rb_clock_ns(), &kept, &kind);
		pthread_mutex_unlock(&repeats_lock);
		if (!any)
			return;
		snprintf(text, sizeof(text), "%s (repeated %llu times in %d s)", kind.line,
			 (unsigned long long)kept, RB_REPEATS_WINDOW_S);
		line_write((enum rb_log_level)kind.level, text);
	}
}
