/* SPDX-License-Identifier: BSD-2-Clause */
/* The table's records into a file. */
#include "store/save.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../kern/wire.h"
#include "store/stream.h"
#include "util/cleanup.h"

#define TRIES 2

/* What a save is of. Records of another epoch are left out; another configuration ends it. */
struct saving {
	struct rb_store_writer writer;
	uint32_t epoch, fingerprint;
};

static void match_read(const struct rb_table *table, struct saving *saving)
{
	saving->epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_ACQUIRE);
	saving->fingerprint = __atomic_load_n(&table->control->config, __ATOMIC_ACQUIRE);
}

static int record_put(const struct rb_table *table, struct rb_table_ref ref,
		      const struct rb_record *record, void *context)
{
	struct saving *saving = context;
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	struct rb_store_record stored = {
		.qname = rb_table_record_qname(record),
		.qname_len = record->qname_len,
		.qtype = RB_HTONS(record->qtype),
	};
	int err;

	(void)table;
	(void)ref;
	/* Local data is in the configuration. */
	if (record->epoch != saving->epoch || record->view || record->traits & RB_FIXED_TTL ||
	    rb_table_record_to_answer(record, &answer))
		return 0;
	stored.answer = answer;
	err = rb_store_put(&saving->writer, &stored);
	return err == -ESTALE || err == -EINVAL ? 0 : err;
}

static int records_put(FILE *out, const struct rb_table *table, uint64_t *ret_saved)
{
	struct saving saving = {0}, after;
	int err;

	match_read(table, &saving);
	err = rb_store_begin(&saving.writer, out, saving.fingerprint, rb_store_now());
	if (!err)
		err = rb_table_iterate(table, record_put, &saving);
	if (!err)
		err = rb_store_end(&saving.writer);
	if (err)
		return err;
	/* The fingerprint follows the epoch with a reload: both must have held all the time. */
	match_read(table, &after);
	if (after.epoch != saving.epoch || after.fingerprint != saving.fingerprint)
		return -ECANCELED;
	*ret_saved = saving.writer.count;
	return 0;
}

static int file_write(const char *path, const struct rb_table *table, uint64_t *ret_saved)
{
	_cleanup_close_ int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	_cleanup_fclose_ FILE *out = NULL;
	int err;

	if (fd < 0)
		return -errno;
	out = fdopen(fd, "w");
	if (!out)
		return -errno;
	TAKE_FD(fd);
	err = records_put(out, table, ret_saved);
	if (!err && fsync(fileno(out)))
		err = -errno;
	return err;
}

/* So that the new name outlives a power cut, too. */
static int directory_sync(const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int fd = -1;

	snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? -errno : 0;
}

static int save_once(const char *path, const char *new_path, const struct rb_table *table,
		     uint64_t *ret_saved)
{
	int err;

	/* What a save that was killed left. */
	if (unlink(new_path) && errno != ENOENT)
		return -errno;
	err = file_write(new_path, table, ret_saved);
	if (!err && rename(new_path, path))
		err = -errno;
	if (err)
		unlink(new_path);
	return err ? err : directory_sync(path);
}

int rb_store_save(const char *path, const struct rb_table *table, uint64_t *ret_saved)
{
	char new_path[PATH_MAX];
	int err, try;

	if (snprintf(new_path, sizeof(new_path), "%s.new", path) >= (int)sizeof(new_path))
		return -ENAMETOOLONG;
	for (try = 0; try < TRIES; try++) {
		err = save_once(path, new_path, table, ret_saved);
		if (err != -ECANCELED)
			break;
	}
	return err;
}
