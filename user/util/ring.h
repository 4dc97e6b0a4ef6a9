/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lock-free ring of pointers between two threads.
 *
 * Thread:   one producer calls rb_ring_push(), one consumer rb_ring_pop(); nobody locks.
 * Lifetime: the pointers are the caller's; the ring must be empty or its content known on free.
 * Errors:   -ENOMEM, -EINVAL at creation; push says whether there was room.
 */
#ifndef RB_UTIL_RING_H
#define RB_UTIL_RING_H

#include <stdbool.h>
#include <stddef.h>

struct rb_ring;

/* capacity: entries, a power of two. */
int rb_ring_new(size_t capacity, struct rb_ring **ret_ring);
void rb_ring_free(struct rb_ring *ring);

/* Release semantics: what the producer wrote before is seen by who pops the pointer. */
bool rb_ring_push(struct rb_ring *ring, void *pointer);

/* NULL: empty. */
void *rb_ring_pop(struct rb_ring *ring);

#endif
