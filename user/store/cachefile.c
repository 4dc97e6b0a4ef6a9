/* SPDX-License-Identifier: BSD-2-Clause */
/* When the cache-file is loaded and saved; how, is in load.c and save.c. */
#include "store/cachefile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "store/load.h"
#include "store/save.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

#define NICE   10 /* for others' sake: nobody waits for a save */
#define SOON_S 1  /* more flushes may follow */

struct rb_cachefile {
	char *path; /* to be told */
	const struct rb_opener *opener;
	struct rb_table *table;
	unsigned int interval_s;
	pthread_t thread;
	bool started;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t changed;
	bool stop, soon;
	struct rb_cachefile_status status;
};

int rb_cachefile_new(const struct rb_config *config, const struct rb_opener *opener,
		     struct rb_table *table, struct rb_cachefile **ret_file)
{
	struct rb_cachefile *file;
	pthread_condattr_t attr;

	*ret_file = NULL;
	if (!config->cache_file)
		return 0;
	file = calloc(1, sizeof(*file));
	if (!file)
		return -ENOMEM;
	file->path = strdup(config->cache_file);
	if (!file->path) {
		free(file);
		return -ENOMEM;
	}
	file->opener = opener;
	file->table = table;
	file->interval_s = config->cache_file_interval_s;
	file->status.path = file->path;
	pthread_mutex_init(&file->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&file->changed, &attr);
	pthread_condattr_destroy(&attr);
	*ret_file = file;
	return 0;
}

void rb_cachefile_load(struct rb_cachefile *file, const struct rb_config *config)
{
	if (!file)
		return;
	if (file->table->adopted)
		rb_log_notice("cache-file: %s: not loaded, the adopted table is newer", file->path);
	else
		file->status.loaded = rb_store_load(file->opener, config, file->table);
}

static void log_unsaved(const struct rb_cachefile *file, int err)
{
	const char *why = strerror(-err);

	switch (-err) {
	case EACCES:
	case EPERM:
	case EROFS:
		rb_log_warn("cache-file: %s: not saved (%s). The directory must be writable for "
			    "the process runbound",
			    file->path, why);
		break;
	case ENOSPC:
	case EDQUOT:
		rb_log_warn("cache-file: %s: not saved (%s). The one saved before stays; the new "
			    "one needs as much room beside it",
			    file->path, why);
		break;
	default:
		rb_log_warn("cache-file: %s: not saved (%s)", file->path, why);
	}
}

static void save(struct rb_cachefile *file)
{
	uint64_t start_ns = rb_clock_ns(), saved = 0;
	int err = rb_store_save(file->opener, file->table, &saved);

	pthread_mutex_lock(&file->mutex);
	if (err) {
		file->status.failures++;
	} else {
		file->status.saved = saved;
		file->status.saves++;
		file->status.saved_ns = rb_clock_ns();
		file->status.took_ns = file->status.saved_ns - start_ns;
	}
	pthread_mutex_unlock(&file->mutex);
	if (err)
		log_unsaved(file, err);
	else
		rb_log_info("cache-file: %s: %llu records saved", file->path,
			    (unsigned long long)saved);
}

static struct timespec later(uint32_t seconds)
{
	struct timespec when;

	clock_gettime(CLOCK_MONOTONIC, &when);
	when.tv_sec += seconds;
	return when;
}

/* Whether the time is over, rather than all. */
static bool interval_wait(struct rb_cachefile *file)
{
	struct timespec until = later(file->interval_s);
	bool stop, hurried = false;
	int err = 0;

	pthread_mutex_lock(&file->mutex);
	while (!file->stop && err != ETIMEDOUT) {
		if (file->soon && !hurried && file->interval_s > SOON_S) {
			until = later(SOON_S);
			hurried = true;
		}
		err = pthread_cond_timedwait(&file->changed, &file->mutex, &until);
	}
	stop = file->stop;
	file->soon = false;
	pthread_mutex_unlock(&file->mutex);
	return !stop;
}

static void *run(void *arg)
{
	struct rb_cachefile *file = arg;

	pthread_setname_np(pthread_self(), "rb-cache-file");
	/* Of this thread alone, as Linux has it. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
	while (interval_wait(file))
		save(file);
	return NULL;
}

int rb_cachefile_start(struct rb_cachefile *file)
{
	sigset_t all, before;
	int err;

	if (!file)
		return 0;
	/* Signals are main's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&file->thread, NULL, run, file);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	file->started = !err;
	if (err)
		rb_log_error("cache-file: no thread can be started to save it: %s", strerror(err));
	return -err;
}

void rb_cachefile_save_soon(struct rb_cachefile *file)
{
	if (!file)
		return;
	pthread_mutex_lock(&file->mutex);
	file->soon = true;
	pthread_cond_signal(&file->changed);
	pthread_mutex_unlock(&file->mutex);
}

void rb_cachefile_leave(struct rb_cachefile *file)
{
	if (!file || !file->started)
		return;
	pthread_mutex_lock(&file->mutex);
	file->stop = true;
	pthread_cond_signal(&file->changed);
	pthread_mutex_unlock(&file->mutex);
	pthread_join(file->thread, NULL);
	file->started = false;
}

void rb_cachefile_stop(struct rb_cachefile *file)
{
	if (!file || !file->started)
		return;
	rb_cachefile_leave(file);
	save(file);
}

void rb_cachefile_free(struct rb_cachefile *file)
{
	if (!file)
		return;
	pthread_cond_destroy(&file->changed);
	pthread_mutex_destroy(&file->mutex);
	free(file->path);
	free(file);
}

bool rb_cachefile_status(const struct rb_cachefile *file, struct rb_cachefile_status *ret_status)
{
	/* The lock is no part of what is promised not to change. */
	struct rb_cachefile *locked = (struct rb_cachefile *)(uintptr_t)file;

	if (!file)
		return false;
	pthread_mutex_lock(&locked->mutex);
	*ret_status = file->status;
	pthread_mutex_unlock(&locked->mutex);
	return true;
}
