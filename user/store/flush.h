/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Remove the records from the hot table that depend on what is flushed (see dns/flush.h).
 *
 * Thread: any, while all others run. It reads every record: about 0.1 seconds for a million.
 */
#ifndef RB_STORE_FLUSH_H
#define RB_STORE_FLUSH_H

#include "dns/flush.h"
#include "table/table.h"

/* Returns how many records were removed. */
uint64_t rb_flush_table(struct rb_table *table, const struct rb_flush *flush);

#endif
