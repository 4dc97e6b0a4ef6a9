/* SPDX-License-Identifier: BSD-2-Clause */
/* The table's records into a file, which is replaced as a whole or not at all. Thread: any, one. */
#ifndef RB_STORE_SAVE_H
#define RB_STORE_SAVE_H

#include "table/table.h"
#include "util/opener.h"

/* Fresh records of the configuration in force, but for local data. -ECANCELED: that changed twice
 * meanwhile. Others: of the file system; the old file then stays. */
int rb_store_save(const struct rb_opener *opener, const struct rb_table *table,
		  uint64_t *ret_saved);

#endif
