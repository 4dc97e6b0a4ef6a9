/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the table cannot hold, kept for serve-expired alone: answers that are too large for a
 * record, names that no record can have, and data that failed validation, for who asks with CD=1.
 * While they are fresh the resolvers have them. Memory of this process, little of it: the oldest
 * give way.
 *
 * Thread: any; one lock.
 * Lifetime: an answer that is found is the caller's to free.
 */
#ifndef RB_TABLE_OVERFLOW_H
#define RB_TABLE_OVERFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "table/table.h"

#define RB_OVERFLOW_BYTES (4U << 20)

/* Whose question an answer is for. */
struct rb_overflow_key {
	const struct rb_table_key *question; /* its hash is not looked at */
	uint8_t serves;                      /* RB_SERVES_* */
	enum rb_checking checking;
};

int rb_overflow_new(struct rb_overflow **ret_overflow);
void rb_overflow_free(struct rb_overflow *overflow);

/*
 * A copy of the answer, in place of what was there for the key. Nothing where it may not be given
 * stale, or where there is no memory. epoch: of the configuration that it is of.
 */
void rb_overflow_put(struct rb_overflow *overflow, const struct rb_overflow_key *key,
		     uint32_t epoch, const struct rb_answer *answer);

/* Something newer is elsewhere. */
void rb_overflow_remove(struct rb_overflow *overflow, const struct rb_overflow_key *key);
void rb_overflow_clear(struct rb_overflow *overflow);

/*
 * What has expired for the key and may be given, by the table's rules (rb_table_set_stale(),
 * epoch): a copy; NULL: nothing. *ret_asks: whether it is the caller's to ask for it anew, since
 * nobody has for some seconds.
 */
struct rb_answer *rb_overflow_find_stale(struct rb_overflow *overflow,
					 const struct rb_overflow_key *key,
					 const struct rb_table *table, uint64_t now_ns,
					 bool *ret_asks);

#endif
