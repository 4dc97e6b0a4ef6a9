/* SPDX-License-Identifier: BSD-2-Clause */
/* What tags do: access-control-tag and its like. Contract as in decide.h. */
#ifndef RB_POLICY_TAGS_H
#define RB_POLICY_TAGS_H

#include "policy/verdict.h"

/* NULL: there is none of that number. */
const struct rb_policy_class *rb_policy_class_at(const struct rb_policy *policy, uint8_t number);

/*
 * What something with these tags, and of this type, is for a client; *ret_tag: the tag that both
 * have, untouched where there is none. of_client may be NULL.
 */
enum rb_zone_type rb_policy_tag_type(const struct rb_policy_class *of_client, uint64_t tags,
				     uint8_t type, int *ret_tag);

/* access-control-tag-data of a tag: what the client gets instead of data. NULL: none. */
const struct rb_policy_rrset *rb_policy_tag_data(const struct rb_policy *policy,
						 uint8_t client_class, int tag, uint16_t qtype);

#endif
