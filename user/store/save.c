/* SPDX-License-Identifier: BSD-2-Clause */
/* The table's records into a file. */
#include "store/save.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

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
	if (record->epoch != saving->epoch || record->audience || record->traits & RB_FIXED_TTL ||
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

/* The descriptor is taken. */
static int file_write(int fd, const struct rb_table *table, uint64_t *ret_saved)
{
	_cleanup_fclose_ FILE *out = fdopen(fd, "w");
	int err;

	if (!out) {
		err = -errno;
		close(fd);
		return err;
	}
	err = records_put(out, table, ret_saved);
	if (!err && fsync(fileno(out)))
		err = -errno;
	return err;
}

static int save_once(const struct rb_opener *opener, const struct rb_table *table,
		     uint64_t *ret_saved)
{
	int fd, none, err = rb_opener_open(opener, RB_OPENS_CACHE_NEW, &fd);

	if (err)
		return err;
	err = file_write(fd, table, ret_saved);
	if (!err)
		return rb_opener_open(opener, RB_OPENS_CACHE_SAVED, &none);
	(void)rb_opener_open(opener, RB_OPENS_CACHE_DROPPED, &none);
	return err;
}

int rb_store_save(const struct rb_opener *opener, const struct rb_table *table, uint64_t *ret_saved)
{
	int err, try;

	for (try = 0; try < TRIES; try++) {
		err = save_once(opener, table, ret_saved);
		if (err != -ECANCELED)
			break;
	}
	return err;
}
