/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hot table as `unbound-control dump_cache` prints a cache, for load_cache of an Unbound.
 *
 * What everybody is answered is there: positive and negative answers that are fresh. Local data,
 * errors, and what some clients alone are told are not. Where the validator found an answer secure,
 * its sets say so, and an Unbound that loads them believes it; all others it validates itself.
 *
 * Thread: any, beside the table's writers.
 */
#ifndef RB_IMPORT_DUMP_CACHE_H
#define RB_IMPORT_DUMP_CACHE_H

#include <stdio.h>

#include "table/table.h"

/* -EIO: out takes no more. */
int rb_import_dump_cache(const struct rb_table *table, FILE *out);

#endif
