/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zones of forward-zone:, by which a query to a forwarder gets the zone that it is sent for.
 *
 * Thread: any; immutable. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_FORWARDS_H
#define RB_RESOLVE_FORWARDS_H

#include <stddef.h>
#include <stdint.h>

struct rb_forwards;

/* text: the one that libunbound reads. */
int rb_forwards_new(const char *text, struct rb_forwards **ret_forwards);
void rb_forwards_free(struct rb_forwards *forwards);

/* The nearest zone above a DNS message's question, and *ret_len; NULL: none. */
const uint8_t *rb_forwards_find(const struct rb_forwards *forwards, const uint8_t *message,
				size_t len, size_t *ret_len);

#endif
