/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What two policies say otherwise, but for blocklists: the names of local zones, local data and
 * triggers, and the netblocks of response-ip and triggers. A question whose name is neither one of
 * the names nor below one is decided as before, and so is a response in which nothing is of these.
 *
 * Thread: any. Lifetime: starts as {0}; rb_policy_changes_free(). Errors: 0 or -errno.
 */
#ifndef RB_POLICY_CHANGED_H
#define RB_POLICY_CHANGED_H

#include "policy/blocks.h"
#include "policy/names.h"

struct rb_policy_changes {
	struct rb_policy_names names;
	struct rb_policy_blocks blocks; /* for addresses in responses */
	bool triggers;                  /* some names are triggers: targets of CNAMEs count, too */
	bool servers; /* responses that show a name server may be judged otherwise */
};

/* Add them. -ENOTSUP: there are changes that these do not tell, or the seeds differ. */
int rb_policy_changed_find(const struct rb_policy *before, const struct rb_policy *after,
			   struct rb_policy_changes *changes);

void rb_policy_changes_free(struct rb_policy_changes *changes);

#endif
