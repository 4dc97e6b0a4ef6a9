/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of names under a guard, and what it says of a name that is asked for. */
#include "policy/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "policy/guard_set.h"

#define SLOTS_MIN 256

static size_t slot_first(const struct rb_guard *guard, const uint8_t *name, size_t len,
			 uint16_t type)
{
	uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a: the operator chooses the names */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ name[i]) * 0x100000001b3ULL;
	hash ^= (uint64_t)type * 0x9e3779b97f4a7c15ULL;
	return (size_t)(hash ^ hash >> 32) & (guard->slots - 1);
}

/* Where the name is, or the free slot where it would be. */
static struct rb_guard_name *slot_of(const struct rb_guard *guard, const uint8_t *name, size_t len,
				     uint16_t type)
{
	size_t slot = slot_first(guard, name, len, type);

	while (guard->names[slot].name &&
	       (guard->names[slot].len != len || guard->names[slot].type != type ||
		memcmp(guard->names[slot].name, name, len) != 0))
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
			*slot_of(&larger, guard->names[i].name, guard->names[i].len,
				 guard->names[i].type) = guard->names[i];
	free(guard->names);
	*guard = larger;
	return 0;
}

int rb_guard_say(struct rb_guard *guard, const uint8_t *name, size_t len, uint16_t type,
		 unsigned int said)
{
	uint8_t lower[RB_NAME_MAX];
	struct rb_guard_name *place;

	/* At most half full, so that there always is a free slot to end a search. */
	if (guard->count * 2 >= guard->slots && grow(guard))
		return -ENOMEM;
	rb_name_lower(name, len, lower);
	place = slot_of(guard, lower, len, type);
	if (!place->name) {
		place->name = malloc(len);
		if (!place->name)
			return -ENOMEM;
		memcpy(place->name, lower, len);
		place->len = (uint16_t)len;
		place->type = type;
		guard->count++;
	}
	place->said = (uint16_t)(place->said | said);
	return 0;
}

unsigned int rb_guard_said(const struct rb_guard *guard, const uint8_t *name, size_t len,
			   uint16_t type)
{
	return guard->slots ? slot_of(guard, name, len, type)->said : 0;
}

unsigned int rb_guard_ask(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len)
{
	unsigned int guarded = 0, said = rb_guard_said(guard, qname, qname_len, 0);
	bool zone_known = said & RB_SAID_DATA, anchor_known = false;

	if (zone_known)
		guarded |= RB_GUARD_LOCAL;
	/* From the name upwards: the closest that is said counts. */
	for (;;) {
		size_t label = 1 + (size_t)qname[0];

		if (!zone_known && said & (RB_SAID_LOCAL | RB_SAID_OPEN | RB_SAID_AUTH)) {
			zone_known = true;
			guarded |= said & (RB_SAID_LOCAL | RB_SAID_AUTH) ? RB_GUARD_LOCAL : 0;
		}
		if (!anchor_known && said & (RB_SAID_ANCHOR | RB_SAID_INSECURE)) {
			anchor_known = true;
			guarded |= said & RB_SAID_INSECURE ? 0 : RB_GUARD_VALIDATED;
		}
		if (label >= qname_len || (zone_known && anchor_known))
			return guarded;
		qname += label;
		qname_len -= label;
		said = rb_guard_said(guard, qname, qname_len, 0);
	}
}

/* What the closest of the name and those above it says that says any of these; 0: none does. */
static unsigned int closest(const struct rb_guard *guard, const uint8_t *name, size_t len,
			    unsigned int any)
{
	for (;;) {
		unsigned int said = rb_guard_said(guard, name, len, 0);
		size_t label = 1 + (size_t)name[0];

		if (said & any || label >= len)
			return said & any ? said : 0;
		name += label;
		len -= label;
	}
}

bool rb_guard_answers(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype)
{
	bool is_ds = qtype == RB_TYPE_DS && qname_len > 1;
	size_t skip = is_ds ? 1 + (size_t)qname[0] : 0; /* a DS is the parent's */
	unsigned int own = rb_guard_said(guard, qname, qname_len, 0);
	unsigned int zone =
		closest(guard, qname + skip, qname_len - skip, RB_SAID_LOCAL | RB_SAID_OPEN);
	unsigned int auth;

	/* Of two lines for one zone Unbound takes one: be sure of neither. */
	if (zone & RB_SAID_LOCAL && !(zone & RB_SAID_OPEN))
		return true;
	if (own & RB_SAID_DATA && !is_ds && !(zone & RB_SAID_PAST)) {
		if (!(zone & RB_SAID_TYPES) || own & RB_SAID_CNAME ||
		    rb_guard_said(guard, qname, qname_len, qtype))
			return true;
	}
	auth = closest(guard, qname + skip, qname_len - skip, RB_SAID_AUTH);
	return auth && !(auth & RB_SAID_RESOLVED);
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
