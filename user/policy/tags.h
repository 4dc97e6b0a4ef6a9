/* SPDX-License-Identifier: BSD-2-Clause */
/* The effect of tags: access-control-tag and similar directives. Contract as in decide.h. */
#ifndef RB_POLICY_TAGS_H
#define RB_POLICY_TAGS_H

#include "policy/verdict.h"

/* NULL: no class with that number. */
const struct rb_policy_class *rb_policy_class_at(const struct rb_policy *policy, uint8_t number);

/*
 * The type that an element with these tags and this type has for a client. *ret_tag: the tag that
 * both have; unchanged if there is none. of_client may be NULL.
 */
enum rb_zone_type rb_policy_tag_type(const struct rb_policy_class *of_client, uint64_t tags,
				     uint8_t type, int *ret_tag);

/* access-control-tag-data of a tag, which the client gets instead of the data. NULL: none. */
const struct rb_policy_rrset *rb_policy_tag_data(const struct rb_policy *policy,
						 uint8_t client_class, int tag, uint16_t qtype);

#endif
