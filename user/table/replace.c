/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way of its bucket a new record gets: CLOCK over the ways that are not pinned. */
#include "table/replace.h"

#include "../kern/reply.h"
#include "table/match.h"
#include "util/clock.h"

/* Pinned and still of use: it is not replaced. */
static bool is_pinned(const uint64_t *slot, const struct rb_replacement *replacement)
{
	return rb_slot_traits(slot) & RB_PINNED && rb_slot_epoch(slot) == replacement->epoch &&
	       rb_slot_expires_ns(slot) > replacement->now_ns;
}

static bool is_visited(uint64_t *slot)
{
	return __atomic_load_n(rb_slot_marks(slot), __ATOMIC_RELAXED) & RB_MARK_VISITED;
}

/*
 * CLOCK, except that marks are cleared only when all ways have one. As long as there is a record
 * that has not been asked for again, it is replaced first. So a flood of names that are asked for
 * once replaces one way per bucket, and the others keep even their marks. At most RB_PINNED_MAX
 * ways are pinned, so that some are left.
 */
static uint32_t way_unvisited(struct rb_table_tier *part, uint32_t bucket,
			      const struct rb_replacement *replacement)
{
	uint64_t *slots = rb_slot_at(part, bucket * RB_WAYS);
	size_t words = part->record_bytes / 8;
	uint32_t hand = part->hands[bucket];
	uint32_t i, way, taken = RB_WAYS, fallback = RB_WAYS;

	for (i = 0; i < RB_WAYS && taken == RB_WAYS; i++) {
		way = (hand + i) % RB_WAYS;
		if (is_pinned(slots + way * words, replacement))
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

static bool has_ended(const uint64_t *slot, const struct rb_replacement *replacement)
{
	uint64_t expires_ns = rb_slot_expires_ns(slot);

	return expires_ns <= replacement->now_ns &&
	       !rb_may_be_stale(rb_slot_traits(slot), rb_slot_stale_limit(slot),
				replacement->now_ns - expires_ns, replacement->stale_ns, 0);
}

/*
 * An empty way, else one whose record can no longer answer, else the one that CLOCK chooses. The
 * nearest to the home way is preferred: a lookup may have fetched its cache lines already.
 */
static uint32_t way_victim(struct rb_table_tier *part, uint32_t bucket, uint32_t home,
			   struct rb_replacement *replacement)
{
	uint32_t way, i;

	for (i = 0; i < RB_WAYS; i++) {
		way = (home + i) % RB_WAYS;
		if (!rb_tag_get(part, bucket, way))
			return way;
	}
	replacement->now_ns = rb_clock_ns();
	for (i = 0; i < RB_WAYS; i++) {
		const uint64_t *slot;

		way = (home + i) % RB_WAYS;
		slot = rb_slot_at(part, bucket * RB_WAYS + way);
		if (rb_slot_epoch(slot) != replacement->epoch || has_ended(slot, replacement))
			return way;
	}
	return way_unvisited(part, bucket, replacement);
}

uint32_t rb_replace_move_home(struct rb_table_tier *part, uint32_t bucket, uint32_t home,
			      uint32_t taken)
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

uint32_t rb_replace_take(struct rb_table_tier *part, uint32_t bucket,
			 const struct rb_table_key *key, uint8_t serves,
			 struct rb_replacement *replacement, struct rb_predecessor *ret_predecessor)
{
	bool has_own = rb_tag_any(part, bucket, rb_match_hash(key));
	uint32_t way, taken = RB_WAYS;

	*ret_predecessor = (struct rb_predecessor){0};
	for (way = 0; has_own && way < RB_WAYS; way++) {
		uint64_t *slot = rb_slot_at(part, bucket * RB_WAYS + way);

		if (!rb_match_tag(rb_tag_get(part, bucket, way), rb_match_hash(key), serves))
			continue;
		if (rb_match_slot(part, slot, key)) {
			ret_predecessor->marks |=
				__atomic_load_n(rb_slot_marks(slot), __ATOMIC_RELAXED) &
				RB_MARK_VISITED;
			ret_predecessor->pinned |= rb_slot_traits(slot) & RB_PINNED &&
						   rb_slot_epoch(slot) == replacement->epoch;
		}
		if (taken == RB_WAYS)
			taken = way;
		else
			rb_slot_clear(part, bucket, way);
	}
	if (taken == RB_WAYS)
		taken = way_victim(part, bucket, rb_hash_home(rb_match_hash(key)), replacement);
	rb_tag_set(part, bucket, taken, 0);
	return taken;
}

bool rb_replace_may_pin(const struct rb_table_tier *part, uint32_t bucket, uint32_t own,
			struct rb_replacement *replacement)
{
	uint32_t way, held = 0;

	replacement->now_ns = rb_clock_ns();
	for (way = 0; way < RB_WAYS; way++)
		held += way != own && rb_tag_get(part, bucket, way) &&
			is_pinned(rb_slot_at(part, bucket * RB_WAYS + way), replacement);
	return held < RB_PINNED_MAX;
}
