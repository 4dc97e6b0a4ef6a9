/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether two policies say different things of a question to clients of whom nothing is said, whose
 * answers are stored. Contract as in decide.h.
 */
#ifndef RB_POLICY_DIFFER_H
#define RB_POLICY_DIFFER_H

#include "policy/verdict.h"

/*
 * NULL: there is no policy. An alias differs: where it leads, others decide. So does what the later
 * policy says of some clients alone, or wants a line in the log for: it is not to be stored.
 * *ret_action: the later one's.
 */
bool rb_policy_differ(const struct rb_policy *before, const struct rb_policy *after,
		      const struct rb_policy_question *question, enum rb_policy_action *ret_action);

#endif
