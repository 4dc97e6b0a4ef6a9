/* SPDX-License-Identifier: BSD-2-Clause */
/* local-zone:, local-data: and their like, of the server clause and of views. */
#include "config/local_read.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/local.h"
#include "config/reader.h"
#include "config/record.h"
#include "dns/name.h"
#include "util/cleanup.h"

#define SHOWN_MAX 60 /* bytes of a wrong value, in a message */

struct rb_local_origin rb_local_origin(const struct rb_reader *reader)
{
	struct rb_local_origin origin = {.line = reader->location.line};

	for (size_t i = 0; i < reader->config->file_count; i++)
		if (!strcmp(reader->config->files[i], reader->location.file))
			origin.file = (uint16_t)i;
	return origin;
}

int rb_local_name(struct rb_reader *reader, const char *text, uint32_t *ret_offset,
		  uint8_t *ret_len)
{
	uint8_t name[RB_NAME_MAX];
	int len = rb_name_from_text(text, name);

	if (len < 0)
		return rb_config_error(reader->config, reader->location,
				       "expected a domain name, not '%.*s'", SHOWN_MAX, text);
	*ret_len = (uint8_t)len;
	return rb_local_put_name(&reader->config->local, name, (size_t)len, ret_offset);
}

int rb_handle_local_zone(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	struct rb_local *local = &reader->config->local;
	struct rb_local_zone zone = {
		.type = rb_zone_type_of(values[1].text),
		.view = reader->view,
		.qclass = RB_CLASS_IN,
		.origin = rb_local_origin(reader),
	};
	struct rb_local_nodefault nodefault = {.view = reader->view, .origin = zone.origin};
	int err;

	if (!strcmp(values[1].text, "nodefault")) {
		err = rb_local_name(reader, values[0].text, &nodefault.name, &nodefault.name_len);
		return err ?: rb_local_add_nodefault(local, &nodefault);
	}
	if (zone.type == RB_ZONE_NONE)
		return rb_config_error(
			reader->config, reader->location,
			"%s: expected static, deny, refuse, redirect, transparent, "
			"typetransparent, inform, inform_deny, inform_redirect, "
			"always_transparent, always_refuse, always_nxdomain, always_nodata, "
			"always_deny, always_null, block_a, block_aaaa, block_a_wdata, "
			"block_aaaa_wdata, noview or nodefault, not '%.*s'",
			directive->name, SHOWN_MAX, values[1].text);
	err = rb_local_name(reader, values[0].text, &zone.name, &zone.name_len);
	return err ?: rb_local_add_zone(local, &zone);
}

/* --- records --- */

int rb_local_put_record(struct rb_local *local, const struct rb_text_record *parsed,
			struct rb_local_rr *rr)
{
	int err;

	rr->type = parsed->type;
	rr->qclass = parsed->rr_class;
	rr->ttl_s = parsed->ttl_s;
	rr->owner_len = parsed->owner_len;
	rr->rdata_len = parsed->rdata_len;
	err = rb_local_put_name(local, parsed->owner, rr->owner_len, &rr->owner);
	return err ?: rb_local_put_bytes(local, parsed->rdata, rr->rdata_len, &rr->rdata);
}

int rb_local_record(struct rb_reader *reader, const char *directive, const char *text,
		    struct rb_local_rr *ret_rr, bool *ret_wrong)
{
	struct rb_text_record parsed;
	const char *wrong = NULL;
	int err = rb_record_parse(text, NULL, &parsed, &wrong);

	*ret_wrong = wrong;
	if (wrong)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a resource record, such as \"www.example. "
				       "3600 IN A 192.0.2.1\", not '%.*s' (%s)",
				       directive, SHOWN_MAX, text, wrong);
	if (!err && parsed.has_excess)
		err = rb_config_warn(reader->config, reader->location,
				     "%s: '%.*s': what stands behind the data is ignored",
				     directive, SHOWN_MAX, text);
	ret_rr->view = reader->view;
	ret_rr->origin = rb_local_origin(reader);
	return err ?: rb_local_put_record(&reader->config->local, &parsed, ret_rr);
}

int rb_handle_local_data(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	struct rb_local_rr rr = {0};
	bool wrong;
	int err = rb_local_record(reader, directive->name, values[0].text, &rr, &wrong);

	return err || wrong ? err : rb_local_add_rr(&reader->config->local, &rr);
}

/* The name under which an address is looked up backwards; false: it is none. */
static bool reverse_name(const char *ip, char *out, size_t room)
{
	uint8_t addr[sizeof(struct in6_addr)];
	size_t at = 0;

	if (inet_pton(AF_INET, ip, addr) == 1) {
		snprintf(out, room, "%u.%u.%u.%u.in-addr.arpa.", addr[3], addr[2], addr[1],
			 addr[0]);
		return true;
	}
	if (inet_pton(AF_INET6, ip, addr) != 1)
		return false;
	for (size_t i = sizeof(addr); i-- > 0;)
		at += (size_t)snprintf(out + at, room - at, "%x.%x.", addr[i] & 0xf, addr[i] >> 4);
	snprintf(out + at, room - at, "ip6.arpa.");
	return true;
}

/* "IP [TTL] name" */
int rb_handle_local_data_ptr(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	_cleanup_free_ char *copy = strdup(values[0].text), *line = NULL;
	char reverse[sizeof("ip6.arpa.") + 4 * sizeof(struct in6_addr)];
	struct rb_value record = {0};
	char *position, *ip, *ttl, *name;

	if (!copy)
		return -ENOMEM;
	ip = strtok_r(copy, " \t", &position);
	ttl = strtok_r(NULL, " \t", &position);
	name = strtok_r(NULL, " \t", &position);
	if (!ip || !ttl || !reverse_name(ip, reverse, sizeof(reverse)))
		return rb_config_error(reader->config, reader->location,
				       "%s: expected an address and a name, such as \"192.0.2.1 "
				       "host.example\", not '%.*s'",
				       directive->name, SHOWN_MAX, values[0].text);
	if (asprintf(&line, "%s %s IN PTR %s", reverse, name ? ttl : "3600", name ? name : ttl) <
	    0) {
		line = NULL;
		return -ENOMEM;
	}
	record.text = line;
	return rb_handle_local_data(reader, directive, &record);
}

/* --- tags --- */

int rb_handle_define_tag(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	_cleanup_free_ char *copy = strdup(values[0].text);
	struct rb_local *local = &reader->config->local;
	char *position, *word;

	if (!copy)
		return -ENOMEM;
	for (word = strtok_r(copy, " \t", &position); word;
	     word = strtok_r(NULL, " \t", &position)) {
		char *kept;
		int err;

		if (local->tag_count == RB_TAGS_MAX)
			return rb_config_error(reader->config, reader->location,
					       "%s: more than %d tags", directive->name,
					       RB_TAGS_MAX);
		kept = strdup(word);
		if (!kept)
			return -ENOMEM;
		err = rb_array_append(&local->tags, &local->tag_count, sizeof(kept), &kept);
		if (err) {
			free(kept);
			return err;
		}
	}
	return 0;
}

static uint64_t tag_of(const struct rb_local *local, const char *word)
{
	for (size_t i = 0; i < local->tag_count; i++)
		if (!strcmp(local->tags[i], word))
			return 1ULL << i;
	return 0;
}

int rb_local_tags(struct rb_reader *reader, const char *directive, const char *text,
		  uint64_t *ret_tags, bool *ret_wrong)
{
	_cleanup_free_ char *copy = strdup(text);
	uint64_t tags = 0;
	char *position, *word;

	*ret_wrong = false;
	if (!copy)
		return -ENOMEM;
	for (word = strtok_r(copy, " \t", &position); word;
	     word = strtok_r(NULL, " \t", &position)) {
		uint64_t tag = tag_of(&reader->config->local, word);

		if (!tag) {
			*ret_wrong = true;
			return rb_config_error(reader->config, reader->location,
					       "%s: unknown tag '%.*s'; define-tag: names tags, "
					       "above their use",
					       directive, SHOWN_MAX, word);
		}
		tags |= tag;
	}
	*ret_tags = tags;
	return 0;
}

/* The zone may stand further down. */
int rb_handle_local_zone_tag(struct rb_reader *reader, const struct rb_directive *directive,
			     const struct rb_value *values)
{
	struct rb_zone_tags kept = {.location = reader->location};
	bool wrong;
	int err = rb_local_tags(reader, directive->name, values[1].text, &kept.tags, &wrong);

	if (err || wrong)
		return err;
	err = rb_local_name(reader, values[0].text, &kept.name, &kept.name_len);
	return err
		       ?: rb_array_append(&reader->zone_tags, &reader->zone_tag_count, sizeof(kept),
					  &kept);
}

int rb_handle_local_zone_override(struct rb_reader *reader, const struct rb_directive *directive,
				  const struct rb_value *values)
{
	struct rb_local_override override = {
		.type = rb_zone_type_of(values[2].text),
		.origin = rb_local_origin(reader),
	};
	int err;

	if (override.type == RB_ZONE_NONE)
		return rb_config_error(reader->config, reader->location,
				       "%s: expected a type of local-zone:, not '%.*s'",
				       directive->name, SHOWN_MAX, values[2].text);
	if (!rb_value_netblock(values[1].text, override.addr, &override.prefix))
		return rb_config_error(reader->config, reader->location,
				       "%s: expected an address or netblock, not '%.*s'",
				       directive->name, SHOWN_MAX, values[1].text);
	err = rb_local_name(reader, values[0].text, &override.name, &override.name_len);
	return err ?: rb_local_add_override(&reader->config->local, &override);
}

/* --- views --- */

int rb_view_open(struct rb_reader *reader)
{
	struct rb_local_view view = {.origin = rb_local_origin(reader)};
	struct rb_local *local = &reader->config->local;
	int err = rb_local_add_view(local, &view);

	if (err == -E2BIG)
		return rb_config_error(reader->config, reader->location, "more than %d views",
				       RB_VIEWS_MAX);
	if (!err)
		reader->view = (uint8_t)local->view_count;
	return err;
}

int rb_view_close(struct rb_reader *reader)
{
	struct rb_local *local = &reader->config->local;
	const struct rb_local_view *view;
	struct rb_location location;

	if (!reader->view)
		return 0;
	view = &local->views[reader->view - 1];
	location =
		(struct rb_location){reader->config->files[view->origin.file], view->origin.line};
	reader->view = 0;
	if (!view->name)
		return rb_config_error(reader->config, location, "view: name: is missing");
	for (size_t i = 0; i + 1 < local->view_count; i++)
		if (local->views[i].name && !strcmp(local->views[i].name, view->name))
			return rb_config_error(reader->config, location,
					       "view: there is another one of the name '%s'",
					       view->name);
	return 0;
}

int rb_handle_view_name(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	struct rb_local_view *view;
	char *name = strdup(values[0].text);

	(void)directive;
	if (!name)
		return -ENOMEM;
	if (!reader->view) {
		free(name);
		return 0;
	}
	view = &reader->config->local.views[reader->view - 1];
	free(view->name);
	view->name = name;
	return 0;
}

int rb_handle_view_first(struct rb_reader *reader, const struct rb_directive *directive,
			 const struct rb_value *values)
{
	(void)directive;
	if (reader->view)
		rb_value_yesno(values[0].text,
			       &reader->config->local.views[reader->view - 1].first);
	return 0;
}

/* --- the end --- */

static int zone_tags_finish(struct rb_reader *reader, const struct rb_zone_tags *tags)
{
	struct rb_local *local = &reader->config->local;
	bool found = false;

	for (size_t i = 0; i < local->zone_count; i++) {
		struct rb_local_zone *zone = &local->zones[i];

		if (zone->view || !rb_name_equal(local->bytes + zone->name, zone->name_len,
						 local->bytes + tags->name, tags->name_len))
			continue;
		zone->tags |= tags->tags;
		found = true;
	}
	if (found)
		return 0;
	return rb_config_error(reader->config, tags->location,
			       "local-zone-tag: there is no local-zone of this name");
}

int rb_local_finish(struct rb_reader *reader)
{
	int err = 0;

	for (size_t i = 0; i < reader->zone_tag_count && !err; i++)
		err = zone_tags_finish(reader, &reader->zone_tags[i]);
	return err;
}

void rb_local_reader_free(struct rb_reader *reader)
{
	free(reader->zone_tags);
}
