/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing: which way a record takes, and what must go when it comes. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "../kern/wire.h"
#include "table/image.h"
#include "table/slot.h"
#include "util/clock.h"

/* Whether the tag is this hash's and serves one of the variants. */
static bool tag_overlaps(uint16_t tag, uint64_t hash, uint8_t serves)
{
	return (tag & serves) && !((tag ^ hash) & 0xfffc);
}

/* Read in place: the caller holds the lock of those who write here. */
static bool slot_has_key(const struct rb_table_class *part, const uint64_t *slot,
			 const struct rb_table_key *key)
{
	const uint8_t *bytes = (const uint8_t *)slot;
	struct rb_record header;

	memcpy(&header, bytes, RB_RECORD_HEADER);
	return header.qname_len == key->qname_len && header.qtype == RB_HTONS(key->qtype) &&
	       header.view == key->view &&
	       !memcmp(bytes + part->record_bytes - key->qname_len, key->qname, key->qname_len);
}

/* The key's records of these variants in one class; how many were removed. */
static int class_remove(struct rb_table_class *part, const struct rb_table_key *key, uint8_t serves)
{
	uint32_t bucket = rb_hash_bucket(key->hash, part->buckets);
	uint32_t way;
	int removed = 0;

	for (way = 0; way < RB_WAYS; way++) {
		if (!tag_overlaps(rb_tag_get(part, bucket, way), key->hash, serves) ||
		    !slot_has_key(part, rb_slot_at(part, bucket * RB_WAYS + way), key))
			continue;
		rb_slot_clear(part, bucket, way);
		removed++;
	}
	return removed;
}

/*
 * CLOCK, but that marks are cleared only when all ways have one: as long as one has not been asked
 * for again it goes first, so a flood of names asked once turns over one way per bucket, and costs
 * the others not even their marks.
 */
static uint32_t way_unvisited(struct rb_table_class *part, uint32_t bucket)
{
	uint32_t hand = part->hands[bucket];
	uint32_t i, way = hand;
	uint8_t *marks;

	for (i = 0; i < RB_WAYS; i++) {
		way = (hand + i) % RB_WAYS;
		marks = rb_slot_marks(rb_slot_at(part, bucket * RB_WAYS + way));
		if (!(__atomic_load_n(marks, __ATOMIC_RELAXED) & RB_MARK_VISITED))
			break;
	}
	if (i == RB_WAYS) {
		for (i = 0; i < RB_WAYS; i++) {
			marks = rb_slot_marks(rb_slot_at(part, bucket * RB_WAYS + i));
			__atomic_fetch_and(marks, (uint8_t)~RB_MARK_VISITED, __ATOMIC_RELAXED);
		}
		way = hand;
	}
	part->hands[bucket] = (uint8_t)((way + 1) % RB_WAYS);
	return way;
}

static bool has_ended(const uint64_t *slot, uint64_t now_ns, uint64_t stale_ns)
{
	uint64_t expires_ns = rb_slot_expires_ns(slot);

	return expires_ns <= now_ns && now_ns - expires_ns >= stale_ns;
}

/* An empty way, else one whose record answers nobody any more, else what CLOCK gives up. */
static uint32_t way_victim(struct rb_table_class *part, uint32_t bucket, uint32_t home,
			   uint32_t epoch, uint64_t stale_ns)
{
	uint64_t now_ns;
	uint32_t way;

	if (!rb_tag_get(part, bucket, home))
		return home;
	for (way = 0; way < RB_WAYS; way++)
		if (!rb_tag_get(part, bucket, way))
			return way;
	now_ns = rb_clock_ns();
	for (way = 0; way < RB_WAYS; way++) {
		const uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

		if (rb_slot_epoch(slot) != epoch || has_ended(slot, now_ns, stale_ns))
			return way;
	}
	return way_unvisited(part, bucket);
}

/*
 * Make room for a tag: all ways whose tags overlap with it are emptied, since a bucket never has
 * two tags that serve one question. One of them, if any, is the way of the new record. ret_marks:
 * what the new record inherits; a name that is stored again has been asked again.
 */
static uint32_t way_take(const struct rb_table *table, struct rb_table_class *part, uint32_t bucket,
			 const struct rb_table_key *key, uint8_t serves, uint32_t epoch,
			 uint8_t *ret_marks)
{
	uint32_t way, taken = RB_WAYS;

	*ret_marks = 0;
	for (way = 0; way < RB_WAYS; way++) {
		uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

		if (!tag_overlaps(rb_tag_get(part, bucket, way), key->hash, serves))
			continue;
		if (slot_has_key(part, slot, key))
			*ret_marks |= __atomic_load_n(rb_slot_marks(slot), __ATOMIC_RELAXED) &
				      RB_MARK_VISITED;
		if (taken == RB_WAYS)
			taken = way;
		else
			rb_slot_clear(part, bucket, way);
	}
	if (taken == RB_WAYS)
		taken = way_victim(part, bucket, rb_hash_home(key->hash), epoch,
				   rb_table_stale_ns(table));
	rb_tag_set(part, bucket, taken, 0);
	return taken;
}

/* The shard is the caller's alone to write, until it unlocks. */
static pthread_mutex_t *writers_lock(struct rb_table *table, const struct rb_table_key *key)
{
	pthread_mutex_t *mutex = &table->writers[rb_hash_shard(key->hash)];

	pthread_mutex_lock(mutex);
	return mutex;
}

/* Under the shard's lock; whoever adds them up reads meanwhile. */
static void count_one(uint64_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

/* Of a way that is about to be written: what is lost with it. */
static void turnover_count(struct rb_table *table, const struct rb_table_class *part,
			   uint32_t index, const struct rb_table_key *key, uint32_t epoch)
{
	struct rb_table_turnover *turnover = &table->turnover[rb_hash_shard(key->hash)];
	const uint64_t *slot = rb_slot_at(part, index);

	count_one(&turnover->stored);
	if (rb_slot_epoch(slot) != epoch || rb_slot_expires_ns(slot) <= rb_clock_ns())
		return;
	count_one(slot_has_key(part, slot, key) ? &turnover->replaced : &turnover->evicted);
}

static void image_store(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
			struct rb_image *image)
{
	struct rb_table_class *part = &table->classes[image->class];
	uint32_t bucket = rb_hash_bucket(key->hash, part->buckets);
	pthread_mutex_t *mutex = writers_lock(table, key);
	unsigned int class;
	uint32_t way;
	uint8_t marks;

	way = way_take(table, part, bucket, key, serves, image->record.epoch, &marks);
	turnover_count(table, part, bucket * RB_WAYS + way, key, image->record.epoch);
	image->record.marks = marks;
	rb_slot_write(rb_slot_at(part, bucket * RB_WAYS + way), part->record_bytes, image);
	rb_tag_set(part, bucket, way, rb_hash_tag(key->hash, serves));
	/* Only now, so that the key is never in no class. */
	for (class = 0; class < RB_CLASSES; class ++)
		if (class != image->class)
			class_remove(&table->classes[class], key, serves);
	pthread_mutex_unlock(mutex);
}

int rb_table_publish(struct rb_table *table, const struct rb_table_key *key,
		     const struct rb_answer *answer)
{
	uint32_t epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_RELAXED);
	struct rb_image image;
	int err;

	if (table->read_only)
		return -EBADF;
	err = rb_image_build(key, answer, epoch, &image);
	if (!err)
		image_store(table, key, answer->traits & RB_SERVES_MASK, &image);
	return err;
}

int rb_table_remove(struct rb_table *table, const struct rb_table_key *key, uint8_t serves)
{
	pthread_mutex_t *mutex;
	unsigned int class;
	int removed = 0;

	if (table->read_only)
		return -EBADF;
	mutex = writers_lock(table, key);
	for (class = 0; class < RB_CLASSES; class ++)
		removed += class_remove(&table->classes[class], key, serves);
	pthread_mutex_unlock(mutex);
	return removed;
}

void rb_table_turnover(const struct rb_table *table, struct rb_table_turnover *ret_turnover)
{
	unsigned int shard;

	*ret_turnover = (struct rb_table_turnover){};
	for (shard = 0; shard < RB_SHARDS; shard++) {
		const struct rb_table_turnover *part = &table->turnover[shard];

		ret_turnover->stored += __atomic_load_n(&part->stored, __ATOMIC_RELAXED);
		ret_turnover->replaced += __atomic_load_n(&part->replaced, __ATOMIC_RELAXED);
		ret_turnover->evicted += __atomic_load_n(&part->evicted, __ATOMIC_RELAXED);
	}
}
