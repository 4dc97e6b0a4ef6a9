/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the keeper and rb-server tell each other about feeds, in memory that both see. Slots have
 * the numbers of rb_feed_source().
 *
 * Thread: each number has one writer; read by any, relaxed.
 */
#ifndef RB_KEEPER_FEED_SLOTS_H
#define RB_KEEPER_FEED_SLOTS_H

#include <stdatomic.h>
#include <stdint.h>

#define RB_FEEDS_MAX 1024

struct rb_feed_slot {
	/* The keeper's. */
	_Atomic uint64_t checked_s; /* when our copy was last known to be the newest, in seconds
				       since 1970; 0: never */
	_Atomic uint64_t fetched;   /* how often there was a new version */
	_Atomic uint64_t failed;    /* how often fetching failed */
	_Atomic uint32_t failing;   /* the same since the last success */
	_Atomic uint32_t serial;    /* of a zone; 0: none */
	_Atomic uint32_t taken;     /* what `wanted` was when the last fetch began that has ended */
	/* The server's: incremented when NOTIFY or the operator asks for a new version. */
	_Atomic uint32_t wanted;
};

#endif
