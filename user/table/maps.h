/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a table: BPF maps that are created, pinned or found again, or ordinary memory
 * instead, mapped into a struct rb_table: the control page at once, the rest by rb_maps_map().
 *
 * Thread: main, and while it creates a table, one helper thread for each tier. Errors: 0 or -errno;
 * what a function had obtained before it failed is in the table, for rb_maps_release(). Never logs.
 */
#ifndef RB_TABLE_MAPS_H
#define RB_TABLE_MAPS_H

#include "table/table.h"

/* Initialise the table as empty; rb_maps_release() then does nothing. */
void rb_maps_init(struct rb_table *table);

/* Unmap and close everything; the table is as after rb_maps_init(). */
void rb_maps_release(struct rb_table *table);

/* Create maps, filled with zeros. -EPERM: no CAP_BPF. */
int rb_maps_create(struct rb_table *table, const uint32_t buckets[RB_TIERS]);
int rb_maps_create_plain(struct rb_table *table, const uint32_t buckets[RB_TIERS]);

/* The table is complete only when this returns: control is pinned last. */
int rb_maps_pin(const struct rb_table *table, const char *pin_dir);

/* Open what is pinned. -ENOENT; -ESTALE: another layout. */
int rb_maps_open_pinned(struct rb_table *table, const char *pin_dir);

/* Map tags and records, read-only if table->read_only is set. */
int rb_maps_map(struct rb_table *table);

#endif
