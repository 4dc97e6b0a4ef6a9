/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a record is what kern/abi.h says of records. */
#ifndef CACHECTL_INSPECT_H
#define CACHECTL_INSPECT_H

#include "table/table.h"

/* The tag of a way; 0: empty. */
uint16_t inspect_tag(const struct rb_table *table, struct rb_table_ref ref);

/* What is wrong with it; NULL: nothing. tag: that of its way. record: a copy, see rb_table_read().
 */
const char *inspect_record(const struct rb_table *table, struct rb_table_ref ref, uint16_t tag,
			   const struct rb_record *record);

/* The same for the table as a whole. */
const char *inspect_control(const struct rb_table *table);

#endif
