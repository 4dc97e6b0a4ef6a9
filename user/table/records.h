/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live records as text, for plain `cat`: a BPF iterator that is pinned beside the table's maps
 * (kern/dump.bpf.c). It reads the table by itself, so it outlives the daemon as the table does.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_TABLE_RECORDS_H
#define RB_TABLE_RECORDS_H

#include "table/table.h"

#define RB_PIN_RECORDS "records" /* its file name in the pin directory */

/*
 * Load, pin, in place of one that a predecessor left. rb_table_unpin() removes it. Nothing else
 * depends on it: where the kernel refuses (-EPERM: no CAP_PERFMON), there is none. -ENOTSUP: the
 * table is not in the kernel.
 */
int rb_records_pin(const struct rb_table *table, const char *pin_dir);

#endif
