/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of a listener with a limited number of seats. When all are taken, a new
 * connection replaces one of the network with the most seats, so that nobody can lock others out: a
 * network is an IPv4 address or an IPv6 /64.
 *
 * Thread:   one.
 * Lifetime: a seat is part of its connection, which gives it up before it is freed.
 */
#ifndef RB_UTIL_SEATS_H
#define RB_UTIL_SEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Networks are counted by a secret hash: two with the same hash count as one. */
#define RB_SEATS_NETWORKS 1024

struct rb_seat {
	TAILQ_ENTRY(rb_seat) entry;
	uint16_t network;
};

struct rb_seats {
	TAILQ_HEAD(rb_seat_list, rb_seat) list; /* oldest first */
	size_t count, max;
	uint64_t secret;
	uint32_t taken[RB_SEATS_NETWORKS];
};

void rb_seats_init(struct rb_seats *seats, size_t max);

/* addr: 16 bytes, IPv4-mapped for IPv4. Call it for every connection, even above the maximum. */
void rb_seats_take(struct rb_seats *seats, struct rb_seat *seat, const uint8_t addr[16]);
void rb_seats_leave(struct rb_seats *seats, struct rb_seat *seat);

static inline bool rb_seats_are_full(const struct rb_seats *seats)
{
	return seats->count >= seats->max;
}

/*
 * The connection that a new one from this address replaces: the oldest idle one of the network with
 * the most seats; or, if none is idle and the newcomer's network has fewer, the oldest. NULL: none,
 * so close the newcomer.
 */
struct rb_seat *rb_seats_yielding(const struct rb_seats *seats, const uint8_t addr[16],
				  bool (*is_idle)(const struct rb_seat *seat));

#endif
