/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of which local zones, local data and response policy zones say something else than
 * before. What is neither one of them nor below one is decided as before, but for blocklists.
 *
 * Thread: any. Errors: 0 or -errno.
 */
#ifndef RB_POLICY_CHANGED_H
#define RB_POLICY_CHANGED_H

#include "policy/names.h"

/*
 * Add them. *ret_triggers: some are triggers of response policy zones. -ENOTSUP: there are changes
 * that names do not tell, or the seeds differ.
 */
int rb_policy_changed_find(const struct rb_policy *before, const struct rb_policy *after,
			   struct rb_policy_names *names, bool *ret_triggers);

#endif
