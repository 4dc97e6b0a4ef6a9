/* SPDX-License-Identifier: BSD-2-Clause */
/* A budget for what is new, and a memory for what comes again. */
#include "serve/admission.h"

#include "util/clock.h"

void rb_admission_foresee(const struct rb_admission *admission, uint64_t hash)
{
	__builtin_prefetch(&admission->asked[hash % RB_ADMISSION_PLACES]);
}

bool rb_admission_takes(struct rb_admission *admission, uint64_t hash, uint64_t now_ns)
{
	uint16_t *place = &admission->asked[hash % RB_ADMISSION_PLACES];
	uint16_t mark = (uint16_t)(hash >> 48) | 1;
	bool again = *place == mark;

	if (now_ns >= admission->renews_ns) {
		admission->renews_ns = now_ns + RB_NS_PER_S;
		admission->left = RB_ADMISSION_PER_SECOND;
	}
	*place = mark;
	if (again)
		return true;
	if (!admission->left)
		return false;
	admission->left--;
	return true;
}
