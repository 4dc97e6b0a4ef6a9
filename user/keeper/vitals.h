/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that the keeper shares with rb-server: the server's sign of life, the keeper's counts.
 *
 * Thread: each number has one writer; read by any, relaxed.
 */
#ifndef RB_KEEPER_VITALS_H
#define RB_KEEPER_VITALS_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "keeper/feed_slots.h"

struct rb_vitals {
	/* The server's. */
	_Atomic uint32_t beat; /* incremented while all of its threads make progress */
	/* The keeper's. */
	pid_t keeper;
	uint64_t started_ns; /* rb_clock_ns() */
	time_t read_at;      /* when the configuration in force was read */
	_Atomic unsigned int reloads;
	_Atomic uint64_t ended; /* servers that ended without being told to */
	_Atomic uint64_t hung;  /* of these, killed since they made no progress */
	struct rb_feed_slot feeds[RB_FEEDS_MAX];
};

#endif
