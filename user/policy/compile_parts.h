/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the compiler; for policy/compile*.c alone. */
#ifndef RB_POLICY_COMPILE_PARTS_H
#define RB_POLICY_COMPILE_PARTS_H

#include "policy/build.h"

/* After the views: response-ip, and the response policy zones with their files. */
int rb_compile_responses(struct rb_build *build, const struct rb_local *local,
			 const struct rb_policy_say *say);

int rb_compile_lists(struct rb_build *build, const struct rb_local *local,
		     const struct rb_policy_say *say);

/* -EINVAL, and why. */
int rb_compile_fault(struct rb_build *build, struct rb_local_origin origin, const char *why);

#endif
