/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts that go on from one process to the next: each adds what it has counted to totals in memory
 * that they share, and shows the sum of these and of what it has not added yet.
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
	_Atomic uint64_t *totals; /* of all processes that were and are */
	uint64_t *told;           /* of them, what is ours */
	size_t count;
};

/* totals: count numbers of shared memory, zeros at first. Without them sums are our own counts. */
int rb_ledger_open(struct rb_ledger *ledger, void *totals, size_t count);
void rb_ledger_close(struct rb_ledger *ledger);

/* Add what is new in our own counts; what crashes afterwards has lost nothing of it. */
void rb_ledger_tell(struct rb_ledger *ledger, const uint64_t *own);

/* Turn our own counts into those of all. */
void rb_ledger_sum(struct rb_ledger *ledger, uint64_t *own);

#endif
