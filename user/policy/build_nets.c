/* SPDX-License-Identifier: BSD-2-Clause */
/* Netblocks and response policy zones while a policy image grows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/build_parts.h"

int rb_build_net_sets(struct rb_build *build, size_t count)
{
	build->net_sets = calloc(count, sizeof(*build->net_sets));
	if (!build->net_sets)
		return -ENOMEM;
	build->net_set_count = count;
	return 0;
}

static uint64_t net_hash(const struct rb_build *build, uint32_t index)
{
	const struct rb_policy_net *net = &build->nets[index];

	return rb_policy_hash_in(rb_policy_hash_net(build->seed, net->addr, net->prefix), net->set);
}

static struct rb_policy_net *net_find(const struct rb_build *build, uint16_t set,
				      const uint8_t addr[16], uint8_t prefix)
{
	const struct rb_build_slots *table = &build->net_slots;
	uint64_t hash = rb_policy_hash_in(rb_policy_hash_net(build->seed, addr, prefix), set);

	if (!table->room)
		return NULL;
	for (uint32_t slot = rb_policy_slot_first(hash, table->room); table->slots[slot].index;
	     slot = slot + 1 < table->room ? slot + 1 : 0) {
		struct rb_policy_net *net = &build->nets[table->slots[slot].index - 1];

		if (net->set == set && net->prefix == prefix && !memcmp(net->addr, addr, 16))
			return net;
	}
	return NULL;
}

int rb_build_net(struct rb_build *build, uint16_t set, const uint8_t addr[16], uint8_t prefix,
		 struct rb_policy_net **ret_net)
{
	struct rb_policy_net added = {.set = set, .prefix = prefix};
	uint32_t index;
	int err;

	memcpy(added.addr, addr, sizeof(added.addr));
	rb_policy_mask(added.addr, prefix);
	*ret_net = net_find(build, set, added.addr, prefix);
	if (*ret_net)
		return 0;
	err = rb_build_slots_grow(build, &build->net_slots, net_hash);
	if (!err)
		err = rb_build_append(&build->nets, &build->net_count, sizeof(added), &added);
	if (err)
		return err;
	index = (uint32_t)build->net_count - 1;
	rb_build_slot_take(&build->net_slots, net_hash(build, index), index);
	build->net_slots.used++;
	build->net_sets[set].lengths[prefix / 64] |= 1ULL << prefix % 64;
	*ret_net = &build->nets[index];
	return 0;
}

int rb_build_rpz(struct rb_build *build, const struct rb_policy_rpz *rpz)
{
	return rb_build_append(&build->rpzs, &build->rpz_count, sizeof(*rpz), rpz);
}
