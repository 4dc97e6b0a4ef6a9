/* SPDX-License-Identifier: BSD-2-Clause */
/* Local zones and data, read from the policy image. */
#include "control/unbound/local.h"

#include <ldns/ldns.h>
#include <string.h>

#include "dns/name.h"
#include "policy/decide.h"
#include "util/blob.h"
#include "util/cleanup.h"

unsigned int rb_local_view_find(const struct rb_config *config, const char *name)
{
	for (size_t i = 0; i < config->local.view_count; i++)
		if (!strcmp(config->local.views[i].name, name))
			return (unsigned int)i + 1;
	return 0;
}

static const void *members(const struct rb_policy *policy, struct rb_policy_span span)
{
	return policy->image + span.offset;
}

static bool policy_of(const struct rb_config *config, struct rb_policy *ret_policy)
{
	return config->policy.zones && !rb_policy_open_images(&config->policy, ret_policy);
}

void rb_local_print_zones(const struct rb_config *config, unsigned int view, FILE *out)
{
	const struct rb_policy_zone *zones;
	char name[RB_NAME_TEXT_MAX];
	const uint8_t *bytes;
	struct rb_policy policy;

	if (!policy_of(config, &policy))
		return;
	zones = members(&policy, policy.header->zones);
	bytes = members(&policy, policy.header->bytes_of);
	for (uint32_t i = 0; i < policy.header->zones.count; i++) {
		if (zones[i].view != view)
			continue;
		rb_name_to_text(bytes + zones[i].name, zones[i].name_len, name);
		fprintf(out, "%s %s\n", name, rb_zone_type_name(zones[i].type));
	}
}

/* Print one record, with ldns. */
static void record_print(const char *owner, uint16_t type, uint16_t qclass,
			 const struct rb_policy_record *record, FILE *out)
{
	_cleanup_free_ char *text = NULL;
	uint8_t wire[1 + 10 + UINT16_MAX] = {0}; /* the root owns it */
	size_t at = 0;
	ldns_rr *rr = NULL;
	char *data;

	ldns_write_uint16(wire + 1, type);
	ldns_write_uint16(wire + 3, qclass);
	ldns_write_uint32(wire + 5, record->ttl_s);
	ldns_write_uint16(wire + 9, record->rdata_len);
	memcpy(wire + 11, record->rdata, record->rdata_len);
	if (ldns_wire2rr(&rr, wire, 11 + (size_t)record->rdata_len, &at, LDNS_SECTION_ANSWER) !=
	    LDNS_STATUS_OK)
		return;
	text = ldns_rr2str(rr);
	ldns_rr_free(rr);
	/* ".<tab>TTL...": the name is put in place of the root's dot. */
	data = text && *text == '.' ? text + 1 : NULL;
	if (data)
		fprintf(out, "%s%s", owner, data);
}

static void rrset_print(const struct rb_policy *policy, const struct rb_policy_rrset *rrset,
			const char *owner, uint16_t qclass, FILE *out)
{
	struct rb_policy_records records = {0};
	struct rb_policy_record record;
	size_t at = 0;

	rb_policy_take(policy, rrset, &records);
	while (rb_policy_next(&records, &at, &record))
		record_print(owner, rrset->type, qclass, &record, out);
}

void rb_local_print_data(const struct rb_config *config, unsigned int view, FILE *out)
{
	const struct rb_policy_rrset *rrsets;
	const struct rb_policy_node *nodes;
	const struct rb_policy_zone *zones;
	char name[RB_NAME_TEXT_MAX];
	const uint8_t *bytes;
	struct rb_policy policy;

	if (!policy_of(config, &policy))
		return;
	zones = members(&policy, policy.header->zones);
	nodes = members(&policy, policy.header->nodes);
	rrsets = members(&policy, policy.header->rrsets);
	bytes = members(&policy, policy.header->bytes_of);
	for (uint32_t i = 0; i < policy.header->nodes.count; i++) {
		/* Triggers of response policy zones are not data. */
		if (nodes[i].zone & RB_POLICY_RPZ_SCOPE || zones[nodes[i].zone].view != view)
			continue;
		rb_name_to_text(bytes + nodes[i].name, nodes[i].name_len, name);
		for (uint32_t at = nodes[i].rrset; at; at = rrsets[at - 1].next)
			rrset_print(&policy, &rrsets[at - 1], name, zones[nodes[i].zone].qclass,
				    out);
	}
}
