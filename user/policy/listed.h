/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that are in blocklists, as the image has them: see struct rb_policy_bucket in image.h.
 * All lists share one table, so a name is looked for once, however many lists there are.
 *
 * Thread:   any.
 * Lifetime: what is found lives as long as the image.
 */
#ifndef RB_POLICY_LISTED_H
#define RB_POLICY_LISTED_H

#include "policy/access.h"

struct rb_policy_listed {
	uint32_t list; /* its number */
	uint32_t line;
	uint8_t name_len;
	bool lets_pass; /* the list blocks neither the name nor what is below it */
};

/* Entries that are still to be read. */
struct rb_policy_run {
	const uint8_t *at, *end;
};

/*
 * The names will be looked for soon: prefetch the memory for that while something else is decided.
 * It takes two or three cache lines out of some megabytes.
 */
void rb_policy_listed_foresee(const struct rb_policy *policy,
			      const struct rb_policy_labels *labels);

/* Begin to look for the name of depth labels; false: no list has it. */
bool rb_policy_listed_find(const struct rb_policy *policy, const struct rb_policy_labels *labels,
			   unsigned int depth, struct rb_policy_run *ret_run);

/* The next list that has the name, in the order of the lists. */
bool rb_policy_listed_next(const struct rb_policy *policy, const struct rb_policy_labels *labels,
			   unsigned int depth, struct rb_policy_run *run,
			   struct rb_policy_listed *ret_listed);

/* All names of all lists; *run starts as rb_policy_listed_all(). name: RB_NAME_MAX bytes. */
struct rb_policy_run rb_policy_listed_all(const struct rb_policy *policy);
bool rb_policy_listed_walk(const struct rb_policy *policy, struct rb_policy_run *run,
			   struct rb_policy_listed *ret_listed, uint8_t *name);

#endif
