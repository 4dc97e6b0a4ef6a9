/* SPDX-License-Identifier: BSD-2-Clause */
/* Zone files read into sets of records. */
#include "import/zone.h"

#include <errno.h>
#include <string.h>

#include "dns/name.h"

int rb_import_zone_init(struct rb_import_zone *zone, const char *origin)
{
	int len = 0;

	*zone = (struct rb_import_zone){.follow_soa = !origin};
	if (origin) {
		len = rb_name_from_text(origin, zone->context.origin.bytes);
		if (len < 0)
			return len;
		zone->context.origin.len = (uint16_t)len;
		rb_name_lower(zone->context.origin.bytes, (size_t)len, zone->zone.bytes);
		zone->zone.len = (uint16_t)len;
		zone->bounded = true;
	}
	return rb_import_sets_init(&zone->sets);
}

void rb_import_zone_free(struct rb_import_zone *zone)
{
	rb_import_sets_free(&zone->sets);
}

static void directive_follow(struct rb_import_zone *zone, const struct rb_import_entry *entry,
			     struct rb_import_problems *problems)
{
	const struct rb_import_word *word = &entry->words[0];
	struct rb_import_context *context = &zone->context;

	if (rb_import_word_is(word, "$ORIGIN") && entry->count == 2) {
		if (rb_import_name_parse(&entry->words[1], &context->origin, &context->origin))
			rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX,
					  "$ORIGIN with what is no absolute domain name");
		return;
	}
	if (rb_import_word_is(word, "$TTL") && entry->count == 2) {
		if (rb_import_ttl_parse(&entry->words[1], &context->default_ttl_s))
			rb_import_problem(problems, entry->line, RB_IMPORT_SYNTAX,
					  "$TTL with what is no TTL");
		else
			context->has_default_ttl = true;
		return;
	}
	/* A stranger's file must not have a program of root's open files. */
	rb_import_problem(problems, entry->line, RB_IMPORT_DIRECTIVE, "%.*s",
			  word->len < 20 ? (int)word->len : 20, word->text);
}

static bool is_in_zone(const struct rb_import_zone *zone, const struct rb_import_record *record)
{
	return !zone->bounded ||
	       rb_name_is_under(record->owner, record->owner_len, zone->zone.bytes, zone->zone.len);
}

/* A zone file begins with its SOA; several in one file follow each other. */
static void zone_begin(struct rb_import_zone *zone, const struct rb_import_record *record)
{
	if (!zone->follow_soa || is_in_zone(zone, record) == zone->bounded)
		return;
	memcpy(zone->zone.bytes, record->owner, record->owner_len);
	zone->zone.len = record->owner_len;
	zone->bounded = true;
}

static bool is_apex(const struct rb_import_zone *zone, const struct rb_import_record *record)
{
	return rb_name_equal(record->owner, record->owner_len, zone->zone.bytes, zone->zone.len);
}

/* false: reported. */
static bool record_check(struct rb_import_zone *zone, const struct rb_import_record *record,
			 struct rb_import_problems *problems)
{
	enum rb_import_reason reason;

	if (record->type == RB_TYPE_SOA)
		zone_begin(zone, record);
	if (!is_in_zone(zone, record))
		reason = RB_IMPORT_OUT_OF_ZONE;
	else if (record->type == RB_TYPE_NSEC3)
		reason = RB_IMPORT_TYPE;
	else if (record->covers == RB_TYPE_NSEC3)
		return false; /* its signature: said once is enough */
	else if (!record->ttl_s)
		reason = RB_IMPORT_ZERO_TTL;
	else if (record->owner[0] == 1 && record->owner[1] == '*')
		reason = RB_IMPORT_WILDCARD;
	else if (!rb_name_is_scannable(record->owner, record->owner_len))
		reason = RB_IMPORT_NAME;
	else
		return true;
	rb_import_problem(problems, record->line, reason, NULL);
	return false;
}

static int record_take(struct rb_import_zone *zone, const struct rb_import_record *record,
		       struct rb_import_problems *problems)
{
	int err;

	if (!record_check(zone, record, problems))
		return 0;
	if (record->type == RB_TYPE_NS && zone->bounded && !is_apex(zone, record))
		zone->delegates = true;
	err = rb_import_sets_add(&zone->sets, record);
	if (err != -EEXIST && err != -EMSGSIZE)
		return err;
	rb_import_problem(problems, record->line,
			  err == -EEXIST ? RB_IMPORT_DUPLICATE : RB_IMPORT_TOO_LARGE, NULL);
	return 0;
}

int rb_import_zone_read(struct rb_import_zone *zone, struct rb_import_text *text,
			struct rb_import_problems *problems)
{
	struct rb_import_entry entry;
	const char *problem;
	int err;

	while ((err = rb_import_text_next(text, &entry, &problem)) != 0) {
		struct rb_import_record record;

		if (err == -EBADMSG) {
			rb_import_problem(problems, entry.line, RB_IMPORT_SYNTAX, "%s", problem);
			continue;
		}
		if (err < 0)
			return err;
		if (!entry.indented && !entry.words[0].quoted && *entry.words[0].text == '$') {
			directive_follow(zone, &entry, problems);
			continue;
		}
		err = rb_import_rr_parse(&zone->context, &entry, problems, &record);
		if (!err)
			err = record_take(zone, &record, problems);
		if (err && err != -EBADMSG)
			return err;
	}
	return 0;
}
