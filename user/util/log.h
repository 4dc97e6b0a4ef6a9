/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: one line per event on stderr, with a systemd priority prefix if the journal reads it.
 *
 * Thread: any; a line is one write(). Only the edges of the program log (main, and the entry
 * points that say so); library code returns errors.
 */
#ifndef RB_UTIL_LOG_H
#define RB_UTIL_LOG_H

#include <stdio.h>

enum rb_log_level {
	RB_LOG_ERROR = 3, /* syslog's numbers */
	RB_LOG_WARN = 4,
	RB_LOG_NOTICE = 5,
	RB_LOG_INFO = 6,
	RB_LOG_DEBUG = 7,
};

/* The most verbose level that is printed. Default: RB_LOG_NOTICE. */
void rb_log_set_level(enum rb_log_level level);
enum rb_log_level rb_log_level(void);

/* The same, by Unbound's verbosity: 0 errors, 1 operation, 2 detail, 3 and more queries. */
void rb_log_set_verbosity(unsigned int verbosity);
unsigned int rb_log_verbosity(void);

/* Copy the warnings and errors of this thread to this stream, without the level; NULL: stop. */
void rb_log_copy_to(FILE *to);

/*
 * Of repeated warnings and errors only the first are printed. This logs how many were not; call it
 * now and then.
 */
void rb_log_tell_repeats(void);

__attribute__((format(printf, 2, 3))) void rb_log(enum rb_log_level level, const char *format, ...);

#define rb_log_error(...)  rb_log(RB_LOG_ERROR, __VA_ARGS__)
#define rb_log_warn(...)   rb_log(RB_LOG_WARN, __VA_ARGS__)
#define rb_log_notice(...) rb_log(RB_LOG_NOTICE, __VA_ARGS__)
#define rb_log_info(...)   rb_log(RB_LOG_INFO, __VA_ARGS__)
#define rb_log_debug(...)  rb_log(RB_LOG_DEBUG, __VA_ARGS__)

#endif
