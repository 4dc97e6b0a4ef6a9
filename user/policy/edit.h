/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Change local policy: the zones and data of its image become lines again, with additions and
 * without removals, and are compiled.
 *
 * Thread: any; pure. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_POLICY_EDIT_H
#define RB_POLICY_EDIT_H

#include "config/images.h"
#include "config/local.h"
#include "policy/change.h"

struct rb_policy_edited {
	struct rb_local lines; /* zones and data */
	struct rb_policy_images images;
};

/*
 * Change zones and data. local: from the file, for views and clients. images: those in force. Sets
 * change->wrong. -ENOENT: no such view. -EINVAL: the data of a zone contradicts its new type.
 */
int rb_policy_edit(const struct rb_local *local, const struct rb_policy_images *images,
		   struct rb_policy_change *change, struct rb_policy_edited *ret_edited);

/* RB_POLICY_RPZ_ENABLE and _DISABLE, the same way. */
void rb_policy_switch(const struct rb_local *local, const struct rb_policy_images *images,
		      struct rb_policy_change *change, struct rb_policy_images *ret_images);

#endif
