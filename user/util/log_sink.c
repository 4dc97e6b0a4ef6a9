/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes lines of the log to where the configuration has them. */
#include "util/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <syslog.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/journal.h"
#include "util/log_stamp.h"

#define LINE_BYTES  (2048 + 256)
#define BATCH_BYTES (512UL << 10)

enum target {
	TARGET_STDERR,
	TARGET_JOURNAL, /* where standard error leads there: with fields */
	TARGET_FILE,
	TARGET_SYSLOG,
};

/* Lines on their way to the file: one is filled while the other is written. */
struct batch {
	size_t len;
	char bytes[BATCH_BYTES];
};

/* Read by every thread that logs. */
static struct {
	pthread_mutex_t lock;
	enum target target;
	char *file;
	char identity[64];
	enum rb_log_time time;
	bool thread_id;
	bool queues; /* there is a thread that writes */
	struct batch *filled;
	pthread_cond_t wanted; /* something is filled */
	uint64_t lost;         /* lines, since they were told of last */
	/* Whoever writes has this one, and not the other while the disk takes its time. */
	pthread_mutex_t file_lock; /* taken before the other */
	struct batch *written;
	int fd;
	int journal_fd;                 /* once it is open, for good; -1: not */
	const struct rb_opener *opener; /* NULL: files are opened here */
} sink = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.file_lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER,
	.fd = -1,
	.journal_fd = -1,
	.identity = "runbound",
};

static atomic_uint_fast64_t lost_ever;

static _Thread_local unsigned int thread_number;
static _Thread_local bool thread_waits_not;

uint64_t rb_log_sink_lost(void)
{
	return atomic_load_explicit(&lost_ever, memory_order_relaxed);
}

static int file_open(const char *file, int *ret_fd)
{
	int fd;

	if (sink.opener)
		return rb_opener_open(sink.opener, RB_OPENS_LOG, ret_fd);
	fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Under both locks. */
static void file_use(int fd)
{
	rb_closep(&sink.fd);
	sink.fd = fd;
}

/* What cannot be written is gone: there is nowhere left to say so. */
static void bytes_write(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t some = write(fd, bytes, len);

		if (some < 0 && errno == EINTR)
			continue;
		if (some <= 0)
			return;
		bytes += some;
		len -= (size_t)some;
	}
}

static enum target target_of(const struct rb_log_sink_opts *opts)
{
	if (opts->syslog)
		return TARGET_SYSLOG;
	if (sink.fd >= 0)
		return TARGET_FILE;
	if (sink.journal_fd < 0)
		(void)rb_journal_open(RB_JOURNAL_SOCKET, &sink.journal_fd);
	return sink.journal_fd < 0 ? TARGET_STDERR : TARGET_JOURNAL;
}

static void both_lock(void)
{
	pthread_mutex_lock(&sink.file_lock);
	pthread_mutex_lock(&sink.lock);
}

static void both_unlock(void)
{
	pthread_mutex_unlock(&sink.lock);
	pthread_mutex_unlock(&sink.file_lock);
}

int rb_log_sink_open(const struct rb_log_sink_opts *opts)
{
	_cleanup_free_ char *file = opts->file && !opts->syslog ? strdup(opts->file) : NULL;
	int fd = -1, err = 0;

	if (opts->file && !opts->syslog)
		err = file ? file_open(file, &fd) : -ENOMEM;
	both_lock();
	sink.time = opts->time;
	sink.thread_id = opts->thread_id;
	snprintf(sink.identity, sizeof(sink.identity), "%s",
		 opts->identity && *opts->identity ? opts->identity : "runbound");
	if (!err) {
		file_use(fd);
		free(sink.file);
		sink.file = TAKE_PTR(file);
		sink.target = target_of(opts);
	}
	if (!err && opts->syslog)
		openlog(sink.identity, LOG_NDELAY | LOG_PID, LOG_DAEMON);
	both_unlock();
	return err;
}

void rb_log_sink_set_opener(const struct rb_opener *opener)
{
	sink.opener = opener;
}

int rb_log_sink_reopen(void)
{
	int fd = -1, err = 0;

	both_lock();
	if (sink.target == TARGET_FILE) {
		err = file_open(sink.file, &fd);
		if (!err)
			file_use(fd);
	}
	both_unlock();
	return err;
}

int rb_log_sink_fd(int *ret_fd)
{
	int fd = fcntl(sink.fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

void rb_log_sink_give(unsigned int uid, unsigned int gid)
{
	/* Where that fails, it cannot be opened anew later, and that is said then. */
	if (sink.fd >= 0 && fchown(sink.fd, uid, gid))
		return;
}

/* The journal takes the priority from the prefix of sd-daemon(3). */
static int stderr_line(char *line, int level, const char *type, const char *text)
{
	if (getenv("JOURNAL_STREAM"))
		return snprintf(line, LINE_BYTES, "<%d>%s\n", level, text);
	return snprintf(line, LINE_BYTES, "%s: %s: %s\n", sink.identity, type, text);
}

/* As Unbound's. Under the lock. */
static int file_line(char *line, unsigned int thread, const char *type, const char *text)
{
	char stamp[RB_LOG_STAMP];

	rb_log_stamp(sink.time, stamp);
	return snprintf(line, LINE_BYTES, "%s %s[%d:%x] %s: %s\n", stamp, sink.identity,
			(int)getpid(), thread, type, text);
}

/* Under the lock. In place of lines that were lost, now that there is room. */
static void lost_tell(struct batch *batch)
{
	char text[128];
	int len;

	if (!sink.lost || batch->len + LINE_BYTES > BATCH_BYTES)
		return;
	snprintf(text, sizeof(text), "%" PRIu64 " lines of the log were lost: the file is slow",
		 sink.lost);
	len = file_line(batch->bytes + batch->len, thread_number, "warning", text);
	batch->len += (size_t)len;
	sink.lost = 0;
}

/* All that is filled, to the file. Whether there was any. */
static bool drain(void)
{
	struct batch *batch;

	both_lock();
	batch = sink.filled;
	lost_tell(batch);
	sink.filled = sink.written;
	sink.written = batch;
	pthread_mutex_unlock(&sink.lock);
	bytes_write(sink.fd, batch->bytes, batch->len);
	pthread_mutex_unlock(&sink.file_lock);
	if (!batch->len)
		return false;
	batch->len = 0;
	return true;
}

static void drain_at_end(void)
{
	while (drain())
		;
}

static void *writer(void *context)
{
	(void)context;
	pthread_setname_np(pthread_self(), "rb-log");
	for (;;) {
		pthread_mutex_lock(&sink.lock);
		while (!sink.filled->len && !sink.lost)
			pthread_cond_wait(&sink.wanted, &sink.lock);
		pthread_mutex_unlock(&sink.lock);
		drain();
	}
	return NULL;
}

/* Without it lines are written by who has them, as before. */
static void writer_start(void)
{
	static struct batch batches[2];
	sigset_t all, before;
	pthread_t thread;

	sink.filled = &batches[0];
	sink.written = &batches[1];
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!pthread_create(&thread, NULL, writer, NULL)) {
		pthread_detach(thread);
		atexit(drain_at_end);
		pthread_mutex_lock(&sink.lock);
		sink.queues = true;
		pthread_mutex_unlock(&sink.lock);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void rb_log_sink_start_writer(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, writer_start);
}

void rb_log_sink_set_thread(unsigned int number)
{
	rb_log_sink_start_writer();
	thread_number = number;
	thread_waits_not = true;
}

void rb_log_sink_set_patience(bool waits)
{
	thread_waits_not = !waits;
}

/* Under the lock. Whether there was room. */
static bool line_queue(const char *line, size_t len)
{
	struct batch *batch = sink.filled;

	/* What is lost is to have room to be told of. */
	if (batch->len + len + LINE_BYTES > BATCH_BYTES)
		return false;
	memcpy(batch->bytes + batch->len, line, len);
	batch->len += len;
	pthread_cond_signal(&sink.wanted);
	return true;
}

/* Who may wait sees to it that the line is written, after those before it. */
static void file_write(const char *line, size_t len)
{
	bool queues, queued;

	pthread_mutex_lock(&sink.lock);
	queues = sink.queues;
	queued = queues && line_queue(line, len);
	if (queues && !queued && thread_waits_not) {
		sink.lost++;
		atomic_fetch_add_explicit(&lost_ever, 1, memory_order_relaxed);
	}
	pthread_mutex_unlock(&sink.lock);
	if (queues && thread_waits_not)
		return;
	if (queues)
		drain();
	if (queued)
		return;
	pthread_mutex_lock(&sink.file_lock);
	bytes_write(sink.fd, line, len);
	pthread_mutex_unlock(&sink.file_lock);
}

/* Standard error takes what the journal's socket does not. */
static void journal_write(int level, const char *text, const char *entry, size_t len)
{
	char line[LINE_BYTES];
	int used, err = rb_journal_send(sink.journal_fd, entry, len, !thread_waits_not);

	if (err == -EAGAIN) {
		atomic_fetch_add_explicit(&lost_ever, 1, memory_order_relaxed);
		return;
	}
	if (!err)
		return;
	used = snprintf(line, sizeof(line), "<%d>%s\n", level, text);
	bytes_write(STDERR_FILENO, line,
		    (size_t)used < sizeof(line) ? (size_t)used : sizeof(line) - 1);
}

void rb_log_sink_write(int level, const char *type, const char *text)
{
	char line[LINE_BYTES + RB_JOURNAL_FIELDS_BYTES];
	unsigned int thread;
	enum target target;
	int used = 0;

	pthread_mutex_lock(&sink.lock);
	thread = sink.thread_id ? (unsigned int)syscall(SYS_gettid) : thread_number;
	target = sink.target;
	switch (target) {
	case TARGET_SYSLOG:
		syslog(level, "[%d:%x] %s: %s", (int)getpid(), thread, type, text);
		break;
	case TARGET_FILE:
		used = file_line(line, thread, type, text);
		break;
	case TARGET_JOURNAL:
		used = (int)rb_journal_entry_make(&(struct rb_journal_entry){level, thread, type,
									     sink.identity, text},
						  line, sizeof(line));
		break;
	case TARGET_STDERR:
		used = stderr_line(line, level, type, text);
		break;
	}
	pthread_mutex_unlock(&sink.lock);
	if (target == TARGET_JOURNAL) {
		journal_write(level, text, line, (size_t)used);
		return;
	}
	if (used >= LINE_BYTES)
		used = LINE_BYTES - 1;
	if (target == TARGET_FILE)
		file_write(line, (size_t)used);
	else if (used > 0)
		bytes_write(STDERR_FILENO, line, (size_t)used);
}
