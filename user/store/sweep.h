/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a change of local policy, remove the records that the new policy would not give from the
 * hot table; all others stay.
 *
 * Thread: any, while all others run, once nobody uses the old policy any more. It reads every
 *	   record: less than a second for a million.
 */
#ifndef RB_STORE_SWEEP_H
#define RB_STORE_SWEEP_H

#include "policy/decide.h"
#include "table/table.h"

/* before, after: NULL: no policy. Returns how many records were removed. */
uint64_t rb_sweep_table(struct rb_table *table, const struct rb_policy *before,
			const struct rb_policy *after);

#endif
