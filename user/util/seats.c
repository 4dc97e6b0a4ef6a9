/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has a seat, and who gives way. */
#include "util/seats.h"

#include <string.h>

#include "util/random.h"

#define IPV6_PREFIX_BYTES 8

void rb_seats_init(struct rb_seats *seats, size_t max)
{
	TAILQ_INIT(&seats->list);
	seats->count = 0;
	seats->max = max;
	memset(seats->taken, 0, sizeof(seats->taken));
	if (rb_random_bytes(&seats->secret, sizeof(seats->secret)))
		seats->secret = (uintptr_t)seats;
}

static uint16_t network_of(const struct rb_seats *seats, const uint8_t addr[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
	uint64_t upper, lower = 0, hash;

	memcpy(&upper, addr, IPV6_PREFIX_BYTES);
	if (!memcmp(addr, mapped, sizeof(mapped)))
		memcpy(&lower, addr + IPV6_PREFIX_BYTES, sizeof(lower));
	hash = (upper ^ seats->secret) * 0x9e3779b97f4a7c15ULL;
	hash = (hash ^ hash >> 29 ^ lower) * 0xbf58476d1ce4e5b9ULL;
	return (uint16_t)(hash >> 54); /* the upper 10 bits */
}

_Static_assert(RB_SEATS_NETWORKS == 1 << 10, "as many as the hash has");

void rb_seats_take(struct rb_seats *seats, struct rb_seat *seat, const uint8_t addr[16])
{
	seat->network = network_of(seats, addr);
	seats->taken[seat->network]++;
	seats->count++;
	TAILQ_INSERT_TAIL(&seats->list, seat, entry);
}

void rb_seats_leave(struct rb_seats *seats, struct rb_seat *seat)
{
	seats->taken[seat->network]--;
	seats->count--;
	TAILQ_REMOVE(&seats->list, seat, entry);
}

struct rb_seat *rb_seats_yielding(const struct rb_seats *seats, const uint8_t addr[16],
				  bool (*is_idle)(const struct rb_seat *seat))
{
	uint16_t newcomer = network_of(seats, addr);
	struct rb_seat *seat, *oldest = NULL;
	uint32_t most = 0;

	for (size_t i = 0; i < RB_SEATS_NETWORKS; i++)
		if (seats->taken[i] > most)
			most = seats->taken[i];
	for (seat = TAILQ_FIRST(&seats->list); seat; seat = TAILQ_NEXT(seat, entry)) {
		if (seats->taken[seat->network] < most)
			continue;
		if (is_idle(seat))
			return seat;
		if (!oldest)
			oldest = seat;
	}
	return seats->taken[newcomer] < most ? oldest : NULL;
}
