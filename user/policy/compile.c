/* SPDX-License-Identifier: BSD-2-Clause */
/* Local policy, compiled: zones first, then the implicit ones, then the data in them. */
#include "policy/compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/default_zones.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "policy/compile_parts.h"
#include "util/cleanup.h"
#include "util/fnv.h"

static const uint8_t *text_at(const struct rb_local *local, uint32_t offset)
{
	return local->bytes + offset;
}

int rb_compile_fault(struct rb_build *build, struct rb_local_origin origin, const char *why)
{
	build->fault.origin = origin;
	build->fault.why = why;
	return -EINVAL;
}

static bool is_redirect(uint8_t type)
{
	return type == RB_ZONE_REDIRECT || type == RB_ZONE_INFORM_REDIRECT;
}

/* Of two lines for one zone the later counts. */
static int zones_add(struct rb_build *build, const struct rb_local *local, uint8_t view)
{
	int err = 0;

	for (size_t i = local->zone_count; i-- > 0 && !err;) {
		const struct rb_local_zone *zone = &local->zones[i];
		uint32_t index;

		if (zone->view != view)
			continue;
		err = rb_build_zone(build, zone, text_at(local, zone->name), &index);
		if (err == -EEXIST)
			err = 0;
	}
	return err;
}

/* may_be_gone: a zone may have been removed at run time. */
static int overrides_add(struct rb_build *build, const struct rb_local *local, bool may_be_gone)
{
	int err = 0;

	/* The image keeps a zone's overrides together, so they are taken zone by zone. */
	for (size_t i = 0; i < local->override_count && !err; i++) {
		const struct rb_local_override *override = &local->overrides[i];
		uint32_t zone = rb_build_find_zone(
			build, 0, RB_CLASS_IN, text_at(local, override->name), override->name_len);

		if (zone == RB_BUILD_NONE && may_be_gone)
			continue;
		if (zone == RB_BUILD_NONE)
			return rb_compile_fault(build, override->origin,
						"there is no local-zone of this name");
		err = rb_build_override(build, zone, override);
	}
	return err;
}

/* --- default zones --- */

struct defaults {
	struct rb_build *build;
	const struct rb_local *local;
	uint8_t view;
};

static bool is_unwanted(const struct rb_local *local, uint8_t view, const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < local->nodefault_count; i++) {
		const struct rb_local_nodefault *one = &local->nodefaults[i];

		if (one->view == view &&
		    rb_name_equal(text_at(local, one->name), one->name_len, name, len))
			return true;
	}
	return false;
}

static const uint8_t localhost[] = "\x09localhost";

static int default_rr(struct rb_build *build, uint32_t zone, const uint8_t *owner, size_t owner_len,
		      uint16_t type, const void *rdata, size_t len)
{
	const struct rb_local_rr rr = {
		.ttl_s = RB_DEFAULT_TTL_S,
		.type = type,
		.qclass = RB_CLASS_IN,
		.rdata_len = (uint16_t)len,
		.owner_len = (uint8_t)owner_len,
	};

	return rb_build_rr(build, zone, &rr, owner, rdata);
}

/* The addresses of localhost, and the names of those addresses. */
static int localhost_data(struct rb_build *build, uint32_t zone, const char *text)
{
	static const uint8_t v4[] = {127, 0, 0, 1};
	static const uint8_t v6[16] = {[15] = 1};
	uint8_t name[RB_NAME_MAX];
	int len, err;

	if (!strcmp(text, "localhost.")) {
		err = default_rr(build, zone, localhost, sizeof(localhost), RB_TYPE_A, v4,
				 sizeof(v4));
		return err
			       ?: default_rr(build, zone, localhost, sizeof(localhost),
					     RB_TYPE_AAAA, v6, sizeof(v6));
	}
	if (!strcmp(text, "127.in-addr.arpa."))
		text = "1.0.0.127.in-addr.arpa.";
	else if (strncmp(text, "1.0.", 4) != 0)
		return 0;
	len = rb_name_from_text(text, name);
	return default_rr(build, zone, name, (size_t)len, RB_TYPE_PTR, localhost,
			  sizeof(localhost));
}

/* unblock-lan-zones speaks of the server clause's; any name under localhost is localhost. */
static int default_add(const struct rb_default_zone *one, void *context)
{
	static const uint8_t soa[] = "\x09localhost\0"
				     "\x06nobody\x07invalid\0"
				     "\0\0\0\x01"     /* serial */
				     "\0\0\x0e\x10"   /* refresh: 3600 */
				     "\0\0\x04\xb0"   /* retry: 1200 */
				     "\0\x09\x3a\x80" /* expire: 604800 */
				     "\0\0\x2a\x30";  /* minimum: 10800 */
	const struct defaults *defaults = context;
	struct rb_build *build = defaults->build;
	uint8_t name[RB_NAME_MAX];
	struct rb_local_zone zone = {
		.type = strcmp(one->name, "localhost.") ? RB_ZONE_STATIC : RB_ZONE_REDIRECT,
		.qclass = RB_CLASS_IN,
		.view = defaults->view,
	};
	uint32_t index;
	int len = rb_name_from_text(one->name, name), err;

	if (len < 0)
		return len;
	if ((one->lan && !defaults->view && defaults->local->unblock_lan_zones) ||
	    is_unwanted(defaults->local, defaults->view, name, (size_t)len))
		return 0;
	zone.name_len = (uint8_t)len;
	err = rb_build_zone(build, &zone, name, &index);
	if (err)
		return err == -EEXIST ? 0 : err;
	err = default_rr(build, index, name, (size_t)len, RB_TYPE_NS, localhost, sizeof(localhost));
	if (!err)
		err = default_rr(build, index, name, (size_t)len, RB_TYPE_SOA, soa,
				 sizeof(soa) - 1);
	return err ?: localhost_data(build, index, one->name);
}

/* --- data --- */

/* The zone of a record: a DS belongs to the zone above it. */
static uint32_t zone_of(const struct rb_build *build, const struct rb_local *local,
			const struct rb_local_rr *rr)
{
	const uint8_t *owner = text_at(local, rr->owner);
	size_t skip = rr->type == RB_TYPE_DS && rr->owner_len > 1 ? 1 + (size_t)owner[0] : 0;

	return rb_build_zone_above(build, rr->view, rr->qclass, owner + skip, rr->owner_len - skip);
}

/* The longest name that both are under. */
static void shared_top(const uint8_t **name, size_t *len, const uint8_t *other, size_t other_len)
{
	while (*name && *len > 1 && !rb_name_is_under(other, other_len, *name, *len)) {
		size_t label = 1 + (size_t) * *name;

		*name += label;
		*len -= label;
	}
}

/*
 * Data outside of all zones: the name above all of it becomes a zone of type transparent, as if the
 * file said so. One for each class of the view.
 */
static int implicit_add(struct rb_build *build, const struct rb_local *local, uint8_t view)
{
	for (;;) {
		struct rb_local_zone zone = {.type = RB_ZONE_TRANSPARENT, .view = view};
		const uint8_t *top = NULL; /* of top_len bytes */
		size_t top_len = 0;
		uint32_t index;
		int err;

		for (size_t i = 0; i < local->rr_count; i++) {
			const struct rb_local_rr *rr = &local->rrs[i];
			const uint8_t *owner = text_at(local, rr->owner);

			if (rr->view != view || (top && rr->qclass != zone.qclass) ||
			    zone_of(build, local, rr) != RB_BUILD_NONE)
				continue;
			if (!top || !top_len) {
				top = owner;
				top_len = rr->owner_len;
				zone.qclass = rr->qclass;
				zone.origin = rr->origin;
			}
			shared_top(&top, &top_len, owner, rr->owner_len);
		}
		if (!top)
			return 0;
		zone.name_len = (uint8_t)top_len;
		err = rb_build_zone(build, &zone, top, &index);
		/* A DS at the top of its own zone has none above it: give it to the root. */
		if (err == -EEXIST) {
			zone.name_len = 1;
			err = rb_build_zone(build, &zone, (const uint8_t *)"", &index);
		}
		if (err)
			return err;
	}
}

/* Data that comes at run time, outside of all zones, has one of its own name. */
static int own_zones_add(struct rb_build *build, const struct rb_local *local, uint8_t view)
{
	int err = 0;

	for (size_t i = 0; i < local->rr_count && (!err || err == -EEXIST); i++) {
		const struct rb_local_rr *rr = &local->rrs[i];
		const struct rb_local_zone zone = {
			.name_len = rr->owner_len,
			.type = RB_ZONE_TRANSPARENT,
			.view = view,
			.qclass = rr->qclass,
			.origin = rr->origin,
		};
		uint32_t index;

		if (rr->view == view && zone_of(build, local, rr) == RB_BUILD_NONE)
			err = rb_build_zone(build, &zone, text_at(local, rr->owner), &index);
	}
	return err == -EEXIST ? 0 : err;
}

/* Data of a redirect zone answers for every name in it, so it stands at the top, and a CNAME alone.
 */
static int redirect_check(struct rb_build *build, const struct rb_local *local,
			  const struct rb_local_rr *rr, uint32_t zone)
{
	const struct rb_policy_zone *at = &build->zones[zone];
	uint16_t first;

	if (!is_redirect(at->type))
		return 0;
	if (!rb_name_equal(text_at(local, rr->owner), rr->owner_len, build->bytes + at->name,
			   at->name_len))
		return rb_compile_fault(build, rr->origin,
					"data in a zone of type redirect must stand at its top");
	first = rb_build_first_type(build, zone, text_at(local, rr->owner), rr->owner_len);
	if (first && (rr->type == RB_TYPE_CNAME || first == RB_TYPE_CNAME))
		return rb_compile_fault(
			build, rr->origin,
			"a CNAME in a zone of type redirect must be its only record");
	return 0;
}

/* From the last line to the first, each in front of the others. */
static int data_add(struct rb_build *build, const struct rb_local *local, uint8_t view)
{
	int err = 0;

	for (size_t i = local->rr_count; i-- > 0 && !err;) {
		const struct rb_local_rr *rr = &local->rrs[i];
		uint32_t zone;

		if (rr->view != view)
			continue;
		zone = zone_of(build, local, rr);
		if (zone >= build->zone_count)
			return rb_compile_fault(build, rr->origin, "data outside of all zones");
		/* What was there before its zone became one of type redirect stays, without effect. */
		if (i >= local->kept_count)
			err = redirect_check(build, local, rr, zone);
		if (!err)
			err = rb_build_rr(build, zone, rr, text_at(local, rr->owner),
					  text_at(local, rr->rdata));
	}
	return err;
}

/* The server clause's zones (view 0), or those of a view, which has default zones of its own. */
static int scope_add(struct rb_build *build, const struct rb_local *lines,
		     const struct rb_local *local, uint8_t view)
{
	struct defaults defaults = {.build = build, .local = lines, .view = view};
	bool is_first = view && local->views[view - 1].first;
	int err = zones_add(build, lines, view);

	if (!err && !view)
		err = overrides_add(build, local, lines->is_complete);
	if (!err && lines->is_complete)
		err = own_zones_add(build, lines, view);
	if (!err && !lines->is_complete && !is_first)
		err = rb_default_zones(default_add, &defaults);
	if (!err && !lines->is_complete)
		err = implicit_add(build, lines, view);
	return err ?: data_add(build, lines, view);
}

static int clients_add(struct rb_build *build, const struct rb_local *local)
{
	const struct rb_local_class nobody = {0};
	int err = rb_build_class(build, &nobody);

	build->numbering = local->numbering;
	for (size_t i = 0; i < local->class_count && !err; i++)
		err = rb_build_class(build, &local->classes[i]);
	for (size_t i = local->tag_rr_count; i-- > 0 && !err;) {
		const struct rb_local_tag_rr *one = &local->tag_rrs[i];

		err = rb_build_tag_rr(build, one, text_at(local, one->rr.rdata));
	}
	return err;
}

/* Zones and data of lines, views and clients of local: the same, but for a change at run time. */
static int zones_compile(struct rb_build *build, const struct rb_local *lines,
			 const struct rb_local *local)
{
	int err = scope_add(build, lines, local, 0);

	for (size_t i = 0; i < local->view_count && !err; i++) {
		uint8_t view = (uint8_t)(i + 1);
		bool has_zones = rb_local_view_has_zones(lines, view);

		err = rb_build_view(build, local->views[i].first, has_zones);
		if (!err && has_zones)
			err = scope_add(build, lines, local, view);
	}
	err = err ?: clients_add(build, local);
	build->listed_at = (uint32_t)build->bytes_len;
	return err;
}

static int finish(struct rb_build *build, int err, struct rb_policy_compiled *ret_compiled,
		  struct rb_policy_fault *ret_fault)
{
	if (!err)
		err = rb_build_image(build, &ret_compiled->image, &ret_compiled->bytes);
	if (!err)
		ret_compiled->contents = build->contents;
	if (err == -EINVAL)
		*ret_fault = build->fault;
	return err;
}

int rb_policy_compile_zones(const struct rb_local *lines, const struct rb_local *local,
			    uint64_t seed, struct rb_policy_compiled *ret_compiled,
			    struct rb_policy_fault *ret_fault)
{
	_cleanup_(rb_build_free) struct rb_build build = {.seed = seed, .contents = RB_FNV_START};

	return finish(&build, zones_compile(&build, lines, local), ret_compiled, ret_fault);
}

int rb_policy_compile(const struct rb_local *local, uint64_t seed, const struct rb_policy_say *say,
		      struct rb_policy_compiled *ret_compiled, struct rb_policy_fault *ret_fault)
{
	_cleanup_(rb_build_free) struct rb_build build = {.seed = seed, .contents = RB_FNV_START};
	int err = zones_compile(&build, local, local);

	if (!err)
		err = rb_compile_responses(&build, local, say);
	if (!err)
		err = rb_compile_lists(&build, local, say);
	return finish(&build, err, ret_compiled, ret_fault);
}
