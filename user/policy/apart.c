/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks access-control rules. */
#include "policy/apart.h"

#include <string.h>

#include "util/array.h"

static bool is_inside(const struct rb_acl_rule *rule, const uint8_t addr[16], uint8_t prefix)
{
	uint8_t masked[16];

	if (rule->prefix < prefix)
		return false;
	memcpy(masked, rule->addr, sizeof(masked));
	rb_policy_mask(masked, prefix);
	return !memcmp(masked, addr, sizeof(masked));
}

static bool covers(const struct rb_acl_rule *rule, const uint8_t addr[16], uint8_t prefix)
{
	uint8_t masked[16];

	if (rule->prefix > prefix)
		return false;
	memcpy(masked, addr, sizeof(masked));
	rb_policy_mask(masked, rule->prefix);
	return !memcmp(masked, rule->addr, sizeof(masked));
}

/* A netblock's own rule, as what covers it says, the rules inside of it marked. */
static int net_mark(struct rb_config *config, const struct rb_policy_net *net)
{
	struct rb_acl_rule added = {
		.prefix = net->prefix, .action = RB_ACL_REFUSE, .apart = true, .open = true};
	int longest = -1;

	for (size_t i = 0; i < config->acl_count; i++) {
		struct rb_acl_rule *rule = &config->acl[i];

		if (is_inside(rule, net->addr, net->prefix))
			rule->apart = true;
		/* Of two rules for one netblock the later counts. */
		if (rule->prefix < longest || !covers(rule, net->addr, net->prefix))
			continue;
		longest = rule->prefix;
		added.action = rule->action;
		added.open = rule->open;
		added.client_class = rule->client_class;
	}
	if (longest == net->prefix)
		return 0;
	memcpy(added.addr, net->addr, sizeof(added.addr));
	return rb_array_append(&config->acl, &config->acl_count, sizeof(added), &added);
}

int rb_apart_mark(struct rb_config *config, const struct rb_policy *policy)
{
	uint32_t first = rb_policy_client_set(policy->header->views.count, 0);
	const struct rb_policy_net *net;
	int err = 0;

	for (size_t i = 0;
	     !err && (net = rb_policy_member(policy, policy->header->nets, i, sizeof(*net))); i++)
		if (net->set >= first && (net->set - first) % RB_POLICY_RPZ_SETS == 0)
			err = net_mark(config, net);
	return err;
}
