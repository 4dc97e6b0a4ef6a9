/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where lines of the log go: standard error, the journal where that leads there, a file or syslog,
 * and what stands in front of them.
 *
 * A worker never waits for the disk: its lines for a file wait for a thread of their own that writes
 * them, half a megabyte at most; what comes while there is no room is lost, counted, and told in the
 * file. Who is no worker waits until its line is written.
 *
 * Thread:   rb_log_sink_write(), _lost() and _set_patience() by any, the others by main, _set_thread() by workers.
 * Errors:   0 or -errno. Where a file cannot be opened, lines go where they went before.
 */
#ifndef RB_UTIL_LOG_SINK_H
#define RB_UTIL_LOG_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "util/opener.h"

enum rb_log_time {
	RB_LOG_TIME_EPOCH, /* seconds since 1970 */
	RB_LOG_TIME_ASCII, /* log-time-ascii: of the month */
	RB_LOG_TIME_ISO,   /* log-time-iso: RFC 3339 with milliseconds */
};

struct rb_log_sink_opts {
	const char *file; /* NULL: none */
	bool syslog;      /* in place of a file */
	const char *identity;
	enum rb_log_time time;
	bool thread_id; /* the system's number of a thread, not ours */
};

/* What opts points to is copied. */
int rb_log_sink_open(const struct rb_log_sink_opts *opts);

/* The file anew, by its name: somebody has moved the old one away. */
int rb_log_sink_reopen(void);

/* Files are opened by another process from now on. It must outlive the log. */
void rb_log_sink_set_opener(const struct rb_opener *opener);

/* The file that is open, for another process. -EBADF: there is none. */
int rb_log_sink_fd(int *ret_fd);

/* Give the file to who is to write to it later. */
void rb_log_sink_give(unsigned int uid, unsigned int gid);

/* The thread that writes for workers; the first worker starts it otherwise. */
void rb_log_sink_start_writer(void);

/* This thread is the worker of that number, which its lines have. All others': 0. */
void rb_log_sink_set_thread(unsigned int number);

/* Whether this thread waits for a file on a slow disk, as all do that are no workers. */
void rb_log_sink_set_patience(bool waits);

/* Lines that were lost, ever. */
uint64_t rb_log_sink_lost(void);

/* level: syslog's number. type: what the line calls it. */
void rb_log_sink_write(int level, const char *type, const char *text);

#endif
