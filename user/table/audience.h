/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom a record is for: everybody, one client class, or a set of classes that has a number (see
 * RB_AUDIENCES in kern/abi.h).
 *
 * Thread: any; rb_table_renumber() by main, when every worker knows the new classes.
 */
#ifndef RB_TABLE_AUDIENCE_H
#define RB_TABLE_AUDIENCE_H

#include "../kern/hash.h"
#include "table/table.h"

/* For a new table: no classes, no sets. */
void rb_audience_init(struct rb_control *control);

/*
 * The audience of several classes, with a bit for each; its record is where everybody's would be.
 * Negative: the table has the classes of another numbering, or no number left.
 */
int rb_audience_of_set(struct rb_table *table, uint32_t numbering, uint64_t classes);

/* The audience of one class below RB_CLASSES_MAX. Valid as long as the class's numbering. */
static inline uint8_t rb_audience_of_class(uint8_t client_class)
{
	return (uint8_t)(client_class + 1);
}

static inline uint32_t rb_table_numbering(const struct rb_table *table)
{
	return __atomic_load_n(&table->control->numbering, __ATOMIC_ACQUIRE);
}

/* A bit for each class of the audience; 0: the table has the classes of another numbering. */
uint64_t rb_audience_classes(const struct rb_table *table, uint32_t numbering, uint8_t audience);

/* The hash that the slot of a record of this audience follows from. */
static inline uint64_t rb_audience_hash(uint64_t hash, uint8_t audience)
{
	return audience && audience < RB_AUDIENCE_SETS ? rb_hash_of_class(hash, audience - 1U)
						       : hash;
}

/*
 * A new configuration, with the classes of this numbering, is in force: all older records become
 * misses. Returns the new epoch.
 */
uint32_t rb_table_renumber(struct rb_table *table, uint32_t numbering);

#endif
