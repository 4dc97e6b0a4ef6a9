/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiles local policy into a policy image, as Unbound builds its zones: later lines for a zone
 * override earlier ones, default zones are added unless a line mentions them, and data outside of
 * all zones gets an implicit zone of type transparent.
 *
 * Thread: any; pure. Lifetime: the caller free()s the image. Errors: 0, -ENOMEM, -E2BIG;
 * -EINVAL with *ret_origin and *ret_why (a constant) if the source contradicts itself.
 */
#ifndef RB_POLICY_COMPILE_H
#define RB_POLICY_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/local.h"

struct rb_policy_fault {
	struct rb_local_origin origin;
	const char *why;
};

/* A function that is told what is ignored; it returns 0, or an error that ends the compilation. */
struct rb_policy_say {
	int (*say)(void *context, struct rb_local_origin origin, const char *text);
	void *context;
	bool is_start; /* nothing is in force: a fetched list that cannot be read is only said */
};

struct rb_policy_compiled {
	void *image;
	size_t bytes;
	uint32_t contents; /* a hash of the contents of the files that were read */
};

/*
 * Compile the zones and data of lines, and views, clients and overrides of local; without response
 * policy, response-ip, blocklists and files.
 */
int rb_policy_compile_zones(const struct rb_local *lines, const struct rb_local *local,
			    uint64_t seed, struct rb_policy_compiled *ret_compiled,
			    struct rb_policy_fault *ret_fault);

/* say NULL: do not report. */
int rb_policy_compile(const struct rb_local *local, uint64_t seed, const struct rb_policy_say *say,
		      struct rb_policy_compiled *ret_compiled, struct rb_policy_fault *ret_fault);

#endif
