/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a table: adopted or created, closed; and its epoch. */
#include "table/table.h"

#include <errno.h>
#include <sys/mman.h>

#include "table/audience.h"
#include "table/maps.h"
#include "table/overflow.h"
#include "table/pins.h"
#include "table/size.h"
#include "table/slot.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/random.h"

_Static_assert(sizeof(struct rb_hash_key) <= 256, "rb_random_bytes() gives no more at once");

static int control_init(struct rb_table *table)
{
	struct rb_control *control = table->control;
	unsigned int tier;

	control->layout = RB_LAYOUT_VERSION;
	control->epoch = 1;
	for (tier = 0; tier < RB_TIERS; tier++)
		control->buckets[tier] = table->tiers[tier].buckets;
	control->created_ns = rb_clock_ns();
	rb_audience_init(control);
	return rb_random_bytes(&control->key, sizeof(control->key));
}

static void slot_tidy(struct rb_table_tier *part, uint32_t bucket, uint32_t way)
{
	uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

	if (rb_slot_seq(slot) & 1)
		rb_slot_clear(part, bucket, way);
	else if (*rb_slot_marks(slot) & RB_MARK_REFRESH)
		rb_slot_release_refresh(slot);
}

/*
 * Clean up after a dead predecessor: half-written records, which no reader takes, and claims of
 * refreshes, which would keep everybody from asking again.
 */
static void unfinished_clear(struct rb_table *table)
{
	unsigned int tier;
	uint32_t bucket, way;

	for (tier = 0; tier < RB_TIERS; tier++) {
		struct rb_table_tier *part = &table->tiers[tier];

		for (bucket = 0; bucket < part->buckets; bucket++)
			for (way = 0; way < RB_WAYS; way++)
				slot_tidy(part, bucket, way);
	}
}

/* -ENOENT, -ESTALE: no pinned table fits; the struct is then empty again. */
static int adopt(struct rb_table *table, const char *pin_dir, const uint32_t buckets[RB_TIERS])
{
	int err = rb_maps_open_pinned(table, pin_dir);
	unsigned int tier;

	for (tier = 0; !err && tier < RB_TIERS; tier++)
		if (table->tiers[tier].buckets != buckets[tier])
			err = -ESTALE;
	if (err) {
		rb_maps_release(table);
		return err;
	}
	table->adopted = true;
	return 0;
}

static int create_pinned(struct rb_table *table, const char *pin_dir,
			 const uint32_t buckets[RB_TIERS])
{
	int err = rb_table_unpin(pin_dir);

	if (!err)
		err = rb_maps_create(table, buckets);
	if (!err)
		err = control_init(table);
	if (err)
		return err;
	err = rb_maps_pin(table, pin_dir);
	if (err)
		rb_table_unpin(pin_dir);
	return err;
}

static int create_plain(struct rb_table *table, size_t bytes)
{
	uint32_t buckets[RB_TIERS];
	int err;

	rb_size_buckets(bytes, RB_SIZE_EXACT, buckets);
	err = rb_maps_create_plain(table, buckets);
	return err ? err : control_init(table);
}

static int open_for_writing(struct rb_table *table, const char *pin_dir, size_t bytes)
{
	uint32_t buckets[RB_TIERS];
	int err;

	err = rb_pins_lock(pin_dir, &table->lock_fd);
	if (err)
		return err;
	rb_size_buckets(bytes, rb_size_rounding(), buckets);
	err = adopt(table, pin_dir, buckets);
	if (err == -ENOENT || err == -ESTALE)
		err = create_pinned(table, pin_dir, buckets);
	return err;
}

static int hands_new(struct rb_table *table)
{
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		table->tiers[tier].hands = calloc(table->tiers[tier].buckets, 1);
		if (!table->tiers[tier].hands)
			return -ENOMEM;
	}
	return 0;
}

static int turnover_new(struct rb_table *table)
{
	void *memory = mmap(NULL, RB_SHARDS * sizeof(*table->turnover), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -ENOMEM;
	table->turnover = memory;
	return 0;
}

int rb_table_map(struct rb_table *table)
{
	int err = rb_maps_map(table);

	if (!err && table->adopted)
		unfinished_clear(table);
	return err;
}

int rb_table_open(const char *pin_dir, enum rb_table_access access, size_t bytes,
		  struct rb_table **ret_table)
{
	_cleanup_(rb_table_closep) struct rb_table *table = calloc(1, sizeof(*table));
	unsigned int shard;
	int err;

	if (!table)
		return -ENOMEM;
	rb_maps_init(table);
	for (shard = 0; shard < RB_SHARDS; shard++)
		pthread_mutex_init(&table->writers[shard], NULL);
	pthread_mutex_init(&table->audiences, NULL);
	table->lock_fd = -1;
	table->read_only = access == RB_TABLE_READ;
	err = turnover_new(table);
	if (err)
		return err;
	if (table->read_only)
		err = pin_dir ? rb_maps_open_pinned(table, pin_dir) : -EINVAL;
	else if (pin_dir)
		err = open_for_writing(table, pin_dir, bytes);
	else
		err = create_plain(table, bytes);
	if (!err && access != RB_TABLE_HOLD)
		err = rb_table_map(table);
	if (!err && !table->read_only)
		err = hands_new(table);
	if (!err && !table->read_only)
		err = rb_overflow_new(&table->overflow);
	if (err)
		return err;
	*ret_table = TAKE_PTR(table);
	return 0;
}

void rb_table_inherit(struct rb_table *table)
{
	unfinished_clear(table);
	table->adopted = true;
}

void rb_table_close(struct rb_table *table)
{
	unsigned int tier, shard;

	if (!table)
		return;
	for (shard = 0; shard < RB_SHARDS; shard++)
		pthread_mutex_destroy(&table->writers[shard]);
	pthread_mutex_destroy(&table->audiences);
	for (tier = 0; tier < RB_TIERS; tier++)
		free(table->tiers[tier].hands);
	rb_maps_release(table);
	rb_overflow_free(table->overflow);
	if (table->turnover)
		munmap(table->turnover, RB_SHARDS * sizeof(*table->turnover));
	rb_closep(&table->lock_fd);
	free(table);
}

void rb_table_closep(struct rb_table **table)
{
	rb_table_close(*table);
}

uint32_t rb_table_bump_epoch(struct rb_table *table)
{
	uint32_t epoch = __atomic_add_fetch(&table->control->epoch, 1, __ATOMIC_ACQ_REL);

	rb_overflow_clear(table->overflow);
	/* Memory that was never written has epoch 0. */
	if (!epoch)
		epoch = __atomic_add_fetch(&table->control->epoch, 1, __ATOMIC_ACQ_REL);
	return epoch;
}
