/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures expire by the wall clock, records by the kernel's boot clock. If the wall clock is set
 * forwards, signatures have less time left than their records say.
 *
 * Thread: main, while all others run.
 */
#ifndef RB_TABLE_WALL_H
#define RB_TABLE_WALL_H

#include "table/table.h"

/*
 * Call it at the start, and now and then. It removes signed records if the wall clock has been set
 * forwards, by more than a second in total, since an earlier call, including those of an earlier
 * process. Returns how many records it removed.
 */
uint64_t rb_wall_follow(struct rb_table *table, uint64_t wall_ns, uint64_t boot_ns);

#endif
