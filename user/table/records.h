/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live records as text, for `cat`: a BPF iterator, pinned beside the table's maps
 * (kern/dump.bpf.c). It reads the table itself, so it outlives the daemon like the table.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_TABLE_RECORDS_H
#define RB_TABLE_RECORDS_H

#include "table/table.h"

#define RB_PIN_RECORDS "records" /* its file name in the pin directory */

/*
 * Load and pin it, replacing one that a predecessor left. rb_table_unpin() removes it. Nothing else
 * depends on it, so a refusal by the kernel (-EPERM: no CAP_PERFMON) does no harm. -ENOTSUP: the
 * table is not in the kernel.
 */
int rb_records_pin(const struct rb_table *table, const char *pin_dir);

#endif
