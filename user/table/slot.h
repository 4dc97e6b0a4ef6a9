/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One slot of the table: the sequence lock around a record, and the tag that leads to it.
 *
 * Thread: writing (write, clear, tag set) only with the lock of the bucket's shard
 * (rb_table.writers); reading by anybody.
 *
 * The writer makes seq odd, stores the record in 8-byte words, and makes seq even. A reader reads
 * seq, copies, and reads seq again; if both are equal and even, the copy is one record.
 *
 *	writer					reader (XDP, or rb_slot_copy())
 *	seq = odd	relaxed			before = seq	acquire
 *	fence		release			words		relaxed
 *	words		relaxed			fence		acquire
 *	seq = even	release			after = seq	relaxed
 *
 * If a reader got any new word, the two fences ensure that `after` is the odd seq or a later one.
 * If its `before` is the new even seq, the release store ensures that it gets all new words. seq is
 * never reset, not even when a slot gets another key or is cleared, so a reader would have to sleep
 * through 2^31 stores to one slot to mistake one record for another.
 *
 * x86 reorders neither stores nor loads among themselves: there, all this only binds the compiler.
 * On arm64 the release fence is `dmb ish`, the release store `stlr`, the acquire fence `dmb ishld`
 * (in the XDP program an atomic operation that returns a value, which is a full barrier). An
 * aligned 8-byte access is single-copy atomic on both, so a reader's word is an old or a new one,
 * never a mixture. seq does not protect the bytes of marks, which a reader may mix.
 *
 * A tag is a hint: it is cleared before its record is rewritten, and set afterwards. Readers need
 * not see that, since they compare the record itself. The tags of a bucket are two words, stored
 * and loaded as words.
 */
#ifndef RB_TABLE_SLOT_H
#define RB_TABLE_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/hash.h"
#include "table/image.h"
#include "table/table.h"

static inline uint64_t *rb_slot_at(const struct rb_table_tier *part, uint32_t index)
{
	return (uint64_t *)(void *)(part->records + (size_t)index * part->record_bytes);
}

/* The fields of a slot that are read without a copy. Word 0 is only ever accessed by its halves. */
static inline uint32_t rb_slot_seq(const uint64_t *slot)
{
	return __atomic_load_n((const uint32_t *)slot, __ATOMIC_ACQUIRE);
}

static inline uint32_t rb_slot_epoch(const uint64_t *slot)
{
	return __atomic_load_n((const uint32_t *)slot + 1, __ATOMIC_RELAXED);
}

static inline uint64_t rb_slot_expires_ns(const uint64_t *slot)
{
	_Static_assert(offsetof(struct rb_record, expires_ns) == 8, "layout version 5");
	return __atomic_load_n(&slot[1], __ATOMIC_RELAXED);
}

/*
 * Requires the lock of the writers. A reader gets the old or the new value, and both belong to the
 * record.
 */
static inline void rb_slot_set_expires_ns(uint64_t *slot, uint64_t expires_ns)
{
	__atomic_store_n(&slot[1], expires_ns, __ATOMIC_RELAXED);
}

/* Stored under seq, but reliable only with the lock of the writers. */
static inline uint8_t rb_slot_traits(const uint64_t *slot)
{
	return __atomic_load_n((const uint8_t *)slot + offsetof(struct rb_record, traits),
			       __ATOMIC_RELAXED);
}

/* The same; the upper byte of the word that begins with ttl_s. */
static inline uint8_t rb_slot_stale_limit(const uint64_t *slot)
{
	return (uint8_t)(__atomic_load_n((const uint32_t *)slot + 4, __ATOMIC_RELAXED) >> 24);
}

static inline uint8_t *rb_slot_marks(uint64_t *slot)
{
	return (uint8_t *)slot + offsetof(struct rb_record, marks);
}

static inline void rb_slot_release_refresh(uint64_t *slot)
{
	__atomic_fetch_and(rb_slot_marks(slot), (uint8_t)~RB_MARK_REFRESH, __ATOMIC_RELAXED);
}

static inline uint64_t *rb_tag_words(const struct rb_table_tier *part, uint32_t bucket)
{
	return (uint64_t *)(void *)&part->tags[bucket];
}

static inline uint16_t rb_tag_get(const struct rb_table_tier *part, uint32_t bucket, uint32_t way)
{
	uint64_t word = __atomic_load_n(&rb_tag_words(part, bucket)[way / 4], __ATOMIC_RELAXED);

	return (uint16_t)(word >> (way % 4 * 16));
}

/* Whether a tag of the bucket may be the hash's, in some variant: seldom true if none is. */
static inline bool rb_tag_any(const struct rb_table_tier *part, uint32_t bucket, uint64_t hash)
{
	const uint64_t *tags = rb_tag_words(part, bucket);

	return rb_bucket_find(__atomic_load_n(&tags[0], __ATOMIC_RELAXED),
			      __atomic_load_n(&tags[1], __ATOMIC_RELAXED), hash, 0) != RB_WAYS;
}

static inline void rb_tag_set(struct rb_table_tier *part, uint32_t bucket, uint32_t way,
			      uint16_t tag)
{
	uint64_t *word = &rb_tag_words(part, bucket)[way / 4];
	uint32_t shift = way % 4 * 16;
	uint64_t others = __atomic_load_n(word, __ATOMIC_RELAXED) & ~(0xffffULL << shift);

	__atomic_store_n(word, others | (uint64_t)tag << shift, __ATOMIC_RELEASE);
}

/* Store the image, including marks, whatever the slot held. The caller sets the tag. */
void rb_slot_write(uint64_t *slot, uint32_t record_bytes, const struct rb_image *image);

/*
 * Clear the tag, and clear the record, so that a reader with an older copy of the tag does not find
 * it.
 */
void rb_slot_clear(struct rb_table_tier *part, uint32_t bucket, uint32_t way);

/*
 * Move the record of one way and its tag to another way of the bucket, which is no longer needed.
 * The first way then holds a second copy, which the caller overwrites.
 */
void rb_slot_move(struct rb_table_tier *part, uint32_t bucket, uint32_t from, uint32_t to);

/*
 * Copy a record in the layout of the large tier, see rb_table_read(). buffer has RB_LARGE_BYTES.
 * -EAGAIN: being written. -EBADMSG: its lengths are not those of a record.
 */
int rb_slot_copy(const struct rb_table_tier *part, uint32_t index, struct rb_record *buffer);

#endif
