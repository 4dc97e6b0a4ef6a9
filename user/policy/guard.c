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
	struct rb_guard larger = *guard;

	larger.slots = guard->slots ? guard->slots * 2 : SLOTS_MIN;
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
	struct rb_guard_name *slot;

	/* At most half full, so that there always is a free slot to end a search. */
	if (guard->count * 2 >= guard->slots && grow(guard))
		return -ENOMEM;
	rb_name_lower(name, len, lower);
	slot = slot_of(guard, lower, len, type);
	if (!slot->name) {
		slot->name = malloc(len);
		if (!slot->name)
			return -ENOMEM;
		memcpy(slot->name, lower, len);
		slot->len = (uint16_t)len;
		slot->type = type;
		guard->count++;
	}
	slot->said = (uint16_t)(slot->said | said);
	guard->said |= said;
	return 0;
}

unsigned int rb_guard_said(const struct rb_guard *guard, const uint8_t *name, size_t len,
			   uint16_t type)
{
	return guard->slots ? slot_of(guard, name, len, type)->said : 0;
}

int rb_guard_use(struct rb_guard *guard, const struct rb_policy_images *images)
{
	if (!images || !images->zones)
		return 0;
	guard->images = rb_policy_images_ref(images);
	return rb_policy_open_images(images, &guard->policy);
}

const struct rb_policy *rb_guard_policy(const struct rb_guard *guard)
{
	return guard->images.zones ? &guard->policy : NULL;
}

/* What the closest of the name and those above it says that says any of these; 0: none does. */
static unsigned int closest(const struct rb_guard *guard, const uint8_t *name, size_t len,
			    unsigned int any)
{
	/* Most configurations say little, and this is asked for every query. */
	if (!(guard->said & any))
		return 0;
	for (;;) {
		unsigned int said = rb_guard_said(guard, name, len, 0);
		size_t label = 1 + (size_t)name[0];

		if (said & any || label >= len)
			return said & any ? said : 0;
		name += label;
		len -= label;
	}
}

bool rb_guard_is_auth(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype)
{
	/* A DS is the parent's. */
	size_t skip = qtype == RB_TYPE_DS && qname_len > 1 ? 1 + (size_t)qname[0] : 0;
	unsigned int auth = closest(guard, qname + skip, qname_len - skip, RB_SAID_AUTH);

	return auth && !(auth & RB_SAID_RESOLVED);
}

bool rb_guard_is_uncached(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len)
{
	return guard->said & RB_SAID_UNCACHED &&
	       closest(guard, qname, qname_len, RB_SAID_UPSTREAM) & RB_SAID_UNCACHED;
}

unsigned int rb_guard_ask(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
			  uint16_t qtype)
{
	const struct rb_policy_question question = {
		.qname = qname,
		.qname_len = (uint16_t)qname_len,
		.qtype = qtype,
		.qclass = RB_CLASS_IN,
	};
	unsigned int said = closest(guard, qname, qname_len, RB_SAID_ANCHOR | RB_SAID_INSECURE);
	unsigned int guarded = 0;

	if (said & RB_SAID_ANCHOR && !(said & RB_SAID_INSECURE))
		guarded |= RB_GUARD_VALIDATED;
	if (closest(guard, qname, qname_len, RB_SAID_AUTH) ||
	    (guard->images.zones && rb_policy_concerns(&guard->policy, &question)))
		guarded |= RB_GUARD_LOCAL;
	return guarded;
}

void rb_guard_free(struct rb_guard *guard)
{
	if (!guard)
		return;
	for (size_t i = 0; i < guard->slots; i++)
		free(guard->names[i].name);
	free(guard->names);
	rb_policy_images_unref(&guard->images);
	free(guard);
}

void rb_guard_freep(struct rb_guard **guard)
{
	rb_guard_free(*guard);
}
