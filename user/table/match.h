/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which records of a bucket are those of a question, for who writes there.
 *
 * Private to user/table. Thread: the caller holds the lock of the bucket's shard.
 */
#ifndef RB_TABLE_MATCH_H
#define RB_TABLE_MATCH_H

#include "table/audience.h"
#include "table/slot.h"
#include "table/table.h"

/* The hash by which the key's record is found: that of the question and of its audience. */
static inline uint64_t rb_match_hash(const struct rb_table_key *key)
{
	return rb_audience_hash(key->hash, key->audience);
}

/* Whether the tag is this hash's and serves one of the variants. */
static inline bool rb_match_tag(uint16_t tag, uint64_t hash, uint8_t serves)
{
	return (tag & serves) && !((tag ^ hash) & 0xfffc);
}

/* Whether the slot has a record of the key's question, for an audience with the same hash. */
bool rb_match_slot(const struct rb_table_tier *part, const uint64_t *slot,
		   const struct rb_table_key *key);

#endif
