/* SPDX-License-Identifier: BSD-2-Clause */
/* Upstream servers, from libunbound's text. */
#include "control/unbound/zones.h"

#include <string.h>

#include "config/feeds.h"
#include "dns/name.h"
#include "keeper/feed_slots.h"
#include "util/cleanup.h"

#define VALUE_BYTES 1024

/* A line of the text. */
struct line {
	bool is_clause;
	char name[64];
	char value[VALUE_BYTES]; /* without quotes */
};

/* Cut off the next line with a directive or a clause. */
static bool line_next(const char **text, struct line *line)
{
	while (**text) {
		const char *start = *text, *end = strchrnul(start, '\n'), *colon;
		size_t len;

		*text = *end ? end + 1 : end;
		line->is_clause = *start != '\t';
		start += strspn(start, " \t");
		colon = memchr(start, ':', (size_t)(end - start));
		if (*start == '#' || !colon || (size_t)(colon - start) >= sizeof(line->name))
			continue;
		snprintf(line->name, sizeof(line->name), "%.*s", (int)(colon - start), start);
		start = colon + 1;
		start += strspn(start, " \t");
		len = start < end ? (size_t)(end - start) : 0;
		if (len >= 2 && (*start == '"' || *start == '\'') && start[len - 1] == *start) {
			start++;
			len -= 2;
		}
		snprintf(line->value, sizeof(line->value), "%.*s", (int)len, start);
		return true;
	}
	return false;
}

/* A zone's clause, up to the next one. */
struct zone {
	char clause[64];
	uint8_t name[RB_NAME_MAX];
	int name_len;
	const char *lines; /* of it */
};

static bool zone_next(const char **text, struct zone *zone)
{
	struct line line;

	while (line_next(text, &line)) {
		const char *rest = *text;

		if (!line.is_clause || !strcmp(line.name, "server"))
			continue;
		snprintf(zone->clause, sizeof(zone->clause), "%s", line.name);
		zone->lines = *text;
		zone->name_len = -1;
		while (line_next(&rest, &line) && !line.is_clause)
			if (!strcmp(line.name, "name"))
				zone->name_len = rb_name_from_text(line.value, zone->name);
		if (zone->name_len > 0)
			return true;
	}
	return false;
}

static bool has_value(const struct zone *zone, const char *directive, const char *value)
{
	const char *text = zone->lines;
	struct line line;

	while (line_next(&text, &line) && !line.is_clause)
		if (!strcmp(line.name, directive) && !strcmp(line.value, value))
			return true;
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

/* Names and addresses of the upstream servers, a blank before each. */
static void upstreams_print(const struct zone *zone, FILE *out)
{
	const char *text = zone->lines;
	struct line line;

	while (line_next(&text, &line) && !line.is_clause) {
		if (ends_with(line.name, "-addr"))
			fprintf(out, " %s", line.value);
		if (ends_with(line.name, "-host"))
			fprintf(out, " %s%s", line.value, ends_with(line.value, ".") ? "" : ".");
	}
}

static void zone_print(const struct zone *zone, FILE *out)
{
	char name[RB_NAME_TEXT_MAX];

	rb_name_to_text(zone->name, (size_t)zone->name_len, name);
	fprintf(out, "%s IN %s", name, zone->clause[0] == 'f' ? "forward" : "stub");
	if (zone->clause[0] == 's')
		fputs(has_value(zone, "stub-prime", "yes") ? " prime" : " noprime", out);
	upstreams_print(zone, out);
	fputc('\n', out);
}

static void zones_print(const struct rb_config *config, const char *clause, FILE *out)
{
	const char *text = config->resolver_text;
	struct zone zone;

	while (zone_next(&text, &zone))
		if (!strcmp(zone.clause, clause))
			zone_print(&zone, out);
}

void rb_zones_print_forwards(const struct rb_config *config, FILE *out)
{
	zones_print(config, "forward-zone", out);
}

void rb_zones_print_stubs(const struct rb_config *config, FILE *out)
{
	zones_print(config, "stub-zone", out);
}

/* The slot of a zone that is transferred; see keeper/feed_slots.h. */
static const struct rb_feed_slot *place_of(const struct rb_config *config,
					   const struct rb_feed_slot *feeds, const uint8_t *name,
					   size_t len, bool is_rpz)
{
	size_t first = rb_feed_first_zone(config);

	for (size_t i = 0; i < config->transfer_count && first + i < RB_FEEDS_MAX; i++) {
		const struct rb_transfer *zone = &config->transfers[i];

		if (zone->is_rpz == is_rpz && rb_name_equal(zone->name, zone->name_len, name, len))
			return &feeds[first + i];
	}
	return NULL;
}

static void auth_print(const uint8_t *name, size_t len, const struct rb_feed_slot *slot, FILE *out)
{
	uint32_t serial = slot ? atomic_load(&slot->serial) : 0;
	char text[RB_NAME_TEXT_MAX];

	rb_name_to_text(name, len, text);
	if (serial)
		fprintf(out, "%s\tserial %u\n", text, serial);
	else
		fprintf(out, "%s\t%s\n", text, slot ? "no serial" : "serial not known");
}

void rb_zones_print_auths(const struct rb_config *config, const struct rb_feed_slot *feeds,
			  FILE *out)
{
	const struct rb_local *local = &config->local;
	const char *text = config->resolver_text;
	struct zone zone;

	while (zone_next(&text, &zone)) {
		uint8_t lower[RB_NAME_MAX];
		size_t len = (size_t)zone.name_len;

		if (strcmp(zone.clause, "auth-zone") != 0)
			continue;
		rb_name_lower(zone.name, len, lower);
		auth_print(lower, len, place_of(config, feeds, lower, len, false), out);
	}
	for (size_t i = 0; i < local->rpz_count; i++) {
		const uint8_t *name = local->bytes + local->rpzs[i].name;
		size_t len = local->rpzs[i].name_len;

		auth_print(name, len, place_of(config, feeds, name, len, true), out);
	}
}

bool rb_zones_is_auth(const struct rb_config *config, const char *name)
{
	const struct rb_local *local = &config->local;
	const char *text = config->resolver_text;
	uint8_t wire[RB_NAME_MAX];
	int len = rb_name_from_text(name, wire);
	struct zone zone;

	if (!*name || len <= 0)
		return false;
	while (zone_next(&text, &zone))
		if (!strcmp(zone.clause, "auth-zone") &&
		    rb_name_equal(zone.name, (size_t)zone.name_len, wire, (size_t)len))
			return true;
	for (size_t i = 0; i < local->rpz_count; i++)
		if (rb_name_equal(local->bytes + local->rpzs[i].name, local->rpzs[i].name_len, wire,
				  (size_t)len))
			return true;
	return false;
}

bool rb_zones_transfer(const struct rb_config *config, struct rb_feed_slot *feeds, const char *name)
{
	size_t first = rb_feed_first_zone(config);
	uint8_t wire[RB_NAME_MAX];
	int len = rb_name_from_text(name, wire);
	bool found = false;

	for (size_t i = 0; *name && len > 0 && i < config->transfer_count; i++) {
		const struct rb_transfer *zone = &config->transfers[i];

		if (first + i >= RB_FEEDS_MAX ||
		    !rb_name_equal(zone->name, zone->name_len, wire, (size_t)len))
			continue;
		atomic_fetch_add(&feeds[first + i].wanted, 1);
		found = true;
	}
	return found;
}

bool rb_zones_print_values(const struct rb_config *config, const char *directive, bool is_single,
			   FILE *out)
{
	const char *text = config->resolver_text;
	struct line line, last = {0};
	bool in_server = false, any = false;

	while (line_next(&text, &line)) {
		if (line.is_clause)
			in_server = !strcmp(line.name, "server");
		if (line.is_clause || !in_server || strcmp(line.name, directive) != 0)
			continue;
		if (!is_single)
			fprintf(out, "%s\n", line.value);
		last = line;
		any = true;
	}
	if (any && is_single)
		fprintf(out, "%s\n", last.value);
	return any;
}

void rb_zones_print_insecure(const struct rb_config *config, FILE *out)
{
	const char *text = config->resolver_text;
	char name[RB_NAME_TEXT_MAX];
	struct line line;

	while (line_next(&text, &line)) {
		uint8_t wire[RB_NAME_MAX];
		int len = strcmp(line.name, "domain-insecure") != 0
				  ? -1
				  : rb_name_from_text(line.value, wire);

		if (len <= 0)
			continue;
		rb_name_to_text(wire, (size_t)len, name);
		fprintf(out, "%s\n", name);
	}
}

/* The longest forward-zone or stub-zone that contains the name. */
static bool zone_of(const struct rb_config *config, const uint8_t *name, size_t len,
		    struct zone *ret_zone)
{
	const char *text = config->resolver_text;
	struct zone zone;
	bool found = false;

	while (zone_next(&text, &zone)) {
		if (!strcmp(zone.clause, "auth-zone") ||
		    !rb_name_is_under(name, len, zone.name, (size_t)zone.name_len))
			continue;
		if (!found || zone.name_len > ret_zone->name_len)
			*ret_zone = zone;
		found = true;
	}
	return found;
}

void rb_zones_print_root(const struct rb_config *config, FILE *out)
{
	static const uint8_t root[] = {0};
	struct zone zone;

	if (zone_of(config, root, sizeof(root), &zone) && zone.clause[0] == 'f')
		zone_print(&zone, out);
	else
		fputs("off (using root hints)\n", out);
}

void rb_zones_print_lookup(const struct rb_config *config, const char *name, FILE *out)
{
	uint8_t wire[RB_NAME_MAX];
	int len = rb_name_from_text(name, wire);
	char text[RB_NAME_TEXT_MAX];
	struct zone zone;

	if (!*name || len <= 0) {
		fprintf(out, "error cannot parse name '%s'\n", name);
		return;
	}
	rb_name_to_text(wire, (size_t)len, text);
	fprintf(out, "The following name servers are used for lookup of %s\n", text);
	if (!zone_of(config, wire, (size_t)len, &zone)) {
		fputs("no forward-zone or stub-zone; goes to configured roots, or to what "
		      "libunbound has learned since, which it does not tell\n",
		      out);
		return;
	}
	fputs(zone.clause[0] == 'f' ? "forwarding request:\n" : "stub request:\n", out);
	zone_print(&zone, out);
}
