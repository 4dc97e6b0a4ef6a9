/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wakes a thread that waits for work in rings: an eventfd that is written only while it is wanted.
 *
 * Thread:   one consumer arms and clears, any number of producers ring.
 * Protocol: a producer pushes, then rings. The consumer arms, then looks into its rings once more,
 *	     then sleeps on the descriptor. Each side's fence lies between its store and its load,
 *	     so at least one of them sees what the other has done: no wake-up is lost.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_BELL_H
#define RB_RESOLVE_BELL_H

#include <stdatomic.h>
#include <stdbool.h>

struct rb_bell {
	atomic_bool wanted; /* whoever clears it writes to fd */
	int fd;
};

int rb_bell_open(struct rb_bell *ret_bell);
void rb_bell_close(struct rb_bell *bell);

/* Consumer: the next ring writes to the descriptor. */
void rb_bell_arm(struct rb_bell *bell);

/* Consumer, awake again: rings need not write. */
void rb_bell_disarm(struct rb_bell *bell);

/* Consumer: make the descriptor unreadable. */
void rb_bell_clear(struct rb_bell *bell);

/* Producer: after a push. */
void rb_bell_ring(struct rb_bell *bell);

#endif
