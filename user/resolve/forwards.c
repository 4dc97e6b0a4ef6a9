/* SPDX-License-Identifier: BSD-2-Clause */
/* The zones of forward-zone:, from libunbound's text. */
#include "resolve/forwards.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"
#include "resolve/setup_files.h"
#include "util/array.h"
#include "util/cleanup.h"

#define CLAUSE       "forward-zone:"
#define HEADER_BYTES 12 /* of a DNS message */

struct zone {
	size_t len;
	uint8_t name[RB_NAME_MAX];
};

struct rb_forwards {
	struct zone *zones;
	size_t count;
};

static void forwards_freep(struct rb_forwards **forwards)
{
	rb_forwards_free(*forwards);
}

void rb_forwards_free(struct rb_forwards *forwards)
{
	if (!forwards)
		return;
	free(forwards->zones);
	free(forwards);
}

static int zone_add(struct rb_forwards *forwards, const char *name)
{
	struct zone zone;
	int len = rb_name_from_text(name, zone.name);

	if (len <= 0)
		return 0;
	zone.len = (size_t)len;
	return rb_array_append(&forwards->zones, &forwards->count, sizeof(zone), &zone);
}

int rb_forwards_new(const char *text, struct rb_forwards **ret_forwards)
{
	_cleanup_(forwards_freep) struct rb_forwards *forwards = calloc(1, sizeof(*forwards));
	_cleanup_free_ char *all = strdup(text);
	char *rest = all, *line, name[PATH_MAX];
	bool inside = false;
	int err = forwards && all ? 0 : -ENOMEM;

	while (!err && (line = strsep(&rest, "\n"))) {
		/* The lines of a clause are indented. */
		if (*line && *line != '\t' && *line != '#')
			inside = !strncmp(line, CLAUSE, strlen(CLAUSE));
		else if (inside && rb_setup_value(line, "name", name))
			err = zone_add(forwards, name);
	}
	if (!err)
		*ret_forwards = TAKE_PTR(forwards);
	return err;
}

const uint8_t *rb_forwards_find(const struct rb_forwards *forwards, const uint8_t *message,
				size_t len, size_t *ret_len)
{
	const uint8_t *name = message + HEADER_BYTES;
	int name_len = len > HEADER_BYTES ? rb_name_len(name, len - HEADER_BYTES) : -1;
	const struct zone *nearest = NULL;

	for (size_t i = 0; i < forwards->count && name_len > 0; i++) {
		const struct zone *zone = &forwards->zones[i];

		if ((!nearest || zone->len > nearest->len) &&
		    rb_name_is_under(name, (size_t)name_len, zone->name, zone->len))
			nearest = zone;
	}
	if (!nearest)
		return NULL;
	*ret_len = nearest->len;
	return nearest->name;
}
