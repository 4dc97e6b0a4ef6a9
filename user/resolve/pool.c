/* SPDX-License-Identifier: BSD-2-Clause */
/* Local policy, as the workers ask it when they store. */
#include "resolve/pool.h"

void rb_pool_use_policy(struct rb_pool *pool, const struct rb_policy_images *images,
			struct rb_policy_images *ret_former)
{
	struct rb_policy *next = &pool->policies[atomic_load(&pool->policy) == pool->policies];

	*ret_former = pool->images;
	pool->images = rb_policy_images_ref(images);
	if (!images->zones || rb_policy_open_images(images, next))
		next = NULL;
	atomic_store(&pool->policy, next);
}
