/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of names under a guard, and what it says of a name that is asked for. */
#include "store/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "store/guard_set.h"

#define SLOTS_MIN 256

static size_t slot_first(const struct rb_guard *guard, const uint8_t *name, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a: the operator chooses the names */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ name[i]) * 0x100000001b3ULL;
	return (size_t)(hash ^ hash >> 32) & (guard->slots - 1);
}

/* Where the name is, or the free slot where it would be. */
static struct rb_guard_name *slot_of(const struct rb_guard *guard, const uint8_t *name, size_t len)
{
	size_t slot = slot_first(guard, name, len);

	while (guard->names[slot].name &&
	       (guard->names[slot].len != len || memcmp(guard->names[slot].name, name, len) != 0))
		slot = (slot + 1) & (guard->slots - 1);
	return &guard->names[slot];
}

static int grow(struct rb_guard *guard)
{
	struct rb_guard larger = {.slots = guard->slots ? guard->slots * 2 : SLOTS_MIN,
				  .count = guard->count};

	larger.names = calloc(larger.slots, sizeof(*larger.names));
	if (!larger.names)
		return -ENOMEM;
	for (size_t i = 0; i < guard->slots; i++)
		if (guard->names[i].name)
			*slot_of(&larger, guard->names[i].name, guard->names[i].len) =
				guard->names[i];
	free(guard->names);
	*guard = larger;
	return 0;
}

int rb_guard_say(struct rb_guard *guard, const uint8_t *name, size_t len, unsigned int said)
{
	uint8_t lower[RB_NAME_MAX];
	struct rb_guard_name *place;

	/* At most half full, so that there always is a free slot to end a search. */
	if (guard->count * 2 >= guard->slots && grow(guard))
		return -ENOMEM;
	rb_name_lower(name, len, lower);
	place = slot_of(guard, lower, len);
	if (!place->name) {
		place->name = malloc(len);
		if (!place->name)
			return -ENOMEM;
		memcpy(place->name, lower, len);
		place->len = (uint16_t)len;
		guard->count++;
	}
	place->said = (uint16_t)(place->said | said);
	return 0;
}

unsigned int rb_guard_said(const struct rb_guard *guard, const uint8_t *name, size_t len)
{
	return guard->slots ? slot_of(guard, name, len)->said : 0;
}

unsigned int rb_guard_ask(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len)
{
	unsigned int guarded = 0, said = rb_guard_said(guard, qname, qname_len);
	bool zone_known = said & RB_SAID_DATA, anchor_known = false;

	if (zone_known)
		guarded |= RB_GUARD_LOCAL;
	/* From the name upwards: the closest that is said counts. */
	for (;;) {
		size_t label = 1 + (size_t)qname[0];

		if (!zone_known && said & (RB_SAID_LOCAL | RB_SAID_OPEN)) {
			zone_known = true;
			guarded |= said & RB_SAID_OPEN ? 0 : RB_GUARD_LOCAL;
		}
		if (!anchor_known && said & (RB_SAID_ANCHOR | RB_SAID_INSECURE)) {
			anchor_known = true;
			guarded |= said & RB_SAID_INSECURE ? 0 : RB_GUARD_VALIDATED;
		}
		if (label >= qname_len || (zone_known && anchor_known))
			return guarded;
		qname += label;
		qname_len -= label;
		said = rb_guard_said(guard, qname, qname_len);
	}
}

void rb_guard_free(struct rb_guard *guard)
{
	if (!guard)
		return;
	for (size_t i = 0; i < guard->slots; i++)
		free(guard->names[i].name);
	free(guard->names);
	free(guard);
}

void rb_guard_freep(struct rb_guard **guard)
{
	rb_guard_free(*guard);
}
