/* SPDX-License-Identifier: BSD-2-Clause */
/* The clauses that open once per zone: forward-zone:, stub-zone: and auth-zone:. */
#include "config/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/handlers.h"
#include "config/transfer_read.h"

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
