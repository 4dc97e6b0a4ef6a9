/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers that a zone's sets of records hold. */
#include <errno.h>

#include "dns/name.h"
#include "import/zone.h"

#define CHAIN_MAX 11 /* CNAMEs, as a resolver follows them */

struct work {
	const struct rb_import_zone *zone;
	const struct rb_import_meaning *meaning;
	struct rb_import_problems *problems;
	const struct rb_import_sink *sink;
	struct rb_import_message message;
};

static const struct rb_import_set *find(const struct work *work, const struct rb_import_set *like,
					uint16_t type)
{
	const struct rb_import_sets *sets = &work->zone->sets;
	const struct rb_import_set *set =
		rb_import_sets_find(sets, sets->bytes + like->owner, like->owner_len, type);

	return set && set->rrs.count ? set : NULL;
}

static bool is_apex(const struct rb_import_zone *zone, const uint8_t *name, size_t len)
{
	return rb_name_equal(name, len, zone->zone.bytes, zone->zone.len);
}

/*
 * Whether an NS set cuts the name off from its zone: what stands there is glue, or the parent's
 * view of what its child says. DS alone is the parent's at the cut itself.
 */
static bool is_delegated(const struct work *work, const struct rb_import_set *set)
{
	const struct rb_import_zone *zone = work->zone;
	const uint8_t *name = zone->sets.bytes + set->owner;
	size_t len = set->owner_len;
	bool at_owner = true;

	if (!zone->delegates)
		return false;
	while (len > 1) {
		const struct rb_import_set *soa =
			rb_import_sets_find(&zone->sets, name, len, RB_TYPE_SOA);
		const struct rb_import_set *cut;

		/* The zone's top: above it is somebody else's. */
		if ((soa && soa->rrs.count) || is_apex(zone, name, len))
			return false;
		cut = rb_import_sets_find(&zone->sets, name, len, RB_TYPE_NS);
		if (cut && cut->rrs.count &&
		    !(at_owner && (set->type == RB_TYPE_DS || set->type == RB_TYPE_NSEC)))
			return true;
		at_owner = false;
		len -= 1 + (size_t)name[0];
		name += 1 + (size_t)name[0];
	}
	return false;
}

static void answer_begin(struct work *work, const struct rb_import_set *set, uint16_t qtype)
{
	const struct rb_import_sets *sets = &work->zone->sets;

	rb_import_message_begin(&work->message, sets->bytes + set->owner, set->owner_len, qtype,
				RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA);
}

/* 1: it does not fit, and has been reported. */
static int answer_add(struct work *work, const struct rb_import_set *set)
{
	int err =
		rb_import_message_add_set(&work->message, RB_IMPORT_ANSWER, &work->zone->sets, set);

	if (err != -EMSGSIZE)
		return err;
	rb_import_problem(work->problems, set->line, RB_IMPORT_TOO_LARGE, NULL);
	return 1;
}

static int answer_put(struct work *work, const struct rb_import_set *set)
{
	return rb_import_message_put(&work->message, work->meaning, work->sink, set->line,
				     work->problems);
}

/* The set of the name that a CNAME leads to; a set of this type, or the next CNAME. */
static const struct rb_import_set *target_find(const struct work *work,
					       const struct rb_import_set *alias, uint16_t qtype)
{
	const struct rb_import_sets *sets = &work->zone->sets;
	const struct rb_import_rr *rr = &sets->rrs[alias->rrs.first];
	uint8_t lower[RB_NAME_MAX];
	const struct rb_import_set *set;

	if (rr->rdata_len > RB_NAME_MAX)
		return NULL;
	rb_name_lower(sets->bytes + rr->rdata, rr->rdata_len, lower);
	set = rb_import_sets_find(sets, lower, rr->rdata_len, qtype);
	if (!set || !set->rrs.count)
		set = rb_import_sets_find(sets, lower, rr->rdata_len, RB_TYPE_CNAME);
	return set && set->rrs.count && !is_delegated(work, set) ? set : NULL;
}

/* What A and AAAA find behind an alias, where all of it is in the input. */
static int chain_put(struct work *work, const struct rb_import_set *alias, uint16_t qtype)
{
	const struct rb_import_set *set = alias;
	unsigned int links = 0;
	int err;

	answer_begin(work, alias, qtype);
	do {
		err = answer_add(work, set);
		if (err)
			return err < 0 ? err : 0;
		if (set->type == qtype)
			return answer_put(work, alias);
		set = target_find(work, set, qtype);
	} while (set && ++links <= CHAIN_MAX);
	return 0;
}

/* RFC 1034 3.6.2, except for DNSSEC records. */
static bool is_conflict(const struct work *work, const struct rb_import_set *alias)
{
	static const uint16_t others[] = {RB_TYPE_A,  RB_TYPE_AAAA, RB_TYPE_NS,
					  RB_TYPE_MX, RB_TYPE_TXT,  RB_TYPE_SOA};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (find(work, alias, others[i]))
			return true;
	return alias->rrs.count > 1;
}

static int set_put(struct work *work, const struct rb_import_set *set)
{
	bool alias = set->type == RB_TYPE_CNAME;
	int err;

	if (!set->rrs.count) {
		rb_import_problem(work->problems, set->line, RB_IMPORT_ORPHAN, NULL);
		return 0;
	}
	if (is_delegated(work, set)) {
		rb_import_problem(work->problems, set->line, RB_IMPORT_DELEGATION, NULL);
		return 0;
	}
	if (alias && is_conflict(work, set)) {
		rb_import_problem(work->problems, set->line, RB_IMPORT_CONFLICT, NULL);
		return 0;
	}
	answer_begin(work, set, set->type);
	err = answer_add(work, set);
	if (err)
		return err < 0 ? err : 0;
	err = answer_put(work, set);
	if (!err && alias)
		err = chain_put(work, set, RB_TYPE_A);
	if (!err && alias)
		err = chain_put(work, set, RB_TYPE_AAAA);
	return err;
}

int rb_import_zone_put(const struct rb_import_zone *zone, const struct rb_import_meaning *meaning,
		       struct rb_import_problems *problems, const struct rb_import_sink *sink)
{
	struct work work = {.zone = zone, .meaning = meaning, .problems = problems, .sink = sink};
	size_t i;
	int err = 0;

	for (i = 0; i < zone->sets.count && !err; i++)
		err = set_put(&work, &zone->sets.sets[i]);
	return err;
}
