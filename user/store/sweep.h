/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy has changed: the records that it would not say any more are taken out of the hot
 * table, and everything else stays hot.
 *
 * Thread: any, beside all others, once nobody decides by the old policy any more. It looks at every
 *	   record, which takes longer the larger the table is: less than a second for a million.
 */
#ifndef RB_STORE_SWEEP_H
#define RB_STORE_SWEEP_H

#include "policy/decide.h"
#include "table/table.h"

/* before, after: NULL where there is no policy. How many records were removed. */
uint64_t rb_sweep_table(struct rb_table *table, const struct rb_policy *before,
			const struct rb_policy *after);

#endif
