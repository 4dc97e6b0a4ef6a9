/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two policies, of which the one follows the other. Unless clients have changed, most questions need
 * no decision to know that they are decided alike, and most responses that these are.
 *
 * Thread:   any.
 * Lifetime: both policies must outlive the pair; rb_policy_pair_free().
 */
#ifndef RB_POLICY_PAIR_H
#define RB_POLICY_PAIR_H

#include "policy/changed.h"

struct rb_policy_pair {
	struct rb_policy before, after; /* what has the blocklists */
	/* Everything below is for this: what differs can be told from a question's name. */
	bool is_told_by_names;
	bool only_lists;                  /* nothing but blocklists differs */
	struct rb_policy_changes changes; /* what is decided otherwise, but for blocklists */
};

/* NULL: there is no policy. */
void rb_policy_pair_init(const struct rb_policy *before, const struct rb_policy *after,
			 struct rb_policy_pair *ret_pair);
void rb_policy_pair_free(struct rb_policy_pair *pair);

/*
 * If is_told_by_names. Hash a name for both, and prefetch the memory in which it will be looked for:
 * a dozen names between the one and the other keep a sweep from waiting for it.
 */
void rb_policy_pair_foresee(const struct rb_policy_pair *pair, const uint8_t *name, size_t len,
			    struct rb_policy_labels *ret_labels);

/* Both decide alike about this name. False: they may differ. */
bool rb_policy_pair_is_alike(const struct rb_policy_pair *pair,
			     const struct rb_policy_labels *labels);

#endif
