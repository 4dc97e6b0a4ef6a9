/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiles local policy into a policy image, as Unbound builds its zones: later lines win over
 * earlier ones for a zone, default zones are added where nobody spoke of them, and data outside of
 * all zones gets an implicit one of type transparent.
 *
 * Thread: any; pure. Lifetime: the image is the caller's to free(). Errors: 0, -ENOMEM, -E2BIG;
 * -EINVAL with *ret_origin and *ret_why (a constant) where the source contradicts itself.
 */
#ifndef RB_POLICY_COMPILE_H
#define RB_POLICY_COMPILE_H

#include <stddef.h>
#include <stdint.h>

#include "config/local.h"

struct rb_policy_fault {
	struct rb_local_origin origin;
	const char *why;
};

/* Where what is ignored is said; 0, or what ends the compilation. */
struct rb_policy_say {
	int (*say)(void *context, struct rb_local_origin origin, const char *text);
	void *context;
};

struct rb_policy_compiled {
	void *image;
	size_t bytes;
	uint32_t contents; /* a hash of what the files say that were read */
};

/*
 * Without response policy, response-ip and blocklists, and without files to read: the zones and data
 * of lines, and views, clients and overrides of local.
 */
int rb_policy_compile_zones(const struct rb_local *lines, const struct rb_local *local,
			    uint64_t seed, struct rb_policy_compiled *ret_compiled,
			    struct rb_policy_fault *ret_fault);

/* say NULL: nobody wants to know. */
int rb_policy_compile(const struct rb_local *local, uint64_t seed, const struct rb_policy_say *say,
		      struct rb_policy_compiled *ret_compiled, struct rb_policy_fault *ret_fault);

#endif
