/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy says of a question: nothing, an answer, an alias to be followed, or silence.
 * The order of decisions is Unbound's: local zones, then the response policy zones in their order;
 * blocklists come last.
 *
 * Thread:   an image is opened by one, then read by any.
 * Lifetime: what a verdict points to lives as long as the image.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_POLICY_DECIDE_H
#define RB_POLICY_DECIDE_H

#include "policy/verdict.h"

/* False where nothing is said of the question: the verdict is RB_POLICY_PASS. */
bool rb_policy_decide(const struct rb_policy *policy, const struct rb_policy_question *question,
		      const struct rb_policy_client *client, struct rb_policy_verdict *ret_verdict);

/* The same for who has made the labels of the question's name: see foresee.h. */
bool rb_policy_decide_foreseen(const struct rb_policy *policy,
			       const struct rb_policy_question *question,
			       const struct rb_policy_labels *labels,
			       const struct rb_policy_client *client,
			       struct rb_policy_verdict *ret_verdict);

/*
 * Whether it says the same to clients of all classes; false: that takes a decision for each to know.
 * Of their very addresses nothing is said.
 */
bool rb_policy_is_alike(const struct rb_policy *policy, const struct rb_policy_question *question);

/* Whether it says anything of the question to any client. */
bool rb_policy_concerns(const struct rb_policy *policy, const struct rb_policy_question *question);

#endif
