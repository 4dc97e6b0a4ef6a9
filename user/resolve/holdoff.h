/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failed refreshes: for some seconds nobody may ask for the record's refresh again (RFC 9520 3.2),
 * then anybody may.
 *
 * Thread: that of the event base. Lifetime: the table must outlive them. Errors: 0 or -errno.
 */
#ifndef RB_RESOLVE_HOLDOFF_H
#define RB_RESOLVE_HOLDOFF_H

#include <event2/event.h>
#include <sys/queue.h>

#include "table/table.h"

struct rb_holdoff;
LIST_HEAD(rb_holdoffs, rb_holdoff);

/* Release the claim on the record's refresh later; at once where there is no memory for later. */
void rb_holdoff_start(struct rb_holdoffs *holdoffs, struct event_base *base, struct rb_table *table,
		      const struct rb_table_key *key, uint8_t serves);

/* Release all that are pending, now. */
void rb_holdoffs_end(struct rb_holdoffs *holdoffs);

#endif
