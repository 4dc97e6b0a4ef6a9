/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records taken out of the hot table: those that depend on what is flushed (see dns/flush.h).
 *
 * Thread: any, beside all others. It looks at every record, which takes longer the larger the table
 *	   is: some 0.1 seconds for a million.
 */
#ifndef RB_STORE_FLUSH_H
#define RB_STORE_FLUSH_H

#include "dns/flush.h"
#include "table/table.h"

/* How many records were removed. */
uint64_t rb_flush_table(struct rb_table *table, const struct rb_flush *flush);

#endif
