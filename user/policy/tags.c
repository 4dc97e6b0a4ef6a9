/* SPDX-License-Identifier: BSD-2-Clause */
/* Client classes and their tags. */
#include "policy/tags.h"

const struct rb_policy_class *rb_policy_class_at(const struct rb_policy *policy, uint8_t number)
{
	return rb_policy_member(policy, policy->header->classes, number,
				sizeof(struct rb_policy_class));
}

enum rb_zone_type rb_policy_tag_type(const struct rb_policy_class *of_client, uint64_t tags,
				     uint8_t type, int *ret_tag)
{
	uint64_t shared = of_client ? tags & of_client->tags : 0;

	if (!shared)
		return type;
	/* Of several the first that define-tag names, even if nothing is said of it. */
	*ret_tag = __builtin_ctzll(shared);
	return of_client->actions[*ret_tag] ?: type;
}

const struct rb_policy_rrset *rb_policy_tag_data(const struct rb_policy *policy,
						 uint8_t client_class, int tag, uint16_t qtype)
{
	for (size_t i = 0; tag >= 0; i++) {
		const struct rb_policy_tag_data *data =
			rb_policy_member(policy, policy->header->tag_data, i, sizeof(*data));

		if (!data)
			break;
		if (data->client_class == client_class && data->tag == tag)
			return rb_policy_set_find(policy, data->rrset, qtype);
	}
	return NULL;
}
