/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tails: names that many listed names are under, and that the image has once for all of them. Which
 * these are shows while names come in.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/access.h"
#include "policy/build_parts.h"

#define SIGHTINGS      (1 << 17) /* slots */
#define SIGHTING_COUNT 0xfU      /* in one: of how many names, and their hash above it */
#define TAIL_SIGHTINGS 4         /* from so many on a name is a tail */
#define TAIL_SCOPE     0         /* of the hash */

static uint64_t tail_hash(const struct rb_build *build, uint32_t index)
{
	const struct rb_policy_tail *tail = &build->listed.tails[index];

	return rb_policy_hash_in(
		rb_build_name_hash(build, build->bytes + tail->name, tail->name_len), TAIL_SCOPE);
}

static uint32_t tail_find(const struct rb_build *build, uint64_t name_hash, const uint8_t *name,
			  size_t len)
{
	const struct rb_build_slots *table = &build->listed.tail_slots;
	uint64_t hash = rb_policy_hash_in(name_hash, TAIL_SCOPE);
	uint32_t slot;

	if (!table->room)
		return RB_BUILD_NONE;
	for (slot = rb_policy_slot_first(hash, table->room); table->slots[slot].index;
	     slot = slot + 1 < table->room ? slot + 1 : 0) {
		const struct rb_policy_tail *tail =
			&build->listed.tails[table->slots[slot].index - 1];

		if (table->slots[slot].hash == (uint32_t)(hash >> 32) && tail->name_len == len &&
		    !memcmp(build->bytes + tail->name, name, len))
			return table->slots[slot].index - 1;
	}
	return RB_BUILD_NONE;
}

static int tail_add(struct rb_build *build, const uint8_t *name, size_t len, uint32_t *ret_tail)
{
	struct rb_policy_tail added = {.name_len = (uint8_t)len};
	struct rb_build_listed *listed = &build->listed;
	int err = rb_build_slots_grow(build, &listed->tail_slots, tail_hash);

	if (!err)
		err = rb_build_bytes(build, name, len, &added.name);
	if (!err)
		err = rb_build_append(&listed->tails, &listed->tail_count, sizeof(added), &added);
	if (err)
		return err;
	*ret_tail = (uint32_t)listed->tail_count - 1;
	rb_build_slot_take(&listed->tail_slots, tail_hash(build, *ret_tail), *ret_tail);
	listed->tail_slots.used++;
	return 0;
}

/* Whether so many have been seen under the name that it shall be a tail. Two names may share a slot,
 * which makes neither wrong. */
static bool is_shared(struct rb_build_listed *listed, uint64_t hash)
{
	uint32_t *slot = &listed->sightings[hash % SIGHTINGS];
	uint32_t mark = (uint32_t)(hash >> 32) & ~SIGHTING_COUNT;

	if ((*slot & ~SIGHTING_COUNT) != mark)
		*slot = mark;
	return (++*slot & SIGHTING_COUNT) >= TAIL_SIGHTINGS;
}

int rb_build_tail_choose(struct rb_build *build, const struct rb_policy_labels *labels,
			 uint32_t *ret_tail, unsigned int *ret_depth)
{
	struct rb_build_listed *listed = &build->listed;
	unsigned int depth = labels->count - 1;
	bool wanted;

	listed->sightings = listed->sightings ?: calloc(SIGHTINGS, sizeof(*listed->sightings));
	if (!listed->sightings)
		return -ENOMEM;
	wanted = is_shared(listed, labels->hash[depth]);
	for (;; depth--, wanted = false) {
		const uint8_t *name = labels->name + labels->at[depth];
		size_t len = (size_t)labels->len - labels->at[depth];

		*ret_depth = depth;
		*ret_tail = tail_find(build, labels->hash[depth], name, len);
		if (*ret_tail != RB_BUILD_NONE)
			return 0;
		if (wanted || depth <= 1)
			return tail_add(build, name, len, ret_tail);
	}
}
