/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A set of names by their hashes: it may have one now and then that nobody has added, and says so
 * within two cache lines.
 *
 * Thread: one adds, then any. Lifetime: starts as {0}; rb_policy_names_free(). Errors: 0 or -errno.
 */
#ifndef RB_POLICY_NAMES_H
#define RB_POLICY_NAMES_H

#include "policy/access.h"

struct rb_policy_names {
	uint64_t *hashes; /* until it is settled */
	size_t count;
	uint64_t *bits; /* mask + 1 of them, a power of two; NULL: there are no names */
	uint64_t mask;
};

/* A name in an image. -EBADMSG: it is none. */
int rb_policy_names_add(struct rb_policy_names *names, const struct rb_policy *policy,
			uint32_t name, uint8_t name_len);

/* That of a node; of a wildcard, the name below which it counts. */
int rb_policy_names_add_node(struct rb_policy_names *names, const struct rb_policy *policy,
			     const struct rb_policy_node *node);

/* Call it once, when all names are there. */
int rb_policy_names_settle(struct rb_policy_names *names);

/* Whether it has the name, or one above it. labels: of the same seed. */
bool rb_policy_names_has(const struct rb_policy_names *names,
			 const struct rb_policy_labels *labels);

void rb_policy_names_free(struct rb_policy_names *names);

#endif
