/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures end by the wall clock, records by the kernel's boot clock. Where the wall clock is set
 * forwards, signatures have less time left than their records know.
 *
 * Thread: main, beside all others.
 */
#ifndef RB_TABLE_WALL_H
#define RB_TABLE_WALL_H

#include "table/table.h"

/*
 * To be called at the start, and every now and then. What signatures bind is removed where the wall
 * clock has been set forwards, by more than a second in all, since an earlier call, one of an
 * earlier process included. How many records that was.
 */
uint64_t rb_wall_follow(struct rb_table *table, uint64_t wall_ns, uint64_t boot_ns);

#endif
