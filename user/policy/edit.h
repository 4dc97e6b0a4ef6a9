/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy with a change: what its image has of zones and data becomes lines again, with what is
 * to come and without what is to go, and these are compiled.
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
 * Zones and data. local: as the file has it, for views and clients. images: in force. Sets
 * change->wrong. -ENOENT: there is no such view. -EINVAL: the data of a zone contradicts the type
 * that it is to have.
 */
int rb_policy_edit(const struct rb_local *local, const struct rb_policy_images *images,
		   struct rb_policy_change *change, struct rb_policy_edited *ret_edited);

/* RB_POLICY_RPZ_ENABLE and _DISABLE, the same way. */
void rb_policy_switch(const struct rb_local *local, const struct rb_policy_images *images,
		      struct rb_policy_change *change, struct rb_policy_images *ret_images);

#endif
