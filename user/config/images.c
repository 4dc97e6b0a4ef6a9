/* SPDX-License-Identifier: BSD-2-Clause */
/* References to images. */
#include "config/images.h"

struct rb_policy_images rb_policy_images_ref(const struct rb_policy_images *images)
{
	struct rb_policy_images held = *images;

	rb_blob_ref(held.zones);
	rb_blob_ref(held.feeds);
	return held;
}

void rb_policy_images_unref(struct rb_policy_images *images)
{
	rb_blob_unref(images->zones);
	rb_blob_unref(images->feeds);
	*images = (struct rb_policy_images){0};
}
