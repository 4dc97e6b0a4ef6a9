/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups records into sets, by a keyed hash, so that nobody can choose collisions. */
#include "import/sets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "../kern/wire.h"
#include "util/random.h"

#define RR_BESIDES     12 /* bytes of a record besides its data, its owner a pointer */
#define INDEX_AT_FIRST 1024

int rb_import_sets_init(struct rb_import_sets *sets)
{
	struct rb_import_sets fresh = {.index_room = INDEX_AT_FIRST};
	int err = rb_random_bytes(&fresh.key, sizeof(fresh.key));

	if (err)
		return err;
	fresh.index = malloc(fresh.index_room * sizeof(*fresh.index));
	if (!fresh.index)
		return -ENOMEM;
	memset(fresh.index, 0xff, fresh.index_room * sizeof(*fresh.index));
	*sets = fresh;
	return 0;
}

void rb_import_sets_free(struct rb_import_sets *sets)
{
	free(sets->bytes);
	free(sets->rrs);
	free(sets->sets);
	free(sets->index);
}

/* Room for more items in an array of items of item_bytes. */
static int reserve(void *array, size_t *room, size_t wanted, size_t item_bytes)
{
	void **items = array;
	size_t bigger = *room ? *room : 256;
	void *moved;

	if (wanted <= *room)
		return 0;
	/* Indices have 32 bits; the last value means none. */
	if (wanted >= RB_IMPORT_NONE)
		return -EFBIG;
	while (bigger < wanted)
		bigger *= 2;
	moved = realloc(*items, bigger * item_bytes);
	if (!moved)
		return -ENOMEM;
	*items = moved;
	*room = bigger;
	return 0;
}

static uint32_t hash_of(const struct rb_import_sets *sets, const uint8_t *owner, size_t owner_len,
			uint16_t type)
{
	uint64_t sum = rb_name_hash_sum(owner, owner_len, &sets->key) + type * 0x9e3779b97f4a7c15;

	sum ^= sum >> 32;
	return (uint32_t)((sum * 0x9e3779b97f4a7c15) >> 32);
}

static bool is_set(const struct rb_import_sets *sets, const struct rb_import_set *set,
		   const uint8_t *owner, size_t owner_len, uint16_t type)
{
	return set->type == type && set->owner_len == owner_len &&
	       !memcmp(sets->bytes + set->owner, owner, owner_len);
}

/* The entry of the index where the set is or would be. */
static size_t index_find(const struct rb_import_sets *sets, uint32_t hash, const uint8_t *owner,
			 size_t owner_len, uint16_t type)
{
	size_t mask = sets->index_room - 1, at = hash & mask;

	for (; sets->index[at].set != RB_IMPORT_NONE; at = (at + 1) & mask)
		if (sets->index[at].hash == hash &&
		    is_set(sets, &sets->sets[sets->index[at].set], owner, owner_len, type))
			break;
	return at;
}

struct rb_import_set *rb_import_sets_find(const struct rb_import_sets *sets, const uint8_t *owner,
					  size_t owner_len, uint16_t type)
{
	uint32_t hash = hash_of(sets, owner, owner_len, type);
	uint32_t set = sets->index[index_find(sets, hash, owner, owner_len, type)].set;

	return set == RB_IMPORT_NONE ? NULL : &sets->sets[set];
}

static int index_grow(struct rb_import_sets *sets)
{
	size_t room = sets->index_room ? sets->index_room * 2 : INDEX_AT_FIRST;
	size_t mask = room - 1, i;
	struct rb_import_slot *index = malloc(room * sizeof(*index));

	if (!index)
		return -ENOMEM;
	memset(index, 0xff, room * sizeof(*index));
	for (i = 0; i < sets->index_room; i++) {
		size_t at = sets->index[i].hash & mask;

		if (sets->index[i].set == RB_IMPORT_NONE)
			continue;
		while (index[at].set != RB_IMPORT_NONE)
			at = (at + 1) & mask;
		index[at] = sets->index[i];
	}
	free(sets->index);
	sets->index = index;
	sets->index_room = room;
	return 0;
}

static int bytes_add(struct rb_import_sets *sets, const uint8_t *bytes, size_t len,
		     uint32_t *ret_at)
{
	int err = reserve(&sets->bytes, &sets->bytes_room, sets->bytes_len + len, 1);

	if (err)
		return err;
	if (len)
		memcpy(sets->bytes + sets->bytes_len, bytes, len);
	*ret_at = (uint32_t)sets->bytes_len;
	sets->bytes_len += len;
	return 0;
}

static int set_new(struct rb_import_sets *sets, uint32_t hash,
		   const struct rb_import_record *record, uint16_t type,
		   struct rb_import_set **ret_set)
{
	const struct rb_import_list empty = {RB_IMPORT_NONE, RB_IMPORT_NONE, 0};
	struct rb_import_set *before = sets->count ? &sets->sets[sets->count - 1] : NULL;
	struct rb_import_set set = {
		.owner_len = (uint8_t)record->owner_len,
		.type = type,
		.line = record->line,
		.rrs = empty,
		.signatures = empty,
	};
	int err = 0;

	/* A name's sets mostly follow each other: they share its bytes. */
	if (before && is_set(sets, before, record->owner, record->owner_len, before->type))
		set.owner = before->owner;
	else
		err = bytes_add(sets, record->owner, record->owner_len, &set.owner);
	if (!err && sets->count * 2 >= sets->index_room)
		err = index_grow(sets);
	if (!err)
		err = reserve(&sets->sets, &sets->sets_room, sets->count + 1, sizeof(set));
	if (err)
		return err;
	sets->index[index_find(sets, hash, record->owner, record->owner_len, type)] =
		(struct rb_import_slot){hash, (uint32_t)sets->count};
	sets->sets[sets->count] = set;
	*ret_set = &sets->sets[sets->count++];
	return 0;
}

static int set_of(struct rb_import_sets *sets, const struct rb_import_record *record,
		  struct rb_import_set **ret_set)
{
	uint16_t type = record->type == RB_TYPE_RRSIG ? record->covers : record->type;
	uint32_t hash, at;

	/* Nearly always that of the record before. */
	if (sets->count &&
	    is_set(sets, &sets->sets[sets->count - 1], record->owner, record->owner_len, type)) {
		*ret_set = &sets->sets[sets->count - 1];
		return 0;
	}
	hash = hash_of(sets, record->owner, record->owner_len, type);
	at = sets->index[index_find(sets, hash, record->owner, record->owner_len, type)].set;
	if (at == RB_IMPORT_NONE)
		return set_new(sets, hash, record, type, ret_set);
	*ret_set = &sets->sets[at];
	return 0;
}

static bool list_has(const struct rb_import_sets *sets, const struct rb_import_list *list,
		     const struct rb_import_record *record)
{
	uint32_t at;

	for (at = list->first; at != RB_IMPORT_NONE; at = sets->rrs[at].next) {
		const struct rb_import_rr *rr = &sets->rrs[at];

		if (rr->rdata_len == record->rdata_len &&
		    !memcmp(sets->bytes + rr->rdata, record->rdata, record->rdata_len))
			return true;
	}
	return false;
}

static int list_add(struct rb_import_sets *sets, struct rb_import_list *list,
		    const struct rb_import_record *record)
{
	struct rb_import_rr rr = {
		.next = RB_IMPORT_NONE,
		.ttl_s = record->ttl_s,
		.rdata_len = record->rdata_len,
	};
	int err = reserve(&sets->rrs, &sets->rrs_room, sets->rr_count + 1, sizeof(rr));

	if (!err)
		err = bytes_add(sets, record->rdata, record->rdata_len, &rr.rdata);
	if (err)
		return err;
	if (list->count)
		sets->rrs[list->last].next = (uint32_t)sets->rr_count;
	else
		list->first = (uint32_t)sets->rr_count;
	list->last = (uint32_t)sets->rr_count;
	list->count++;
	sets->rrs[sets->rr_count++] = rr;
	return 0;
}

int rb_import_sets_add(struct rb_import_sets *sets, const struct rb_import_record *record)
{
	uint32_t rr_bytes = RR_BESIDES + (uint32_t)record->rdata_len;
	struct rb_import_list *list;
	struct rb_import_set *set;
	int err = set_of(sets, record, &set);

	if (err)
		return err;
	list = record->type == RB_TYPE_RRSIG ? &set->signatures : &set->rrs;
	if (list_has(sets, list, record))
		return -EEXIST;
	if (set->rr_bytes + rr_bytes > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	err = list_add(sets, list, record);
	if (err)
		return err;
	if (record->type != RB_TYPE_RRSIG && set->rrs.count == 1)
		set->line = record->line;
	set->rr_bytes += rr_bytes;
	return 0;
}
