/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing: which way a record takes, and what must go when it comes. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "../kern/reply.h"
#include "../kern/wire.h"
#include "table/audience.h"
#include "table/image.h"
#include "table/overflow.h"
#include "table/slot.h"
#include "util/clock.h"

/* Where the key's record stands, if it is there. */
static uint64_t place_of(const struct rb_table_key *key)
{
	return rb_audience_place(key->hash, key->audience);
}

/* Whether two audiences have one place: then there is one record for either of them. */
static bool is_rival(uint8_t a, uint8_t b)
{
	return rb_audience_place(0, a) == rb_audience_place(0, b);
}

/* Whether the tag is this hash's and serves one of the variants. */
static bool tag_overlaps(uint16_t tag, uint64_t hash, uint8_t serves)
{
	return (tag & serves) && !((tag ^ hash) & 0xfffc);
}

/* Read in place: the caller holds the lock of those who write here. */
static bool slot_has_key(const struct rb_table_tier *part, const uint64_t *slot,
			 const struct rb_table_key *key)
{
	const uint8_t *bytes = (const uint8_t *)slot;
	struct rb_record header;

	memcpy(&header, bytes, RB_RECORD_HEADER);
	return header.qname_len == key->qname_len && header.qtype == RB_HTONS(key->qtype) &&
	       is_rival(header.audience, key->audience) &&
	       !memcmp(bytes + part->record_bytes - key->qname_len, key->qname, key->qname_len);
}

/* The key's records of these variants in one tier; how many were removed. */
static int class_remove(struct rb_table_tier *part, const struct rb_table_key *key, uint8_t serves)
{
	uint32_t bucket = rb_hash_bucket(place_of(key), part->buckets);
	uint32_t way;
	int removed = 0;

	for (way = 0; way < RB_WAYS; way++) {
		if (!tag_overlaps(rb_tag_get(part, bucket, way), place_of(key), serves) ||
		    !slot_has_key(part, rb_slot_at(part, bucket * RB_WAYS + way), key))
			continue;
		rb_slot_clear(part, bucket, way);
		removed++;
	}
	return removed;
}

/* What replacement goes by. */
struct season {
	uint32_t epoch;
	uint64_t now_ns, stale_ns;
};

/* Pinned, and worth it: it is not to give way. */
static bool is_held(const uint64_t *slot, const struct season *season)
{
	return rb_slot_traits(slot) & RB_PINNED && rb_slot_epoch(slot) == season->epoch &&
	       rb_slot_expires_ns(slot) > season->now_ns;
}

static bool is_visited(uint64_t *slot)
{
	return __atomic_load_n(rb_slot_marks(slot), __ATOMIC_RELAXED) & RB_MARK_VISITED;
}

/*
 * CLOCK, but that marks are cleared only when all ways have one: as long as one has not been asked
 * for again it goes first, so a flood of names asked once turns over one way per bucket, and costs
 * the others not even their marks. At most RB_PINNED_MAX ways are held, so that some are left.
 */
static uint32_t way_unvisited(struct rb_table_tier *part, uint32_t bucket,
			      const struct season *season)
{
	uint64_t *slots = rb_slot_at(part, bucket * RB_WAYS);
	size_t words = part->record_bytes / 8;
	uint32_t hand = part->hands[bucket];
	uint32_t i, way, taken = RB_WAYS, fallback = RB_WAYS;

	for (i = 0; i < RB_WAYS && taken == RB_WAYS; i++) {
		way = (hand + i) % RB_WAYS;
		if (is_held(slots + way * words, season))
			continue;
		if (!is_visited(slots + way * words))
			taken = way;
		else if (fallback == RB_WAYS)
			fallback = way;
	}
	if (taken == RB_WAYS) {
		for (way = 0; way < RB_WAYS; way++)
			__atomic_fetch_and(rb_slot_marks(slots + way * words),
					   (uint8_t)~RB_MARK_VISITED, __ATOMIC_RELAXED);
		taken = fallback == RB_WAYS ? hand : fallback;
	}
	part->hands[bucket] = (uint8_t)((taken + 1) % RB_WAYS);
	return taken;
}

static bool has_ended(const uint64_t *slot, const struct season *season)
{
	uint64_t expires_ns = rb_slot_expires_ns(slot);

	return expires_ns <= season->now_ns &&
	       !rb_may_be_stale(rb_slot_traits(slot), rb_slot_stale_limit(slot),
				season->now_ns - expires_ns, season->stale_ns, 0);
}

/* An empty way, else one whose record answers nobody any more, else what CLOCK gives up. The
 * nearest to home: its cache lines may be those that a lookup fetches in vain. */
static uint32_t way_victim(struct rb_table_tier *part, uint32_t bucket, uint32_t home,
			   struct season *season)
{
	uint32_t way, i;

	for (i = 0; i < RB_WAYS; i++) {
		way = (home + i) % RB_WAYS;
		if (!rb_tag_get(part, bucket, way))
			return way;
	}
	season->now_ns = rb_clock_ns();
	for (i = 0; i < RB_WAYS; i++) {
		const uint64_t *slot;

		way = (home + i) % RB_WAYS;
		slot = rb_slot_at(part, bucket * RB_WAYS + way);
		if (rb_slot_epoch(slot) != season->epoch || has_ended(slot, season))
			return way;
	}
	return way_unvisited(part, bucket, season);
}

/* What a record inherits from those whose place it takes. */
struct legacy {
	uint8_t marks; /* a name that is stored again has been asked again */
	bool pinned;
};

/*
 * The home of a record that may take this way, if who is there is not at home: that one then gets
 * the way. Whoever is found at home is found sooner, and nothing is given up for it.
 */
static uint32_t way_home(struct rb_table_tier *part, uint32_t bucket, uint32_t home, uint32_t taken)
{
	uint16_t resident = rb_tag_get(part, bucket, home);

	if (taken == home || (resident && rb_tag_home(resident) == home))
		return taken;
	if (resident)
		rb_slot_move(part, bucket, home, taken);
	else
		rb_slot_clear(part, bucket, taken);
	rb_tag_set(part, bucket, home, 0);
	return home;
}

/*
 * Make room for a tag: all ways whose tags overlap with it are emptied, since a bucket never has
 * two tags that serve one question. One of them, if any, is the way of the new record.
 */
static uint32_t way_take(struct rb_table_tier *part, uint32_t bucket,
			 const struct rb_table_key *key, uint8_t serves, struct season *season,
			 struct legacy *ret_legacy)
{
	uint32_t way, taken = RB_WAYS;

	*ret_legacy = (struct legacy){0};
	for (way = 0; way < RB_WAYS; way++) {
		uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

		if (!tag_overlaps(rb_tag_get(part, bucket, way), place_of(key), serves))
			continue;
		if (slot_has_key(part, slot, key)) {
			ret_legacy->marks |=
				__atomic_load_n(rb_slot_marks(slot), __ATOMIC_RELAXED) &
				RB_MARK_VISITED;
			ret_legacy->pinned |= rb_slot_traits(slot) & RB_PINNED &&
					      rb_slot_epoch(slot) == season->epoch;
		}
		if (taken == RB_WAYS)
			taken = way;
		else
			rb_slot_clear(part, bucket, way);
	}
	if (taken == RB_WAYS)
		taken = way_victim(part, bucket, rb_hash_home(place_of(key)), season);
	rb_tag_set(part, bucket, taken, 0);
	return taken;
}

/* Whether so few other ways of the bucket are held that one more may be. */
static bool may_be_held(const struct rb_table_tier *part, uint32_t bucket, uint32_t own,
			struct season *season)
{
	uint32_t way, held = 0;

	season->now_ns = rb_clock_ns();
	for (way = 0; way < RB_WAYS; way++)
		held += way != own && rb_tag_get(part, bucket, way) &&
			is_held(rb_slot_at(part, bucket * RB_WAYS + way), season);
	return held < RB_PINNED_MAX;
}

/* The shard is the caller's alone to write, until it unlocks. */
static pthread_mutex_t *writers_lock(struct rb_table *table, const struct rb_table_key *key)
{
	pthread_mutex_t *mutex = &table->writers[rb_hash_shard(place_of(key))];

	pthread_mutex_lock(mutex);
	return mutex;
}

/* Under the shard's lock; whoever adds them up reads meanwhile. */
static void count_one(uint64_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

/* Of a way that is about to be written: what is lost with it. */
static void turnover_count(struct rb_table *table, const struct rb_table_tier *part, uint32_t index,
			   const struct rb_table_key *key, uint32_t epoch)
{
	struct rb_table_turnover *turnover = &table->turnover[rb_hash_shard(place_of(key))];
	const uint64_t *slot = rb_slot_at(part, index);

	count_one(&turnover->stored);
	if (rb_slot_epoch(slot) != epoch || rb_slot_expires_ns(slot) <= rb_clock_ns())
		return;
	count_one(slot_has_key(part, slot, key) ? &turnover->replaced : &turnover->evicted);
}

/* 1: not pinned, though it was to be. */
static int image_store(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		       struct rb_image *image)
{
	struct rb_table_tier *part = &table->tiers[image->tier];
	uint32_t bucket = rb_hash_bucket(place_of(key), part->buckets);
	struct season season = {.epoch = image->record.epoch, .stale_ns = rb_table_stale_ns(table)};
	pthread_mutex_t *mutex = writers_lock(table, key);
	bool pin = image->record.traits & RB_PINNED;
	struct legacy legacy;
	unsigned int tier;
	uint32_t way;

	way = way_take(part, bucket, key, serves, &season, &legacy);
	turnover_count(table, part, bucket * RB_WAYS + way, key, season.epoch);
	way = way_home(part, bucket, rb_hash_home(place_of(key)), way);
	pin |= legacy.pinned;
	image->record.marks = legacy.marks;
	image->record.traits &= (uint8_t)~RB_PINNED;
	if (pin && may_be_held(part, bucket, way, &season)) {
		image->record.traits |= RB_PINNED;
		pin = false;
	}
	rb_slot_write(rb_slot_at(part, bucket * RB_WAYS + way), part->record_bytes, image);
	rb_tag_set(part, bucket, way, rb_hash_tag(place_of(key), serves));
	/* Only now, so that the key is never in no tier. */
	for (tier = 0; tier < RB_TIERS; tier++)
		if (tier != image->tier)
			class_remove(&table->tiers[tier], key, serves);
	pthread_mutex_unlock(mutex);
	return pin;
}

static int records_remove(struct rb_table *table, const struct rb_table_key *key, uint8_t serves)
{
	pthread_mutex_t *mutex = writers_lock(table, key);
	unsigned int tier;
	int removed = 0;

	for (tier = 0; tier < RB_TIERS; tier++)
		removed += class_remove(&table->tiers[tier], key, serves);
	pthread_mutex_unlock(mutex);
	return removed;
}

int rb_table_publish_of(struct rb_table *table, const struct rb_table_key *key,
			const struct rb_answer *answer, uint32_t epoch)
{
	uint8_t serves = answer->traits & RB_SERVES_MASK;
	const struct rb_overflow_key aside = {key, serves, RB_CHECKING_ENABLED};
	struct rb_image image;
	int err;

	if (table->read_only)
		return -EBADF;
	err = rb_image_build(key, answer, epoch, &image);
	if (err == -EMSGSIZE) {
		if (rb_table_stale_ns(table) && key->audience == RB_AUDIENCE_ALL)
			rb_overflow_put(table->overflow, &aside, epoch, answer);
		/* In place of what there was. */
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
	const struct rb_overflow_key aside = {key, answer->traits & RB_SERVES_MASK, checking};
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
	uint32_t bucket = rb_hash_bucket(place_of(key), part->buckets);
	const uint8_t *home =
		(const uint8_t *)rb_slot_at(part, bucket * RB_WAYS + rb_hash_home(place_of(key)));
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		const struct rb_table_tier *other = &table->tiers[tier];

		__builtin_prefetch(&other->tags[rb_hash_bucket(place_of(key), other->buckets)]);
	}
	__builtin_prefetch(home, 1);
	__builtin_prefetch(home + RB_SMALL_BYTES - 1, 1);
}

int rb_table_remove(struct rb_table *table, const struct rb_table_key *key, uint8_t serves)
{
	const struct rb_overflow_key aside = {key, serves, RB_CHECKING_ENABLED};

	if (table->read_only)
		return -EBADF;
	rb_overflow_remove(table->overflow, &aside);
	return records_remove(table, key, serves);
}

/* Every slot that has the question's record, with the writers' lock. */
static void slots_visit(struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
			void (*visit)(uint64_t *slot, uint64_t now_ns), uint64_t now_ns)
{
	pthread_mutex_t *mutex = writers_lock(table, key);
	unsigned int tier;
	uint32_t way;

	for (tier = 0; tier < RB_TIERS; tier++) {
		struct rb_table_tier *part = &table->tiers[tier];
		uint32_t bucket = rb_hash_bucket(place_of(key), part->buckets);

		for (way = 0; way < RB_WAYS; way++) {
			uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

			if (tag_overlaps(rb_tag_get(part, bucket, way), place_of(key), serves) &&
			    slot_has_key(part, slot, key))
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
