/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two policies, of which the one follows the other: where only blocklists have changed, which is so
 * whenever a list is fetched again, most questions need no decision to know that they are decided
 * alike.
 *
 * Thread:   any.
 * Lifetime: both policies must outlive the pair.
 */
#ifndef RB_POLICY_PAIR_H
#define RB_POLICY_PAIR_H

#include "policy/access.h"

struct rb_policy_pair {
	struct rb_policy before, after; /* what has the blocklists; valid with only_lists */
	bool only_lists;                /* nothing else differs, nor the seed */
};

/* NULL: there is no policy. */
void rb_policy_pair_init(const struct rb_policy *before, const struct rb_policy *after,
			 struct rb_policy_pair *ret_pair);

/*
 * With only_lists. Hash a name for both, and prefetch the memory in which it will be looked for: a
 * dozen names between the one and the other keep a sweep from waiting for it.
 */
void rb_policy_pair_foresee(const struct rb_policy_pair *pair, const uint8_t *name, size_t len,
			    struct rb_policy_labels *ret_labels);

/*
 * Both decide alike about this name, since none of their blocklists has it, nor one above it.
 * False: they may differ.
 */
bool rb_policy_pair_is_unlisted(const struct rb_policy_pair *pair,
				const struct rb_policy_labels *labels);

#endif
