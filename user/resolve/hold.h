/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions that wait, for a short time: those for zones of which processes that are just being
 * started will know more than those that are asked now.
 *
 * Thread:   main begins and ends it. Workers look at it inside rb_client_*(): main lets them pass
 *	     (rb_clients_pass()) between an end and the next beginning.
 */
#ifndef RB_RESOLVE_HOLD_H
#define RB_RESOLVE_HOLD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "dns/name.h"
#include "resolve/setup.h"
#include "table/table.h"

#define RB_HOLD_ZONES_MAX 8

struct rb_hold {
	atomic_size_t count; /* 0: nothing waits */
	uint64_t until_ns; /* rb_clock_ns(): then they are asked of the processes that there are */
	struct {
		uint8_t name[RB_NAME_MAX];
		uint8_t len;
	} zones[RB_HOLD_ZONES_MAX];
};

/* For the first RB_HOLD_ZONES_MAX of these zones. */
void rb_hold_begin(struct rb_hold *hold, const struct rb_zone_copy *copies, size_t count,
		   uint64_t until_ns);
void rb_hold_end(struct rb_hold *hold);

/* Whether this question is one of them. */
bool rb_hold_asks(const struct rb_hold *hold, const struct rb_table_key *key);

/* Whether none of them waits any longer. */
bool rb_hold_is_over(const struct rb_hold *hold);

#endif
