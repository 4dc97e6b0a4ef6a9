/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A set of netblocks, for the question whether an address is in any of them.
 *
 * Thread: one adds, then any. Lifetime: starts as {0}; rb_policy_blocks_free(). Errors: 0 or -ENOMEM.
 */
#ifndef RB_POLICY_BLOCKS_H
#define RB_POLICY_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rb_policy_block {
	uint8_t first[16], last[16];
};

struct rb_policy_blocks {
	struct rb_policy_block *list; /* once settled: in order, and none meets another */
	size_t count;
};

/* addr: bits past the prefix are zero; v4-mapped for IPv4. */
int rb_policy_blocks_add(struct rb_policy_blocks *blocks, const uint8_t addr[16], uint8_t prefix);

/* Call it once, when all are there. */
void rb_policy_blocks_settle(struct rb_policy_blocks *blocks);

bool rb_policy_blocks_have(const struct rb_policy_blocks *blocks, const uint8_t addr[16]);

void rb_policy_blocks_free(struct rb_policy_blocks *blocks);

#endif
