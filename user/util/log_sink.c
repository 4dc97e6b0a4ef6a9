/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes lines of the log to where the configuration has them. */
#include "util/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "util/cleanup.h"

#define LINE_BYTES  (2048 + 256)
#define STAMP_BYTES 48

enum target {
	TARGET_STDERR,
	TARGET_FILE,
	TARGET_SYSLOG,
};

/* Read by every thread that logs: a new file takes the old one's descriptor. */
static struct {
	pthread_mutex_t lock;
	enum target target;
	int fd; /* of the file */
	char *file;
	char identity[64];
	enum rb_log_time time;
	bool thread_id;
} sink = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .identity = "runbound"};

static _Thread_local unsigned int thread_number;

void rb_log_sink_set_thread(unsigned int number)
{
	thread_number = number;
}

static int file_open(const char *file, int *ret_fd)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Under the lock. */
static void file_use(int fd)
{
	rb_closep(&sink.fd);
	sink.fd = fd;
}

int rb_log_sink_open(const struct rb_log_sink_opts *opts)
{
	_cleanup_free_ char *file = opts->file && !opts->syslog ? strdup(opts->file) : NULL;
	int fd = -1, err = 0;

	if (opts->file && !opts->syslog)
		err = file ? file_open(file, &fd) : -ENOMEM;
	pthread_mutex_lock(&sink.lock);
	sink.time = opts->time;
	sink.thread_id = opts->thread_id;
	snprintf(sink.identity, sizeof(sink.identity), "%s",
		 opts->identity && *opts->identity ? opts->identity : "runbound");
	if (!err) {
		file_use(fd);
		free(sink.file);
		sink.file = TAKE_PTR(file);
		sink.target = opts->syslog ? TARGET_SYSLOG : fd >= 0 ? TARGET_FILE : TARGET_STDERR;
	}
	if (!err && opts->syslog)
		openlog(sink.identity, LOG_NDELAY | LOG_PID, LOG_DAEMON);
	pthread_mutex_unlock(&sink.lock);
	return err;
}

int rb_log_sink_reopen(void)
{
	int fd = -1, err = 0;

	pthread_mutex_lock(&sink.lock);
	if (sink.target == TARGET_FILE) {
		err = file_open(sink.file, &fd);
		if (!err)
			file_use(fd);
	}
	pthread_mutex_unlock(&sink.lock);
	return err;
}

void rb_log_sink_give(unsigned int uid, unsigned int gid)
{
	/* Where that fails, it cannot be opened anew later, and that is said then. */
	if (sink.fd >= 0 && fchown(sink.fd, uid, gid))
		return;
}

/* Under the lock. */
static void stamp_make(char stamp[STAMP_BYTES])
{
	struct timeval now;
	struct tm parts;
	char zone[8];
	size_t used;

	gettimeofday(&now, NULL);
	if (sink.time == RB_LOG_TIME_EPOCH || !localtime_r(&now.tv_sec, &parts)) {
		snprintf(stamp, STAMP_BYTES, "[%lld]", (long long)now.tv_sec);
		return;
	}
	if (sink.time == RB_LOG_TIME_ASCII) {
		strftime(stamp, STAMP_BYTES, "%b %d %H:%M:%S", &parts);
		return;
	}
	used = strftime(stamp, STAMP_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
	strftime(zone, sizeof(zone), "%z", &parts);
	snprintf(stamp + used, STAMP_BYTES - used, ".%03d%.3s:%s", (int)(now.tv_usec / 1000), zone,
		 zone + 3);
}

/* The journal takes the priority from the prefix of sd-daemon(3). */
static int stderr_line(char *line, int level, const char *type, const char *text)
{
	if (getenv("JOURNAL_STREAM"))
		return snprintf(line, LINE_BYTES, "<%d>%s\n", level, text);
	return snprintf(line, LINE_BYTES, "%s: %s: %s\n", sink.identity, type, text);
}

/* As Unbound's. */
static int file_line(char *line, unsigned int thread, const char *type, const char *text)
{
	char stamp[STAMP_BYTES];

	stamp_make(stamp);
	return snprintf(line, LINE_BYTES, "%s %s[%d:%x] %s: %s\n", stamp, sink.identity,
			(int)getpid(), thread, type, text);
}

void rb_log_sink_write(int level, const char *type, const char *text)
{
	char line[LINE_BYTES];
	unsigned int thread;
	int used = 0, fd = STDERR_FILENO;

	pthread_mutex_lock(&sink.lock);
	thread = sink.thread_id ? (unsigned int)syscall(SYS_gettid) : thread_number;
	switch (sink.target) {
	case TARGET_SYSLOG:
		syslog(level, "[%d:%x] %s: %s", (int)getpid(), thread, type, text);
		break;
	case TARGET_FILE:
		used = file_line(line, thread, type, text);
		fd = sink.fd;
		break;
	case TARGET_STDERR:
		used = stderr_line(line, level, type, text);
		break;
	}
	if (used >= LINE_BYTES)
		used = LINE_BYTES - 1;
	/* Where it cannot be written, there is nowhere left to say so. */
	if (used > 0)
		(void)!write(fd, line, (size_t)used);
	pthread_mutex_unlock(&sink.lock);
}
