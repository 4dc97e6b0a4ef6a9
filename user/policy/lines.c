/* SPDX-License-Identifier: BSD-2-Clause */
/* From an image back to lines. */
#include "policy/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rb_policy_less_new(const struct rb_policy *policy, struct rb_policy_less *ret_less)
{
	const struct rb_policy_header *header = policy->header;

	ret_less->zones = calloc(header->zones.count + 1UL, sizeof(*ret_less->zones));
	ret_less->types = calloc(header->zones.count + 1UL, sizeof(*ret_less->types));
	ret_less->nodes = calloc(header->nodes.count + 1UL, sizeof(*ret_less->nodes));
	return ret_less->zones && ret_less->types && ret_less->nodes ? 0 : -ENOMEM;
}

void rb_policy_less_free(struct rb_policy_less *less)
{
	free(less->zones);
	free(less->types);
	free(less->nodes);
	*less = (struct rb_policy_less){0};
}

static int zone_put(const struct rb_policy *policy, const struct rb_policy_less *less,
		    uint32_t number, struct rb_local *local)
{
	const struct rb_policy_zone *zone = rb_policy_zone_at(policy, number);
	const struct rb_policy_detail *detail = rb_policy_detail_of(policy, zone);
	const uint8_t *name = rb_policy_bytes(policy, zone->name, zone->name_len);
	struct rb_local_zone line = {
		.name_len = zone->name_len,
		.type = less->types[number] ?: zone->type,
		.view = zone->view,
		.qclass = zone->qclass,
		.tags = detail ? detail->tags : 0,
		.origin = {zone->line, zone->file},
	};
	int err = name ? rb_local_put_name(local, name, zone->name_len, &line.name) : -EBADMSG;

	return err ?: rb_local_add_zone(local, &line);
}

/* line: as all records of the name have it. */
static int set_put(const struct rb_policy *policy, const struct rb_policy_rrset *set,
		   struct rb_local_rr line, struct rb_local *local)
{
	struct rb_policy_records records = {0};
	struct rb_policy_record record;
	size_t at = 0;
	int err = 0;

	rb_policy_take(policy, set, &records);
	line.type = set->type;
	while (!err && rb_policy_next(&records, &at, &record)) {
		line.ttl_s = record.ttl_s;
		line.rdata_len = record.rdata_len;
		line.origin = (struct rb_local_origin){record.line, record.file};
		err = rb_local_put_bytes(local, record.rdata, record.rdata_len, &line.rdata);
		if (!err)
			err = rb_local_add_rr(local, &line);
	}
	return err;
}

static int node_put(const struct rb_policy *policy, const struct rb_policy_node *node, uint8_t gone,
		    struct rb_local *local)
{
	const struct rb_policy_zone *zone = rb_policy_zone_at(policy, node->zone);
	const uint8_t *name = rb_policy_bytes(policy, node->name, node->name_len);
	struct rb_local_rr line = {.owner_len = node->name_len};
	const struct rb_policy_rrset *set;
	int err;

	if (!zone || !name)
		return -EBADMSG;
	line.view = zone->view;
	line.qclass = zone->qclass;
	err = rb_local_put_name(local, name, node->name_len, &line.owner);
	for (uint32_t at = node->rrset; at && !err; at = set->next) {
		set = rb_policy_rrset_at(policy, at - 1);
		if (!set || set->next >= at)
			return set ? set_put(policy, set, line, local) : -EBADMSG;
		if (!(gone & RB_POLICY_GONE_DS && set->type == RB_TYPE_DS))
			err = set_put(policy, set, line, local);
	}
	return err;
}

int rb_policy_lines(const struct rb_policy *policy, const struct rb_policy_less *less,
		    struct rb_local *local)
{
	const struct rb_policy_header *header = policy->header;
	int err = 0;

	local->is_complete = true;
	for (uint32_t i = 0; i < header->zones.count && !err; i++)
		if (!less->zones[i])
			err = zone_put(policy, less, i, local);
	for (uint32_t i = 0; i < header->nodes.count && !err; i++) {
		const struct rb_policy_node *node =
			rb_policy_member(policy, header->nodes, i, sizeof(*node));

		if (!node->rrset || node->zone & RB_POLICY_RPZ_SCOPE ||
		    less->nodes[i] & RB_POLICY_GONE)
			continue;
		if (node->zone < header->zones.count && !less->zones[node->zone])
			err = node_put(policy, node, less->nodes[i], local);
	}
	local->kept_count = local->rr_count;
	return err;
}
