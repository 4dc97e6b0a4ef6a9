/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the table cannot hold, stored only for serve-expired and allow_snoop: answers that are too
 * large for a record, names that no record can have, data that failed validation, for queries with
 * CD=1, and responses that local policy changes for the client who asked. While they are fresh, the
 * resolvers have them for all others. The memory is this process's, and small: the oldest answers
 * are evicted.
 *
 * Thread: any; one lock.
 * Lifetime: the caller frees an answer that is found.
 */
#ifndef RB_TABLE_OVERFLOW_H
#define RB_TABLE_OVERFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "table/table.h"

#define RB_OVERFLOW_BYTES (4U << 20)

/* The question and the variants that an answer is for. */
struct rb_overflow_key {
	const struct rb_table_key *question; /* its hash is ignored */
	uint8_t serves;                      /* RB_SERVES_* */
	enum rb_checking checking;
	bool unjudged; /* local policy has not examined it, or need not have */
};

int rb_overflow_new(struct rb_overflow **ret_overflow);
void rb_overflow_free(struct rb_overflow *overflow);

/*
 * Store a copy of the answer, replacing what the key had. Nothing is stored if the answer must not
 * be served stale, or if there is no memory. epoch: of the configuration that it was made under.
 */
void rb_overflow_put(struct rb_overflow *overflow, const struct rb_overflow_key *key,
		     uint32_t epoch, const struct rb_answer *answer);

/* Remove what is outdated, since something newer is stored elsewhere. */
void rb_overflow_remove(struct rb_overflow *overflow, const struct rb_overflow_key *key);
void rb_overflow_clear(struct rb_overflow *overflow);

/*
 * A copy of the expired answer for the key, if the table's rules (rb_table_set_stale(), epoch)
 * allow serving it; else NULL. *ret_asks: whether the caller must have it resolved again, since
 * nobody else has done so for some seconds.
 */
struct rb_answer *rb_overflow_find_stale(struct rb_overflow *overflow,
					 const struct rb_overflow_key *key,
					 const struct rb_table *table, uint64_t now_ns,
					 bool *ret_asks);

/* The same of what has not expired: a copy, or NULL. */
struct rb_answer *rb_overflow_find_fresh(struct rb_overflow *overflow,
					 const struct rb_overflow_key *key,
					 const struct rb_table *table, uint64_t now_ns);

#endif
