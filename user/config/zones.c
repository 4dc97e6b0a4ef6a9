/* SPDX-License-Identifier: BSD-2-Clause */
/* The clauses that open once per zone: forward-zone:, stub-zone: and auth-zone:. */
#include "config/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/handlers.h"
#include "config/transfer_read.h"
#include "dns/name.h"
#include "util/array.h"

int rb_zone_open(struct rb_reader *reader)
{
	struct rb_zone zone = {.clause = reader->clause, .location = reader->location};

	if (zone.clause->kind == RB_CLAUSE_SERVER || zone.clause->kind == RB_CLAUSE_OTHER)
		return 0;
	rb_transfer_begin(reader);
	return rb_lines_open(&reader->zone_lines)
		       ?: rb_array_append(&reader->zones, &reader->zone_count, sizeof(zone), &zone);
}

static struct rb_zone *current(struct rb_reader *reader)
{
	return &reader->zones[reader->zone_count - 1];
}

/* libunbound reads it from its file, which is here when it has been transferred. */
static int auth_check(struct rb_reader *reader, struct rb_zone *zone)
{
	int err = rb_transfer_end(reader, zone->name.text, zone->zonefile, false, &zone->transfer);

	if (err || zone->transfer || zone->zonefile)
		return err;
	return rb_config_error(reader->config, zone->location,
			       "auth-zone: zonefile:, primary: or url: is missing");
}

int rb_zone_close(struct rb_reader *reader)
{
	struct rb_zone *zone;
	int err;

	if (!reader->zone_lines.stream)
		return 0;
	err = rb_lines_close(&reader->zone_lines);
	if (err)
		return err;
	zone = current(reader);
	zone->lines = reader->zone_lines;
	reader->zone_lines = (struct rb_lines){0};
	if (!zone->name.text)
		return rb_config_error(reader->config, zone->location, "%s: name: is missing",
				       zone->clause->name);
	return zone->clause->kind == RB_CLAUSE_AUTH ? auth_check(reader, zone) : 0;
}

int rb_handle_zone_name(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	struct rb_zone *zone = current(reader);

	(void)directive;
	free(zone->name.text);
	zone->name.quote = values[0].quote;
	zone->name.text = strdup(values[0].text);
	return zone->name.text ? 0 : -ENOMEM;
}

int rb_handle_zone_file(struct rb_reader *reader, const struct rb_directive *directive,
			const struct rb_value *values)
{
	struct rb_zone *zone = current(reader);

	(void)directive;
	free(zone->zonefile);
	zone->zonefile = NULL;
	if (!*values[0].text)
		return 0;
	zone->zonefile_location = reader->location;
	zone->zonefile = strdup(values[0].text);
	return zone->zonefile ? 0 : -ENOMEM;
}

int rb_handle_zonemd(struct rb_reader *reader, const struct rb_directive *directive,
		     const struct rb_value *values)
{
	bool checks;

	(void)directive;
	rb_value_yesno(values[0].text, &checks);
	current(reader)->zonemd = checks ? reader->location : (struct rb_location){0};
	return 0;
}

int rb_handle_insecure(struct rb_reader *reader, const struct rb_directive *directive,
		       const struct rb_value *values)
{
	char *name = strdup(values[0].text);
	int err;

	(void)directive;
	if (!name)
		return -ENOMEM;
	err = rb_array_append(&reader->insecure, &reader->insecure_count, sizeof(name), &name);
	if (err)
		free(name);
	return err;
}

/* The longer of the lengths, if the other name is the zone's or above it. */
static size_t closer(size_t closest, const uint8_t *zone, size_t zone_len, const uint8_t *name,
		     size_t len)
{
	return len > closest && rb_name_is_under(zone, zone_len, name, len) ? len : closest;
}

/*
 * Whether the digest is verified only with a chain of trust to the zone: for that libunbound would have
 * to ask, and it does not. It has the keys of a zone that is a trust anchor itself, and needs none for
 * an insecure one.
 */
static bool needs_chain(const struct rb_reader *reader, const char *zone)
{
	const struct rb_anchors *anchors = &reader->config->anchors;
	uint8_t name[RB_NAME_MAX], insecure[RB_NAME_MAX];
	size_t anchored = 0, freed = 0;
	int len = rb_name_from_text(zone, name);

	if (len < 0)
		return false;
	rb_name_lower(name, (size_t)len, name);
	for (size_t i = 0; i < anchors->count; i++)
		if (anchors->list[i].rr_class == RB_CLASS_IN)
			anchored = closer(anchored, name, (size_t)len, anchors->list[i].owner,
					  anchors->list[i].owner_len);
	for (size_t i = 0; i < reader->insecure_count; i++) {
		int above = rb_name_from_text(reader->insecure[i], insecure);

		if (above > 0) {
			rb_name_lower(insecure, (size_t)above, insecure);
			freed = closer(freed, name, (size_t)len, insecure, (size_t)above);
		}
	}
	return anchored && anchored < (size_t)len && freed < anchored;
}

int rb_zones_finish(const struct rb_reader *reader)
{
	int err = 0;

	if (reader->modules && !strstr(reader->modules, "validator"))
		return 0;
	for (size_t i = 0; i < reader->zone_count && !err; i++) {
		const struct rb_zone *zone = &reader->zones[i];

		if (zone->zonemd.line && zone->name.text && needs_chain(reader, zone->name.text))
			err = rb_config_warn(
				reader->config, zone->zonemd,
				"zonemd-check: %s is below a trust anchor: its digest is not verified. With 'domain-insecure: %s' it would be, without DNSSEC",
				zone->name.text, zone->name.text);
	}
	return err;
}
