/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contents of a policy's blocklists, for display.
 *
 * Thread:   any. Lifetime: what is returned is valid as long as policy and configuration.
 */
#ifndef RB_POLICY_INVENTORY_H
#define RB_POLICY_INVENTORY_H

#include "config/config.h"
#include "policy/access.h"

#define RB_INVENTORY_LABEL 64

struct rb_inventory_list {
	const struct rb_policy_list *list;
	char label[RB_INVENTORY_LABEL]; /* its name, or its number from 1 on */
	const char *action;
	const char *file;
};

/* Describe a list of the configuration's policy. False: no list with that number. */
bool rb_inventory_list(const struct rb_config *config, uint32_t number,
		       struct rb_inventory_list *ret_list);

/* The same of its part for lists, which is open already. */
bool rb_inventory_list_of(const struct rb_config *config, const struct rb_policy *feeds,
			  uint32_t number, struct rb_inventory_list *ret_list);

#endif
