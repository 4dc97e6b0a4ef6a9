/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of a growing policy image share; only for policy/build*.c. */
#ifndef RB_POLICY_BUILD_PARTS_H
#define RB_POLICY_BUILD_PARTS_H

#include "policy/access.h"
#include "policy/build.h"

/* Like rb_array_append(), up to the count that the image can express. */
int rb_build_append(void *array_pointer, size_t *count, size_t member_bytes, const void *member);

uint64_t rb_build_name_hash(const struct rb_build *build, const uint8_t *name, size_t len);

/* The hash of the member with this index. */
typedef uint64_t rb_build_hash(const struct rb_build *build, uint32_t index);

/* Make room for one more; the slots are at most two thirds full. */
int rb_build_slots_grow(const struct rb_build *build, struct rb_build_slots *table,
			rb_build_hash *hash_of);
void rb_build_slot_take(struct rb_build_slots *table, uint64_t hash, uint32_t index);

/* The details that few zones have; created if missing. Valid until the next one is created. */
int rb_build_detail(struct rb_build *build, uint32_t zone, struct rb_policy_detail **ret_detail);

/*
 * The tail of a listed name, which has *ret_depth labels: the longest name above it that many are
 * under. Those of one label always are tails, and the root.
 */
int rb_build_tail_choose(struct rb_build *build, const struct rb_policy_labels *labels,
			 uint32_t *ret_tail, unsigned int *ret_depth);

void rb_build_listed_free(struct rb_build_listed *listed);

/* Move the names to the image's list_runs; each part is freed before the next one is moved. */
void rb_build_listed_move(struct rb_build_listed *listed, uint8_t *out);

#endif
