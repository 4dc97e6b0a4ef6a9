/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges of addresses, in order. */
#include "policy/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "util/array.h"

int rb_policy_blocks_add(struct rb_policy_blocks *blocks, const uint8_t addr[16], uint8_t prefix)
{
	struct rb_policy_block added;

	memcpy(added.first, addr, sizeof(added.first));
	memcpy(added.last, addr, sizeof(added.last));
	for (unsigned int i = prefix / 8; i < sizeof(added.last); i++)
		added.last[i] |= i * 8 < prefix ? (uint8_t)(0xff >> prefix % 8) : 0xff;
	return rb_array_append(&blocks->list, &blocks->count, sizeof(added), &added);
}

static int order(const void *a, const void *b)
{
	const struct rb_policy_block *one = a, *other = b;

	return memcmp(one->first, other->first, sizeof(one->first))
		       ?: memcmp(other->last, one->last, sizeof(one->last));
}

/* Of two netblocks that meet, the one is in the other, which comes first. */
void rb_policy_blocks_settle(struct rb_policy_blocks *blocks)
{
	size_t kept = 0;

	if (blocks->count)
		qsort(blocks->list, blocks->count, sizeof(*blocks->list), order);
	for (size_t i = 0; i < blocks->count; i++)
		if (!kept || memcmp(blocks->list[i].first, blocks->list[kept - 1].last, 16) > 0)
			blocks->list[kept++] = blocks->list[i];
	blocks->count = kept;
}

bool rb_policy_blocks_have(const struct rb_policy_blocks *blocks, const uint8_t addr[16])
{
	size_t low = 0, high = blocks->count;

	/* The first that begins behind the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(blocks->list[middle].first, addr, 16) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && memcmp(addr, blocks->list[low - 1].last, 16) <= 0;
}

void rb_policy_blocks_free(struct rb_policy_blocks *blocks)
{
	free(blocks->list);
	*blocks = (struct rb_policy_blocks){0};
}
