/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing: store a record in its tier, and remove those of the same question from other tiers. */
#include "table/table.h"

#include <errno.h>
#include <stdatomic.h>

#include "table/audience.h"
#include "table/image.h"
#include "table/match.h"
#include "table/overflow.h"
#include "table/replace.h"
#include "table/slot.h"
#include "util/clock.h"

/* Remove the key's records of these variants from one tier. Returns how many were removed. */
static int tier_remove(struct rb_table_tier *part, const struct rb_table_key *key, uint8_t serves)
{
	uint32_t bucket = rb_hash_bucket(rb_match_hash(key), part->buckets);
	uint32_t way;
	int removed = 0;

	if (!rb_tag_any(part, bucket, rb_match_hash(key)))
		return 0;
	for (way = 0; way < RB_WAYS; way++) {
		if (!rb_match_tag(rb_tag_get(part, bucket, way), rb_match_hash(key), serves) ||
		    !rb_match_slot(part, rb_slot_at(part, bucket * RB_WAYS + way), key))
			continue;
		rb_slot_clear(part, bucket, way);
		removed++;
	}
	return removed;
}

/* Only the caller may write to the shard until it unlocks the mutex. */
static pthread_mutex_t *writers_lock(struct rb_table *table, const struct rb_table_key *key)
{
	pthread_mutex_t *mutex = &table->writers[rb_hash_shard(rb_match_hash(key))];

	pthread_mutex_lock(mutex);
	return mutex;
}

/* Under the shard's lock; rb_table_turnover() may read the counter at the same time. */
static void count_one(uint64_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

/* Count a store into a way, and what is lost by it. */
static void turnover_count(struct rb_table *table, const struct rb_table_tier *part, uint32_t index,
			   const struct rb_table_key *key, uint32_t epoch)
{
	struct rb_table_turnover *turnover = &table->turnover[rb_hash_shard(rb_match_hash(key))];
	const uint64_t *slot = rb_slot_at(part, index);

	count_one(&turnover->stored);
	if (rb_slot_epoch(slot) != epoch || rb_slot_expires_ns(slot) <= rb_clock_ns())
		return;
	count_one(rb_match_slot(part, slot, key) ? &turnover->replaced : &turnover->evicted);
}

/* 1: the record should have been pinned, but is not. */
static int image_store(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		       struct rb_image *image)
{
	struct rb_table_tier *part = &table->tiers[image->tier];
	uint32_t bucket = rb_hash_bucket(rb_match_hash(key), part->buckets);
	struct rb_replacement replacement = {.epoch = image->record.epoch,
					     .stale_ns = rb_table_stale_ns(table)};
	pthread_mutex_t *mutex = writers_lock(table, key);
	bool pin = image->record.traits & RB_PINNED;
	struct rb_predecessor predecessor;
	unsigned int tier;
	uint32_t way;

	way = rb_replace_take(part, bucket, key, serves, &replacement, &predecessor);
	turnover_count(table, part, bucket * RB_WAYS + way, key, replacement.epoch);
	if (!atomic_load_explicit(&table->meetings, memory_order_relaxed))
		way = rb_replace_move_home(part, bucket, rb_hash_home(rb_match_hash(key)), way);
	pin |= predecessor.pinned;
	image->record.marks = predecessor.marks;
	image->record.traits &= (uint8_t)~RB_PINNED;
	if (pin && rb_replace_may_pin(part, bucket, way, &replacement)) {
		image->record.traits |= RB_PINNED;
		pin = false;
	}
	rb_slot_write(rb_slot_at(part, bucket * RB_WAYS + way), part->record_bytes, image);
	rb_tag_set(part, bucket, way, rb_hash_tag(rb_match_hash(key), serves));
	/* Only now, so that the key is in some tier at all times. */
	for (tier = 0; tier < RB_TIERS; tier++)
		if (tier != image->tier)
			tier_remove(&table->tiers[tier], key, serves);
	pthread_mutex_unlock(mutex);
	return pin;
}

static int records_remove(struct rb_table *table, const struct rb_table_key *key, uint8_t serves)
{
	pthread_mutex_t *mutex = writers_lock(table, key);
	unsigned int tier;
	int removed = 0;

	for (tier = 0; tier < RB_TIERS; tier++)
		removed += tier_remove(&table->tiers[tier], key, serves);
	pthread_mutex_unlock(mutex);
	return removed;
}

static bool keeps_aside(const struct rb_table *table)
{
	return rb_table_stale_ns(table) || table->snooped;
}

int rb_table_publish_of(struct rb_table *table, const struct rb_table_key *key,
			const struct rb_answer *answer, uint32_t epoch)
{
	uint8_t serves = answer->traits & RB_SERVES_MASK;
	const struct rb_overflow_key aside = {key, serves, RB_CHECKING_ENABLED, false};
	struct rb_image image;
	int err;

	if (table->read_only)
		return -EBADF;
	err = rb_image_build(key, answer, epoch, &image);
	if (err == -EMSGSIZE) {
		if (keeps_aside(table) && key->audience == RB_AUDIENCE_ALL)
			rb_overflow_put(table->overflow, &aside, epoch, answer);
		/* The stub replaces an older record. */
		if (rb_image_build_stub(key, answer, epoch, &image))
			records_remove(table, key, serves);
		else
			image_store(table, key, serves, &image);
	} else if (!err) {
		err = image_store(table, key, serves, &image);
		rb_overflow_remove(table->overflow, &aside);
	}
	return err;
}

void rb_table_keep_aside(struct rb_table *table, const struct rb_table_key *key,
			 enum rb_checking checking, const struct rb_answer *answer)
{
	const struct rb_overflow_key aside = {key, answer->traits & RB_SERVES_MASK, checking,
					      false};
	uint32_t epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_RELAXED);

	if (keeps_aside(table))
		rb_overflow_put(table->overflow, &aside, epoch, answer);
}

void rb_table_keep_unjudged(struct rb_table *table, const struct rb_table_key *key,
			    const struct rb_answer *answer)
{
	const struct rb_overflow_key aside = {key, answer->traits & RB_SERVES_MASK,
					      RB_CHECKING_ENABLED, true};
	uint32_t epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_RELAXED);

	if (rb_table_stale_ns(table))
		rb_overflow_put(table->overflow, &aside, epoch, answer);
}

int rb_table_publish(struct rb_table *table, const struct rb_table_key *key,
		     const struct rb_answer *answer)
{
	uint32_t epoch = __atomic_load_n(&table->control->epoch, __ATOMIC_RELAXED);
	int err = rb_table_publish_of(table, key, answer, epoch);

	return err < 0 ? err : 0;
}

void rb_table_prefetch(const struct rb_table *table, const struct rb_table_key *key)
{
	const struct rb_table_tier *part = &table->tiers[RB_SMALL];
	uint32_t bucket = rb_hash_bucket(rb_match_hash(key), part->buckets);
	const uint8_t *home = (const uint8_t *)rb_slot_at(
		part, bucket * RB_WAYS + rb_hash_home(rb_match_hash(key)));
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		const struct rb_table_tier *other = &table->tiers[tier];

		__builtin_prefetch(
			&other->tags[rb_hash_bucket(rb_match_hash(key), other->buckets)]);
	}
	__builtin_prefetch(home, 1);
	__builtin_prefetch(home + RB_SMALL_BYTES - 1, 1);
}

int rb_table_remove(struct rb_table *table, const struct rb_table_key *key, uint8_t serves)
{
	const struct rb_overflow_key aside = {key, serves, RB_CHECKING_ENABLED, false};

	if (table->read_only)
		return -EBADF;
	rb_overflow_remove(table->overflow, &aside);
	return records_remove(table, key, serves);
}

/* Visit every slot with a record of the question, under the writers' lock. */
static void slots_visit(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
			void (*visit)(uint64_t *slot, uint64_t now_ns), uint64_t now_ns)
{
	pthread_mutex_t *mutex = writers_lock(table, key);
	unsigned int tier;
	uint32_t way;

	for (tier = 0; tier < RB_TIERS; tier++) {
		struct rb_table_tier *part = &table->tiers[tier];
		uint32_t bucket = rb_hash_bucket(rb_match_hash(key), part->buckets);

		for (way = 0; way < RB_WAYS; way++) {
			uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

			if (rb_match_tag(rb_tag_get(part, bucket, way), rb_match_hash(key),
					 serves) &&
			    rb_match_slot(part, slot, key))
				visit(slot, now_ns);
		}
	}
	pthread_mutex_unlock(mutex);
}

static void release(uint64_t *slot, uint64_t now_ns)
{
	(void)now_ns;
	rb_slot_release_refresh(slot);
}

void rb_table_release_refresh(struct rb_table *table, const struct rb_table_key *key,
			      uint8_t serves)
{
	slots_visit(table, key, serves, release, 0);
}

static void expire_anew(uint64_t *slot, uint64_t now_ns)
{
	if (rb_slot_expires_ns(slot) < now_ns && rb_slot_stale_limit(slot) == RB_STALE_ENDLESS)
		rb_slot_set_expires_ns(slot, now_ns);
}

void rb_table_expire_anew(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
			  uint64_t now_ns)
{
	slots_visit(table, key, serves, expire_anew, now_ns);
}

int rb_table_iterate_all(struct rb_table *table,
			 int (*visit)(const struct rb_table *table, struct rb_table_ref ref,
				      const struct rb_record *record, void *context),
			 void *context)
{
	int err;

	atomic_fetch_add(&table->meetings, 1);
	/* Who did not see that yet has finished when we have had its lock. */
	for (unsigned int shard = 0; shard < RB_SHARDS; shard++) {
		pthread_mutex_lock(&table->writers[shard]);
		pthread_mutex_unlock(&table->writers[shard]);
	}
	err = rb_table_iterate(table, visit, context);
	atomic_fetch_sub(&table->meetings, 1);
	return err;
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
