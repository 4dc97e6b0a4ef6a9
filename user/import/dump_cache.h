/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hot table as `unbound-control dump_cache` prints a cache, for load_cache of an Unbound.
 *
 * What everybody is answered is there: positive and negative answers that are fresh. Local data,
 * errors, and what some clients alone are told are not. Where the validator found an answer secure,
 * its sets say so, and an Unbound that loads them believes it; all others it validates itself. Of
 * what only clients with DO=0 have asked for in signed zones, denials are left out, and the rest has
 * no signatures: Unbound fetches them when it needs them.
 *
 * Thread: any, beside the table's writers.
 */
#ifndef RB_IMPORT_DUMP_CACHE_H
#define RB_IMPORT_DUMP_CACHE_H

#include <stdio.h>

#include "dns/name.h"
#include "table/table.h"

/* These names and all below them. */
struct rb_import_dump_names {
	size_t count;
	struct {
		uint8_t name[RB_NAME_MAX];
		size_t len;
	} names[16];
};

/* names NULL: everything. -EIO: out cannot be written to. */
int rb_import_dump_cache(const struct rb_table *table, const struct rb_import_dump_names *names,
			 FILE *out);

#endif
