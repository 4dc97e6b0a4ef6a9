/* SPDX-License-Identifier: BSD-2-Clause */
/* How many buckets each tier gets from the memory that the operator allows. Pure functions. */
#ifndef RB_TABLE_SIZE_H
#define RB_TABLE_SIZE_H

#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"

/* How the kernel rounds an array's size. */
enum rb_size_rounding {
	RB_SIZE_EXACT,
	/*
	 * Arrays created without CAP_PERFMON use the memory of the next power of two elements,
	 * against speculation past their end: other sizes would use up to twice what the operator
	 * allows.
	 */
	RB_SIZE_POWERS,
};

/* How it will round the arrays of this process. */
enum rb_size_rounding rb_size_rounding(void);

/* Bytes of a record of the tier. */
uint32_t rb_size_record_bytes(enum rb_tier tier);

/*
 * Multiples of RB_SHARDS, at least RB_SHARDS each; in total at most bytes, if that is enough for
 * these.
 */
void rb_size_buckets(size_t bytes, enum rb_size_rounding rounding, uint32_t ret_buckets[RB_TIERS]);

/* Bytes of the tier's two arrays, in whole pages, as mapped. */
size_t rb_size_tags_bytes(uint32_t buckets);
size_t rb_size_records_bytes(enum rb_tier tier, uint32_t buckets);

#endif
