/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a table: BPF maps made, pinned, found again, or plain memory in their place; mapped
 * into a struct rb_table.
 *
 * Thread: main, which has one of its own for each tier while it makes a table. Errors: 0 or -errno;
 * what a function had got before it failed is in the table all the same, for rb_maps_release().
 * Never logs.
 */
#ifndef RB_TABLE_MAPS_H
#define RB_TABLE_MAPS_H

#include "table/table.h"

/* Give the table its empty state, in which rb_maps_release() does nothing. */
void rb_maps_init(struct rb_table *table);

/* Unmap and close everything; the table is as after rb_maps_init(). */
void rb_maps_release(struct rb_table *table);

/* New and zero. -EPERM: no CAP_BPF. */
int rb_maps_create(struct rb_table *table, const uint32_t buckets[RB_TIERS]);
int rb_maps_create_plain(struct rb_table *table, const uint32_t buckets[RB_TIERS]);

/* Complete only when this returns: control comes last. */
int rb_maps_pin(const struct rb_table *table, const char *pin_dir);

/* What is pinned, read-only where table->read_only says so. -ENOENT; -ESTALE: of another layout. */
int rb_maps_open_pinned(struct rb_table *table, const char *pin_dir);

#endif
