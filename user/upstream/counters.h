/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted of the connections to upstreams; in memory that the server reads. */
#ifndef RB_UPSTREAM_COUNTERS_H
#define RB_UPSTREAM_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

/* Why a connection ended that was still wanted. */
enum rb_upstream_failure {
	RB_UPSTREAM_CONNECT,     /* TCP: refused, unreachable */
	RB_UPSTREAM_TIMEOUT,     /* no handshake, or no answers, in time */
	RB_UPSTREAM_CERTIFICATE, /* not from whom it should be */
	RB_UPSTREAM_TLS,         /* anything else in the handshake or the records */
	RB_UPSTREAM_CLOSED,      /* by the server, before any answer */
	RB_UPSTREAM_GARBAGE,     /* what came is no response */
	RB_UPSTREAM_FAILURES,
};

enum rb_upstream_counter {
	RB_UPSTREAM_QUERIES,     /* of libunbound's */
	RB_UPSTREAM_UNANSWERED,  /* of these, SERVFAIL for want of an answer */
	RB_UPSTREAM_CONNECTIONS, /* begun */
	RB_UPSTREAM_HANDSHAKES,  /* completed */
	RB_UPSTREAM_RESUMED,     /* of these, with a ticket */
	RB_UPSTREAM_FAILED,      /* and more: enum rb_upstream_failure */
	RB_UPSTREAM_COUNTERS = RB_UPSTREAM_FAILED + RB_UPSTREAM_FAILURES,
};

/* Written by the resolver process alone; cumulative. */
struct rb_upstream_counters {
	_Atomic uint64_t of[RB_UPSTREAM_COUNTERS];
};

static inline void rb_upstream_count(struct rb_upstream_counters *counters, unsigned int counter)
{
	atomic_fetch_add_explicit(&counters->of[counter], 1, memory_order_relaxed);
}

static inline void rb_upstream_sum(struct rb_upstream_counters *counters,
				   uint64_t sum[RB_UPSTREAM_COUNTERS])
{
	for (unsigned int i = 0; i < RB_UPSTREAM_COUNTERS; i++)
		sum[i] += atomic_load_explicit(&counters->of[i], memory_order_relaxed);
}

#endif
