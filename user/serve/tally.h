/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counts of queries and replies for Unbound's statistics, as one array of numbers, which can be
 * added and subtracted uniformly.
 *
 * Thread: written by its worker alone, read by any; relaxed.
 */
#ifndef RB_SERVE_TALLY_H
#define RB_SERVE_TALLY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "config/local.h"
#include "dns/query.h"
#include "policy/verdict.h"

#define RB_TALLY_TYPES 256 /* the rest is RB_TALLY_TYPE_OTHER; classes alike */

enum rb_tally_number {
	RB_TALLY_MISSES,       /* queries given to the resolvers */
	RB_TALLY_WAITING,      /* those that wait now */
	RB_TALLY_WAITING_MAX,  /* the most that ever waited */
	RB_TALLY_WAITING_SUM,  /* how many waited when another came */
	RB_TALLY_EXCEEDED,     /* queries that the resolvers did not accept */
	RB_TALLY_EXPIRED,      /* answered from an expired record of the table */
	RB_TALLY_DISCARDED,    /* replies that discard-timeout dropped */
	RB_TALLY_TIMED_OUT,    /* queries that sock-queue-timeout dropped */
	RB_TALLY_RATE_LIMITED, /* queries that ip-ratelimit dropped */
	RB_TALLY_WAIT_LIMITED, /* queries that wait-limit dropped */
	RB_TALLY_IPV6,
	RB_TALLY_EDNS,
	RB_TALLY_EDNS_DO,
	RB_TALLY_FLAG_QR, /* of queries, as the next ones */
	RB_TALLY_FLAG_AA,
	RB_TALLY_FLAG_TC,
	RB_TALLY_FLAG_RD,
	RB_TALLY_FLAG_RA,
	RB_TALLY_FLAG_Z,
	RB_TALLY_FLAG_AD,
	RB_TALLY_FLAG_CD,
	RB_TALLY_NODATA, /* replies, as the next two */
	RB_TALLY_SECURE,
	RB_TALLY_BLOCKED, /* replies of local policy in place of others */
	RB_TALLY_RPZ,     /* what response policy zones decided, by enum rb_rpz_action */
	RB_TALLY_RCODE = RB_TALLY_RPZ + RB_RPZ_ACTIONS,
	RB_TALLY_OPCODE = RB_TALLY_RCODE + 16,
	RB_TALLY_CLASS = RB_TALLY_OPCODE + 16,
	RB_TALLY_CLASS_OTHER = RB_TALLY_CLASS + RB_TALLY_TYPES,
	RB_TALLY_TYPE,
	RB_TALLY_TYPE_OTHER = RB_TALLY_TYPE + RB_TALLY_TYPES,
	RB_TALLIES,
};

struct rb_tally {
	_Atomic uint64_t numbers[RB_TALLIES];
};

/* client: 16 bytes, IPv4-mapped for IPv4. */
void rb_tally_query(struct rb_tally *tally, const uint8_t *client, const struct rb_query *query);
void rb_tally_reply(struct rb_tally *tally, const uint8_t *reply, size_t len);

/* Count what local policy decides about a question or a response. */
void rb_tally_verdict(struct rb_tally *tally, const struct rb_policy_verdict *verdict);

/* A query begins to wait for the resolvers, and has waited. */
void rb_tally_wait(struct rb_tally *tally);
void rb_tally_waited(struct rb_tally *tally);

/* No other thread writes, so an atomic add would only cost time. */
static inline void rb_tally_add(struct rb_tally *tally, unsigned int number, uint64_t by)
{
	_Atomic uint64_t *one = &tally->numbers[number];

	atomic_store_explicit(one, atomic_load_explicit(one, memory_order_relaxed) + by,
			      memory_order_relaxed);
}

static inline uint64_t rb_tally_get(const struct rb_tally *tally, unsigned int number)
{
	return atomic_load_explicit(&tally->numbers[number], memory_order_relaxed);
}

#endif
