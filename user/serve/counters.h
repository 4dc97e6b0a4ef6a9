/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one worker counts. Thread: written only by its worker, read by any; relaxed, since the
 * numbers do not depend on each other.
 */
#ifndef RB_SERVE_COUNTERS_H
#define RB_SERVE_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "serve/server.h"
#include "serve/tally.h"
#include "util/histogram.h"

struct rb_serve_counters {
	_Atomic uint64_t queries[RB_TRANSPORTS];
	_Atomic uint64_t table_hits[RB_TRANSPORTS];
	_Atomic uint64_t replies[RB_TRANSPORTS];
	_Atomic uint64_t dropped[RB_TRANSPORTS];
	_Atomic uint64_t refused[RB_TRANSPORTS];
	_Atomic uint64_t tcp_rejected, tcp_limited;
	_Atomic uint64_t bad_checksums;
	_Atomic uint64_t tcp_used; /* connections now */
	_Atomic uint64_t tls_handshakes, tls_resumed, tls_failed;
	_Atomic uint64_t tls_resumed_queries; /* over resumed sessions */
	struct rb_histogram took[RB_TRANSPORTS][RB_SOURCES];
	struct rb_tally tally;
};

/* No other thread writes, so a locked add would only cost time. */
static inline void rb_serve_count(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

static inline uint64_t rb_serve_counted(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

#endif
