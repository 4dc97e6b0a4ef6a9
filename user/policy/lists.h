/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocklists: a listed name stands for itself and for all names below it. They decide after local
 * zones and response policy zones. Contract as in decide.h.
 */
#ifndef RB_POLICY_LISTS_H
#define RB_POLICY_LISTS_H

#include "policy/verdict.h"

/* Whether a list blocks the name. labels: of it, by policy. *verdict: RB_POLICY_PASS so far. */
bool rb_policy_lists_decide(const struct rb_policy *policy,
			    const struct rb_policy_question *question,
			    const struct rb_policy_labels *labels,
			    const struct rb_policy_client *client,
			    struct rb_policy_verdict *verdict);

/*
 * A name that a list has, and that none blocks for this client: by an entry of the list itself or of a
 * list of what is allowed. False: no list has it.
 */
struct rb_policy_spared {
	struct rb_policy_listed by, from;
};
bool rb_policy_lists_spare(const struct rb_policy *policy,
			   const struct rb_policy_question *question,
			   const struct rb_policy_labels *labels,
			   const struct rb_policy_client *client,
			   struct rb_policy_spared *ret_spared);

/* Like rb_policy_zones_are_alike(). */
bool rb_policy_lists_are_alike(const struct rb_policy *policy,
			       const struct rb_policy_question *question);

#endif
