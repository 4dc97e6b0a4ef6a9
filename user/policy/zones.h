/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local zones: those of the client's view, then those outside; of each the longest that is for the
 * client's tags; in a zone its data, then what its type says. Contract as in decide.h.
 */
#ifndef RB_POLICY_ZONES_H
#define RB_POLICY_ZONES_H

#include "policy/verdict.h"

/* Whether they say anything. *verdict: RB_POLICY_PASS until then. */
bool rb_policy_zones_decide(const struct rb_policy *policy,
			    const struct rb_policy_question *question,
			    const struct rb_policy_labels *labels,
			    const struct rb_policy_client *client,
			    struct rb_policy_verdict *verdict);

/* Whether clients of all classes are told the same, as can be seen without deciding for each. */
bool rb_policy_zones_are_alike(const struct rb_policy *policy,
			       const struct rb_policy_question *question);

#endif
