/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a decision about a name will read is fetched before it is made, in two steps with something
 * else between them: the second reads what the first asks for.
 *
 * Thread: any. Only speed depends on it.
 */
#ifndef RB_POLICY_FORESEE_H
#define RB_POLICY_FORESEE_H

#include "policy/access.h"

/* name: well-formed, in lower case; must outlive *ret_labels. */
void rb_policy_foresee(const struct rb_policy *policy, const uint8_t *name, size_t len,
		       struct rb_policy_labels *ret_labels);
void rb_policy_foresee_listed(const struct rb_policy *policy,
			      const struct rb_policy_labels *labels);

#endif
