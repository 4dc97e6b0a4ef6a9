/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records taken out of the hot table by name.
 *
 * Thread: any, beside all others. Each returns how many records were removed, or -EINVAL for a name
 * that the table cannot hold. Names: wire form, well-formed, any case.
 */
#ifndef RB_STORE_FLUSH_H
#define RB_STORE_FLUSH_H

#include "table/table.h"

/* Of this type, both variants. */
int64_t rb_flush_type(struct rb_table *table, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype);

/* Of every type. */
int64_t rb_flush_name(struct rb_table *table, const uint8_t *qname, size_t qname_len);

/* The name and everything below it; the root: everything. */
int64_t rb_flush_zone(struct rb_table *table, const uint8_t *zone, size_t zone_len);

#endif
