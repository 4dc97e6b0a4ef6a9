/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether verdicts are the same, and whether two policies say different things of a question to
 * clients whose answers are stored. Contract as in decide.h.
 */
#ifndef RB_POLICY_DIFFER_H
#define RB_POLICY_DIFFER_H

#include "policy/verdict.h"

/* For the client, wherever in the policy they come from. */
bool rb_policy_is_same(const struct rb_policy_verdict *a, const struct rb_policy_verdict *b);

/*
 * To clients of one class. NULL: there is no policy. An alias differs: where it leads, others decide. So does what the later
 * policy says of some clients alone, or wants a line in the log for: it is not to be stored.
 * *ret_action: the later one's.
 */
bool rb_policy_differ(const struct rb_policy *before, const struct rb_policy *after,
		      const struct rb_policy_question *question, uint8_t client_class,
		      enum rb_policy_action *ret_action);

#endif
