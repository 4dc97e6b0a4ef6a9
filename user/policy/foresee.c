/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefetches what decisions will read. */
#include "policy/foresee.h"

#include "policy/listed.h"

/* Whether hashes of names are the same in both images. */
static bool feeds_are_alike(const struct rb_policy *policy, const struct rb_policy *feeds)
{
	return policy->header->seed == feeds->header->seed;
}

void rb_policy_foresee(const struct rb_policy *policy, const uint8_t *name, size_t len,
		       struct rb_policy_labels *ret_labels)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);

	rb_policy_labels_init(policy, name, len, ret_labels);
	if (feeds_are_alike(policy, &feeds))
		rb_policy_listed_foresee(&feeds, ret_labels);
}

void rb_policy_foresee_listed(const struct rb_policy *policy, const struct rb_policy_labels *labels)
{
	const struct rb_policy feeds = rb_policy_feeds(policy);
	struct rb_policy_run run;

	if (!feeds_are_alike(policy, &feeds))
		return;
	for (unsigned int depth = labels->count; depth; depth--) {
		if (!rb_policy_listed_find(&feeds, labels, depth, &run))
			continue;
		__builtin_prefetch(run.at);
		__builtin_prefetch(run.end - 1);
	}
}
