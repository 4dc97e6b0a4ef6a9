/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters that continue from one process to the next: each process adds its counts to totals in
 * shared memory, and shows the totals plus what it has not added yet.
 *
 * Thread:   rb_ledger_tell() and rb_ledger_sum() by any.
 * Lifetime: the totals must outlive it.
 * Errors:   0 or -errno.
 */
#ifndef RB_UTIL_LEDGER_H
#define RB_UTIL_LEDGER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct rb_ledger {
	pthread_mutex_t lock;
	_Atomic uint64_t *totals; /* of all past and present processes */
	uint64_t *told;           /* our share of them */
	size_t count;
};

/* totals: count numbers in shared memory, initially zero. Without them sums are our own counts. */
int rb_ledger_open(struct rb_ledger *ledger, void *totals, size_t count);
void rb_ledger_close(struct rb_ledger *ledger);

/* Add what is new in our own counts to the totals, so that a crash does not lose it. */
void rb_ledger_tell(struct rb_ledger *ledger, const uint64_t *own);

/* Turn our own counts into those of all processes. */
void rb_ledger_sum(struct rb_ledger *ledger, uint64_t *own);

#endif
