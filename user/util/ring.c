/* SPDX-License-Identifier: BSD-2-Clause */
/* Lock-free single-producer single-consumer ring. */
#include "util/ring.h"

#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Each side keeps a copy of the other's index, so that the shared lines move only when it must
 * look. */
struct rb_ring {
	alignas(64) atomic_size_t head; /* next to pop; written by the consumer */
	size_t tail_seen;
	alignas(64) atomic_size_t tail; /* next to push; written by the producer */
	size_t head_seen;
	alignas(64) size_t mask;
	void *entries[];
};

int rb_ring_new(size_t capacity, struct rb_ring **ret_ring)
{
	struct rb_ring *ring;
	size_t bytes;

	if (!capacity || capacity & (capacity - 1))
		return -EINVAL;
	bytes = sizeof(*ring) + capacity * sizeof(ring->entries[0]);
	bytes = (bytes + 63) & ~(size_t)63;
	ring = aligned_alloc(64, bytes);
	if (!ring)
		return -ENOMEM;
	atomic_init(&ring->head, 0);
	atomic_init(&ring->tail, 0);
	ring->tail_seen = 0;
	ring->head_seen = 0;
	ring->mask = capacity - 1;
	*ret_ring = ring;
	return 0;
}

void rb_ring_free(struct rb_ring *ring)
{
	free(ring);
}

bool rb_ring_push(struct rb_ring *ring, void *pointer)
{
	size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

	if (tail - ring->head_seen > ring->mask) {
		ring->head_seen = atomic_load_explicit(&ring->head, memory_order_acquire);
		if (tail - ring->head_seen > ring->mask)
			return false;
	}
	ring->entries[tail & ring->mask] = pointer;
	atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
	return true;
}

void *rb_ring_pop(struct rb_ring *ring)
{
	size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	void *pointer;

	if (head == ring->tail_seen) {
		ring->tail_seen = atomic_load_explicit(&ring->tail, memory_order_acquire);
		if (head == ring->tail_seen)
			return NULL;
	}
	pointer = ring->entries[head & ring->mask];
	atomic_store_explicit(&ring->head, head + 1, memory_order_release);
	return pointer;
}
