/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that the keeper shares with rb-server: the one's sign of life, the other's counts.
 *
 * Thread: each number has one writer; read by any, relaxed.
 */
#ifndef RB_KEEPER_VITALS_H
#define RB_KEEPER_VITALS_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "keeper/places.h"

struct rb_vitals {
	/* The server's. */
	_Atomic uint32_t beat; /* counts up while all of its threads get on */
	/* The keeper's. */
	pid_t keeper;
	uint64_t started_ns; /* rb_clock_ns() */
	time_t read_at;      /* when the configuration in force was read */
	_Atomic unsigned int reloads;
	_Atomic uint64_t ended; /* servers that nobody had told to */
	_Atomic uint64_t hung;  /* of these, killed since they got nowhere */
	struct rb_feed_place feeds[RB_FEEDS_MAX];
};

#endif
