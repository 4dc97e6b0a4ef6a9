/* SPDX-License-Identifier: BSD-2-Clause */
/* A filter of a few bits for each name. */
#include "policy/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/cleanup.h"

#define BITS_MIN  64
#define NAME_BITS 16 /* for each name, two of which are set */

int rb_policy_names_add(struct rb_policy_names *names, const struct rb_policy *policy,
			uint32_t name, uint8_t name_len)
{
	const uint8_t *bytes = rb_policy_bytes(policy, name, name_len);
	struct rb_policy_labels labels;

	if (!bytes || rb_name_len(bytes, name_len) != name_len)
		return -EBADMSG;
	rb_policy_labels_init(policy, bytes, name_len, &labels);
	return rb_array_append(&names->hashes, &names->count, sizeof(*names->hashes),
			       &labels.hash[labels.count]);
}

int rb_policy_names_add_node(struct rb_policy_names *names, const struct rb_policy *policy,
			     const struct rb_policy_node *node)
{
	const uint8_t *star = rb_policy_bytes(policy, node->name, RB_POLICY_STAR_BYTES);
	bool is_wildcard = star && node->name_len > RB_POLICY_STAR_BYTES &&
			   !memcmp(star, RB_POLICY_STAR, RB_POLICY_STAR_BYTES);
	uint8_t skip = is_wildcard ? RB_POLICY_STAR_BYTES : 0;

	return rb_policy_names_add(names, policy, node->name + skip,
				   (uint8_t)(node->name_len - skip));
}

static void bit_set(struct rb_policy_names *names, uint64_t hash)
{
	names->bits[(hash & names->mask) / 64] |= 1ULL << (hash & 63);
}

static bool bit_is_set(const struct rb_policy_names *names, uint64_t hash)
{
	return names->bits[(hash & names->mask) / 64] >> (hash & 63) & 1;
}

int rb_policy_names_settle(struct rb_policy_names *names)
{
	_cleanup_free_ uint64_t *hashes = TAKE_PTR(names->hashes);
	uint64_t bits = BITS_MIN;

	if (!names->count)
		return 0;
	while (bits < names->count * NAME_BITS)
		bits *= 2;
	names->bits = calloc(bits / 64, sizeof(*names->bits));
	if (!names->bits)
		return -ENOMEM;
	names->mask = bits - 1;
	for (size_t i = 0; i < names->count; i++) {
		bit_set(names, hashes[i]);
		bit_set(names, hashes[i] >> 32);
	}
	return 0;
}

bool rb_policy_names_has(const struct rb_policy_names *names, const struct rb_policy_labels *labels)
{
	if (!names->bits)
		return false;
	for (unsigned int depth = 0; depth <= labels->count; depth++)
		if (bit_is_set(names, labels->hash[depth]) &&
		    bit_is_set(names, labels->hash[depth] >> 32))
			return true;
	return false;
}

void rb_policy_names_free(struct rb_policy_names *names)
{
	free(names->hashes);
	free(names->bits);
	*names = (struct rb_policy_names){0};
}
