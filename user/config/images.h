/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiled local policy: references to two images.
 *
 * Thread: any, each with its own references.
 */
#ifndef RB_CONFIG_IMAGES_H
#define RB_CONFIG_IMAGES_H

#include <stdint.h>

#include "config/local.h"
#include "util/blob.h"

struct rb_policy_images {
	struct rb_blob *zones; /* NULL: no policy */
	/*
	 * If zones comes from a change at run time, the image compiled from the files, for response
	 * policy, response-ip and blocklists; NULL: zones has everything.
	 */
	struct rb_blob *feeds;
	uint64_t rpzs_off[RB_RPZS_MAX / 64]; /* those that are turned off, a bit for each */
};

struct rb_policy_images rb_policy_images_ref(const struct rb_policy_images *images);
void rb_policy_images_unref(struct rb_policy_images *images);

#endif
