/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy as it is compiled: two images, of which references are held.
 *
 * Thread: any, each with references of its own.
 */
#ifndef RB_CONFIG_IMAGES_H
#define RB_CONFIG_IMAGES_H

#include <stdint.h>

#include "config/local.h"
#include "util/blob.h"

struct rb_policy_images {
	struct rb_blob *zones; /* NULL: there is no policy */
	/*
	 * Where zones is of a change at run time: the one that was compiled from the files, for
	 * response policy, response-ip and blocklists; NULL: all of it is in zones.
	 */
	struct rb_blob *feeds;
	uint64_t rpzs_off[RB_RPZS_MAX / 64]; /* those that are switched off, a bit for each */
};

struct rb_policy_images rb_policy_images_ref(const struct rb_policy_images *images);
void rb_policy_images_unref(struct rb_policy_images *images);

#endif
