/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The servers of one zone, and which of them is to be asked: the quickest, the others now and then,
 * none that has just failed unless there is no other.
 *
 * Thread: one event loop's.
 */
#ifndef RB_UPSTREAM_ZONE_H
#define RB_UPSTREAM_ZONE_H

#include "upstream/server.h"

struct rb_upstream_zone {
	struct rb_upstream_server *servers;
	unsigned int server_count;
	unsigned int turn;
};

/* except: one that was asked in vain; NULL: none. NULL: there is nobody to be asked now. */
struct rb_upstream_server *rb_upstream_zone_pick(struct rb_upstream_zone *zone,
						 const struct rb_upstream_server *except);

#endif
