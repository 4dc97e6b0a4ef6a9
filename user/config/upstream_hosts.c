/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the hosts of forward-zone: and stub-zone: can be looked up. */
#include "config/upstream_hosts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/upstreams.h"
#include "util/cleanup.h"

/* Without the dot at its end; the root has none left. */
static size_t name_length(const char *name, const char *ends)
{
	size_t len = strcspn(name, ends);

	return len && name[len - 1] == '.' ? len - 1 : len;
}

static bool covers(const struct rb_zone *zone, const char *host, size_t host_len)
{
	size_t len = name_length(zone->name.text, "");

	if (len > host_len || strncasecmp(host + host_len - len, zone->name.text, len) != 0)
		return false;
	return !len || len == host_len || host[host_len - len - 1] == '.';
}

/* The zone that says who is asked for the host; NULL: none, so that it is resolved from the root. */
static const struct rb_zone *zone_of(const struct rb_reader *reader, const char *host)
{
	size_t host_len = name_length(host, "@#");
	const struct rb_zone *best = NULL;

	for (size_t i = 0; i < reader->zone_count; i++) {
		const struct rb_zone *zone = &reader->zones[i];

		if (zone->name.text && covers(zone, host, host_len) &&
		    (!best || name_length(zone->name.text, "") >= name_length(best->name.text, "")))
			best = zone;
	}
	return best;
}

static bool is_forwarded(const struct rb_zone *zone)
{
	return zone->clause->kind == RB_CLAUSE_FORWARD || zone->clause->kind == RB_CLAUSE_STUB;
}

/* Whether the zone has a server that can be asked, with what is known of the others so far. */
static bool can_be_asked(const struct rb_reader *reader, const struct rb_zone *zone,
			 const bool *askable)
{
	bool hosts = false;

	if (!is_forwarded(zone) || zone->upstreams.first)
		return true;
	for (size_t i = 0; i < zone->upstreams.line_count; i++) {
		const struct rb_upstream_line *line = &zone->upstreams.lines[i];
		const struct rb_zone *other;

		if (rb_upstream_line_is_addr(line))
			return true;
		if (!rb_upstream_line_is_host(line))
			continue;
		hosts = true;
		other = zone_of(reader, line->value.text);
		if (!other || askable[other - reader->zones])
			return true;
	}
	return !hosts;
}

static int zone_complain(struct rb_reader *reader, const struct rb_zone *zone)
{
	const struct rb_upstream_line *line = zone->upstreams.lines;

	while (!rb_upstream_line_is_host(line))
		line++;
	return (rb_upstreams_is_tls(reader, zone) ? rb_config_error : rb_config_warn)(
		reader->config, line->location,
		"%s: %s: its address would be asked of the servers of %s \"%s\", which are not "
		"known without it: add an address, or a zone with one for the host's name",
		line->directive->name, line->value.text, zone->clause->name, zone->name.text);
}

int rb_upstream_hosts_check(struct rb_reader *reader)
{
	_cleanup_free_ bool *askable = calloc(reader->zone_count + 1, sizeof(*askable));
	bool changed = askable != NULL;
	int err = 0;

	if (!askable)
		return -ENOMEM;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < reader->zone_count; i++) {
			if (askable[i] || !can_be_asked(reader, &reader->zones[i], askable))
				continue;
			askable[i] = changed = true;
		}
	}
	for (size_t i = 0; i < reader->zone_count && !err; i++)
		if (!askable[i] && reader->zones[i].name.text)
			err = zone_complain(reader, &reader->zones[i]);
	return err;
}
