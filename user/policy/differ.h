/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether verdicts are the same, and whether two policies decide differently about a question of
 * clients whose answers are stored. Contract as in decide.h.
 */
#ifndef RB_POLICY_DIFFER_H
#define RB_POLICY_DIFFER_H

#include "policy/verdict.h"

/* Whether the client gets the same, wherever in the policy it comes from. */
bool rb_policy_is_same(const struct rb_policy_verdict *a, const struct rb_policy_verdict *b);

/* Whether the RRsets from these on (+ 1; 0: there are none) are the same, in the same order. */
bool rb_policy_sets_same(const struct rb_policy *a, uint32_t first_a, const struct rb_policy *b,
			 uint32_t first_b);

/*
 * For clients of one class. NULL: there is no policy. An alias always differs, since its target is
 * decided elsewhere. So does a decision of the later policy for only some clients of the class, or
 * with a line in the log: it must not be stored. *ret_action: the later policy's.
 */
bool rb_policy_differ(const struct rb_policy *before, const struct rb_policy *after,
		      const struct rb_policy_question *question, uint8_t client_class,
		      enum rb_policy_action *ret_action);

#endif
