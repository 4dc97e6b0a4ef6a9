/* SPDX-License-Identifier: BSD-2-Clause */
/* Names in zone files of response policy. */
#include "policy/list_zone.h"

#include <errno.h>
#include <string.h>

#include "config/zone_text.h"
#include "dns/name.h"
#include "util/cleanup.h"
#include "util/fnv.h"

/* What a zone has for itself. */
static bool is_of_zone(uint16_t type)
{
	return type == RB_TYPE_SOA || type == RB_TYPE_NS;
}

/* Triggers that are addresses or servers. */
static bool is_other(const uint8_t *owner, size_t len)
{
	static const char *const lasts[] = {"\x0drpz-client-ip", "\6rpz-ip", "\x8rpz-nsip",
					    "\x0brpz-nsdname"};
	const uint8_t *last = owner;

	for (const uint8_t *label = owner; *label; label += 1 + *label)
		last = label;
	for (size_t i = 0; i < ARRAY_SIZE(lasts); i++)
		if (rb_name_equal(last, (size_t)(owner + len - last), (const uint8_t *)lasts[i],
				  strlen(lasts[i]) + 1))
			return true;
	return false;
}

static enum rb_list_use use_of(const struct rb_text_record *record)
{
	return record->type == RB_TYPE_CNAME &&
			       rb_name_equal(record->rdata, record->rdata_len,
					     (const uint8_t *)"\x0crpz-passthru", 14)
		       ? RB_LIST_LETS_PASS
		       : RB_LIST_BLOCKS;
}

/* zone: whose name is not part of the names in it. */
static int record_use(struct rb_list_reading *reading, const struct rb_text_record *record,
		      const uint8_t *zone, size_t zone_len)
{
	uint8_t name[RB_NAME_MAX];
	const uint8_t *from = name;
	size_t len = record->owner_len;

	reading->contents = rb_fnv(reading->contents, record->owner, len);
	reading->contents = rb_fnv(reading->contents, record->rdata, record->rdata_len);
	if (is_of_zone(record->type))
		return 0;
	rb_name_lower(record->owner, len, name);
	if (!rb_name_is_under(name, len, zone, zone_len))
		return rb_list_unusable(reading);
	len -= zone_len;
	name[len++] = 0;
	if (len > 2 && from[0] == 1 && from[1] == '*') {
		from += 2;
		len -= 2;
	}
	if (len <= 1 || is_other(from, len))
		return rb_list_unusable(reading);
	return rb_list_name_use(reading, use_of(record), from, len);
}

int rb_list_zone_use(struct rb_list_reading *reading, FILE *file)
{
	_cleanup_(rb_zone_text_free) struct rb_zone_text zone = {
		.file = file,
		.context.ttl_s = RB_RECORD_TTL_S,
		.next_line = 1,
	};
	struct rb_text_record record;
	uint8_t apex[RB_NAME_MAX] = "";
	size_t apex_len = 1;
	const char *wrong;

	for (;;) {
		int got = rb_zone_text_next(&zone, &record, &wrong), err = 0;

		reading->line = zone.line;
		if (!got || (got < 0 && !wrong))
			return got;
		if (got > 0 && record.type == RB_TYPE_SOA) {
			rb_name_lower(record.owner, record.owner_len, apex);
			apex_len = record.owner_len;
		}
		err = got > 0 ? record_use(reading, &record, apex, apex_len)
			      : rb_list_unusable(reading);
		if (err)
			return err;
	}
}
