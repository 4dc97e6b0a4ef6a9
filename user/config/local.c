/* SPDX-License-Identifier: BSD-2-Clause */
/* Local policy, kept as it is read. */
#include "config/local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "util/array.h"
#include "util/cleanup.h"

static const char *const type_names[RB_ZONE_TYPES] = {
	[RB_ZONE_DENY] = "deny",
	[RB_ZONE_REFUSE] = "refuse",
	[RB_ZONE_STATIC] = "static",
	[RB_ZONE_TRANSPARENT] = "transparent",
	[RB_ZONE_REDIRECT] = "redirect",
	[RB_ZONE_TYPETRANSPARENT] = "typetransparent",
	[RB_ZONE_INFORM] = "inform",
	[RB_ZONE_INFORM_DENY] = "inform_deny",
	[RB_ZONE_INFORM_REDIRECT] = "inform_redirect",
	[RB_ZONE_ALWAYS_TRANSPARENT] = "always_transparent",
	[RB_ZONE_BLOCK_A] = "block_a",
	[RB_ZONE_BLOCK_AAAA] = "block_aaaa",
	[RB_ZONE_BLOCK_A_WDATA] = "block_a_wdata",
	[RB_ZONE_BLOCK_AAAA_WDATA] = "block_aaaa_wdata",
	[RB_ZONE_ALWAYS_REFUSE] = "always_refuse",
	[RB_ZONE_ALWAYS_NXDOMAIN] = "always_nxdomain",
	[RB_ZONE_ALWAYS_NODATA] = "always_nodata",
	[RB_ZONE_ALWAYS_DENY] = "always_deny",
	[RB_ZONE_ALWAYS_NULL] = "always_null",
	[RB_ZONE_NOVIEW] = "noview",
};

enum rb_zone_type rb_zone_type_of(const char *text)
{
	for (int type = 0; type < RB_ZONE_TYPES; type++)
		if (type_names[type] && !strcmp(type_names[type], text))
			return (enum rb_zone_type)type;
	return RB_ZONE_NONE;
}

const char *rb_zone_type_name(enum rb_zone_type type)
{
	return type < RB_ZONE_TYPES && type_names[type] ? type_names[type] : "none";
}

static const char *const rpz_names[RB_RPZ_ACTIONS] = {
	[RB_RPZ_NONE] = "no-override",  [RB_RPZ_NXDOMAIN] = "nxdomain",
	[RB_RPZ_NODATA] = "nodata",     [RB_RPZ_PASSTHRU] = "passthru",
	[RB_RPZ_DROP] = "drop",         [RB_RPZ_TCP_ONLY] = "tcp-only",
	[RB_RPZ_DATA] = "local-data",   [RB_RPZ_CNAME] = "cname",
	[RB_RPZ_DISABLED] = "disabled",
};

enum rb_rpz_action rb_rpz_action_of(const char *text)
{
	static const enum rb_rpz_action overrides[] = {
		RB_RPZ_NXDOMAIN, RB_RPZ_NODATA, RB_RPZ_PASSTHRU,
		RB_RPZ_DROP,     RB_RPZ_CNAME,  RB_RPZ_DISABLED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(overrides); i++)
		if (!strcmp(rpz_names[overrides[i]], text))
			return overrides[i];
	return RB_RPZ_NONE;
}

const char *rb_rpz_action_name(enum rb_rpz_action action)
{
	if (action == RB_RPZ_CNAME)
		return "cname-override";
	return action < RB_RPZ_ACTIONS ? rpz_names[action] : rpz_names[RB_RPZ_NONE];
}

static const char *const list_action_names[RB_LIST_ACTIONS] = {
	[RB_LIST_NXDOMAIN] = "nxdomain",  [RB_LIST_NODATA] = "nodata",
	[RB_LIST_NULL] = "null",          [RB_LIST_REFUSE] = "refuse",
	[RB_LIST_ADDRESS] = "an address", [RB_LIST_ALLOW] = "allow",
};

enum rb_list_action rb_list_action_of(const char *text)
{
	int action = 0;

	while (action < RB_LIST_ACTIONS && strcmp(list_action_names[action], text) != 0)
		action++;
	return (enum rb_list_action)action;
}

const char *rb_list_action_name(enum rb_list_action action)
{
	return action < RB_LIST_ACTIONS ? list_action_names[action] : "?";
}

enum rb_list_format rb_list_format_of(const char *text)
{
	static const char *const names[RB_LIST_FORMATS] = {
		[RB_LIST_AUTO] = "auto",       [RB_LIST_HOSTS] = "hosts",
		[RB_LIST_DOMAINS] = "domains", [RB_LIST_ADBLOCK] = "adblock",
		[RB_LIST_RPZ] = "rpz",
	};
	int format = 0;

	while (format < RB_LIST_FORMATS && strcmp(names[format], text) != 0)
		format++;
	return (enum rb_list_format)format;
}

void rb_local_free(struct rb_local *local)
{
	for (size_t i = 0; i < local->view_count; i++)
		free(local->views[i].name);
	for (size_t i = 0; i < local->tag_count; i++)
		free(local->tags[i]);
	free(local->tags);
	free(local->bytes);
	free(local->zones);
	free(local->rrs);
	free(local->overrides);
	free(local->nodefaults);
	free(local->views);
	free(local->classes);
	free(local->tag_rrs);
	for (size_t i = 0; i < local->rpz_count; i++) {
		free(local->rpzs[i].file);
		free(local->rpzs[i].base);
		free(local->rpzs[i].log_name);
	}
	for (size_t i = 0; i < local->list_count; i++) {
		free(local->lists[i].file);
		free(local->lists[i].name);
		free(local->lists[i].url);
	}
	free(local->lists);
	free(local->rpzs);
	free(local->nets);
	free(local->net_rrs);
	memset(local, 0, sizeof(*local));
}

int rb_local_put_bytes(struct rb_local *local, const void *bytes, size_t len, uint32_t *ret_offset)
{
	if (len > UINT32_MAX - local->bytes_len)
		return -E2BIG;
	if (local->bytes_len + len > local->bytes_room) {
		size_t room = (local->bytes_len + len) * 2 + 1024;
		uint8_t *larger = realloc(local->bytes, room);

		if (!larger)
			return -ENOMEM;
		local->bytes = larger;
		local->bytes_room = room;
	}
	if (len)
		memcpy(local->bytes + local->bytes_len, bytes, len);
	*ret_offset = (uint32_t)local->bytes_len;
	local->bytes_len += len;
	return 0;
}

int rb_local_put_name(struct rb_local *local, const uint8_t *name, size_t len, uint32_t *ret_offset)
{
	uint8_t lower[RB_NAME_MAX];

	if (len > sizeof(lower))
		return -EINVAL;
	rb_name_lower(name, len, lower);
	return rb_local_put_bytes(local, lower, len, ret_offset);
}

int rb_local_add_zone(struct rb_local *local, const struct rb_local_zone *zone)
{
	return rb_array_append(&local->zones, &local->zone_count, sizeof(*zone), zone);
}

int rb_local_add_rr(struct rb_local *local, const struct rb_local_rr *rr)
{
	return rb_array_append(&local->rrs, &local->rr_count, sizeof(*rr), rr);
}

int rb_local_add_override(struct rb_local *local, const struct rb_local_override *override)
{
	return rb_array_append(&local->overrides, &local->override_count, sizeof(*override),
			       override);
}

int rb_local_add_nodefault(struct rb_local *local, const struct rb_local_nodefault *nodefault)
{
	return rb_array_append(&local->nodefaults, &local->nodefault_count, sizeof(*nodefault),
			       nodefault);
}

int rb_local_add_view(struct rb_local *local, const struct rb_local_view *view)
{
	if (local->view_count >= RB_VIEWS_MAX)
		return -E2BIG;
	return rb_array_append(&local->views, &local->view_count, sizeof(*view), view);
}

int rb_local_add_class(struct rb_local *local, const struct rb_local_class *one)
{
	if (local->class_count >= RB_CLIENT_CLASSES_MAX - 1)
		return -E2BIG;
	return rb_array_append(&local->classes, &local->class_count, sizeof(*one), one);
}

int rb_local_add_tag_rr(struct rb_local *local, const struct rb_local_tag_rr *tag_rr)
{
	return rb_array_append(&local->tag_rrs, &local->tag_rr_count, sizeof(*tag_rr), tag_rr);
}

int rb_local_add_net(struct rb_local *local, const struct rb_local_net *net)
{
	return rb_array_append(&local->nets, &local->net_count, sizeof(*net), net);
}

int rb_local_add_net_rr(struct rb_local *local, const struct rb_local_net_rr *net_rr)
{
	return rb_array_append(&local->net_rrs, &local->net_rr_count, sizeof(*net_rr), net_rr);
}

int rb_local_add_list(struct rb_local *local, const struct rb_local_list *list)
{
	if (local->list_count >= RB_LISTS_MAX)
		return -E2BIG;
	return rb_array_append(&local->lists, &local->list_count, sizeof(*list), list);
}

int rb_local_add_rpz(struct rb_local *local, const struct rb_local_rpz *rpz)
{
	if (local->rpz_count >= RB_RPZS_MAX)
		return -E2BIG;
	return rb_array_append(&local->rpzs, &local->rpz_count, sizeof(*rpz), rpz);
}

/* --- what it says, as a number --- */

static uint32_t mix(uint32_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619u; /* FNV-1a */
	return hash;
}

static uint32_t mix_number(uint32_t hash, uint64_t number)
{
	return mix(hash, &number, sizeof(number));
}

static uint32_t mix_zone(const struct rb_local *local, uint32_t hash,
			 const struct rb_local_zone *zone)
{
	hash = mix(hash, local->bytes + zone->name, zone->name_len);
	hash = mix_number(hash,
			  (uint64_t)zone->view << 32 | (uint32_t)zone->qclass << 8 | zone->type);
	return mix_number(hash, zone->tags);
}

static uint32_t mix_rr(const struct rb_local *local, uint32_t hash, const struct rb_local_rr *rr)
{
	hash = mix(hash, local->bytes + rr->owner, rr->owner_len);
	hash = mix(hash, local->bytes + rr->rdata, rr->rdata_len);
	hash = mix_number(hash, rr->ttl_s);
	return mix_number(hash, (uint64_t)rr->view << 32 | (uint32_t)rr->type << 16 | rr->qclass);
}

static uint32_t mix_responses(const struct rb_local *local, uint32_t hash)
{
	for (size_t i = 0; i < local->net_count; i++) {
		const struct rb_local_net *net = &local->nets[i];

		hash = mix(hash, net->addr, sizeof(net->addr));
		hash = mix_number(hash, (uint64_t)net->prefix << 16 | net->type << 8 | net->view);
		hash = mix_number(hash, net->tags);
	}
	for (size_t i = 0; i < local->net_rr_count; i++) {
		const struct rb_local_net_rr *one = &local->net_rrs[i];

		hash = mix(hash, one->addr, sizeof(one->addr));
		hash = mix_rr(local, mix_number(hash, one->prefix), &one->rr);
	}
	/* What their files say is in contents. */
	for (size_t i = 0; i < local->rpz_count; i++) {
		const struct rb_local_rpz *rpz = &local->rpzs[i];

		hash = mix(hash, local->bytes + rpz->name, rpz->name_len);
		hash = mix(hash, local->bytes + rpz->cname, rpz->cname_len);
		hash = mix_number(hash,
				  (uint64_t)rpz->override << 2 | rpz->log << 1 | rpz->signal_ra);
		hash = mix_number(hash, rpz->tags);
	}
	for (size_t i = 0; i < local->list_count; i++) {
		const struct rb_local_list *list = &local->lists[i];

		hash = mix_number(hash, (uint32_t)list->action << 8 | list->format);
		hash = mix(hash, list->addr4, sizeof(list->addr4));
		hash = mix(hash, list->addr16, sizeof(list->addr16));
		hash = mix_number(hash, list->tags);
	}
	return hash;
}

uint32_t rb_local_hash(const struct rb_local *local, uint32_t hash)
{
	for (size_t i = 0; i < local->zone_count; i++)
		hash = mix_zone(local, hash, &local->zones[i]);
	for (size_t i = 0; i < local->rr_count; i++)
		hash = mix_rr(local, hash, &local->rrs[i]);
	for (size_t i = 0; i < local->override_count; i++) {
		const struct rb_local_override *one = &local->overrides[i];

		hash = mix(hash, local->bytes + one->name, one->name_len);
		hash = mix(hash, one->addr, sizeof(one->addr));
		hash = mix_number(hash, (uint32_t)one->prefix << 8 | one->type);
	}
	for (size_t i = 0; i < local->nodefault_count; i++) {
		const struct rb_local_nodefault *one = &local->nodefaults[i];

		hash = mix(hash, local->bytes + one->name, one->name_len);
		hash = mix_number(hash, one->view);
	}
	hash = mix_number(mix_responses(local, hash), local->contents);
	return mix_number(hash, local->unblock_lan_zones);
}

bool rb_local_view_has_zones(const struct rb_local *local, uint8_t view)
{
	for (size_t i = 0; i < local->zone_count; i++)
		if (local->zones[i].view == view)
			return true;
	for (size_t i = 0; i < local->rr_count; i++)
		if (local->rrs[i].view == view)
			return true;
	return false;
}
