/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the compiler; only for policy/compile*.c. */
#ifndef RB_POLICY_COMPILE_PARTS_H
#define RB_POLICY_COMPILE_PARTS_H

#include "policy/build.h"

/* Call it after the views: it adds response-ip, and the response policy zones with their files. */
int rb_compile_responses(struct rb_build *build, const struct rb_local *local,
			 const struct rb_policy_say *say);

int rb_compile_lists(struct rb_build *build, const struct rb_local *local,
		     const struct rb_policy_say *say);

/* Returns -EINVAL, and records why. */
int rb_compile_fault(struct rb_build *build, struct rb_local_origin origin, const char *why);

#endif
