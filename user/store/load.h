/* SPDX-License-Identifier: BSD-2-Clause */
/* A cache-file into the table. Thread: main. Says in the log what became of it. */
#ifndef RB_STORE_LOAD_H
#define RB_STORE_LOAD_H

#include "config/config.h"
#include "table/table.h"
#include "util/opener.h"

/* How many records were loaded. config: the one in force, which the table's epoch is of. */
uint64_t rb_store_load(const struct rb_opener *opener, const struct rb_config *config,
		       struct rb_table *table);

#endif
