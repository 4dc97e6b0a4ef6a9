/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which way of its bucket a new record gets, and which record is replaced for it.
 *
 * Private to user/table. Thread: the caller holds the lock of the bucket's shard.
 */
#ifndef RB_TABLE_REPLACE_H
#define RB_TABLE_REPLACE_H

#include "table/slot.h"
#include "table/table.h"

/* By what a record counts as expired. now_ns is set here, when it is needed. */
struct rb_replacement {
	uint32_t epoch;
	uint64_t now_ns, stale_ns;
};

/* What a record inherits from those of its question that it replaces. */
struct rb_predecessor {
	uint8_t marks; /* a name that is stored again has been asked again */
	bool pinned;
};

/*
 * Make room for a tag: all ways whose tags overlap with it are emptied, since a bucket never has
 * two tags that serve one question. One of them, if any, is the way of the new record.
 */
uint32_t rb_replace_take(struct rb_table_tier *part, uint32_t bucket,
			 const struct rb_table_key *key, uint8_t serves,
			 struct rb_replacement *replacement,
			 struct rb_predecessor *ret_predecessor);

/*
 * The home of a record that may take this way, unless the record there is at home itself. The one
 * there is moved to the way. A record at home is found sooner, and nothing is lost for it.
 */
uint32_t rb_replace_move_home(struct rb_table_tier *part, uint32_t bucket, uint32_t home,
			      uint32_t taken);

/* Whether so few ways of the bucket, without its own, are pinned that one more may be. */
bool rb_replace_may_pin(const struct rb_table_tier *part, uint32_t bucket, uint32_t own,
			struct rb_replacement *replacement);

#endif
