/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is fetched from elsewhere, as the keeper and rb-server tell each other of it, in memory that
 * both see. Places are numbered as rb_feed_source() numbers.
 *
 * Thread: each number has one writer; read by any, relaxed.
 */
#ifndef RB_KEEPER_PLACES_H
#define RB_KEEPER_PLACES_H

#include <stdatomic.h>
#include <stdint.h>

#define RB_FEEDS_MAX 1024

struct rb_feed_place {
	/* The keeper's. */
	_Atomic uint64_t checked_s; /* since 1970, when the source last was known to have no newer
				       one; 0: never */
	_Atomic uint64_t fetched;   /* times that there was something new */
	_Atomic uint64_t failed;    /* times that it could not be had */
	_Atomic uint32_t failing;   /* since it last could, times */
	_Atomic uint32_t serial;    /* of a zone; 0: none */
	_Atomic uint32_t taken;     /* what `wanted` was when the last fetch began that has ended */
	/* The server's: counts up when somebody says that there is something new. */
	_Atomic uint32_t wanted;
};

#endif
