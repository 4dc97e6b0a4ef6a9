/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a fetching process is told to do for a feed.
 *
 * Private to the files feed*.c. Thread: the keeper's.
 */
#ifndef RB_DAEMON_FEED_ORDER_H
#define RB_DAEMON_FEED_ORDER_H

#include "daemon/feed.h"
#include "fetch/order.h"

/* By the source that is next, for what is newer than the copy. */
void rb_feed_order(const struct rb_feed *feed, struct rb_fetch_order *ret_order);

#endif
