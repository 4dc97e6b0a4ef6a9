/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading: one question's record, one slot's record, all of them. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "../kern/reply.h"
#include "table/audience.h"
#include "table/overflow.h"
#include "table/slot.h"

static bool is_for(const struct rb_table *table, uint8_t audience, const struct rb_table_key *key)
{
	return audience == RB_AUDIENCE_ALL ||
	       (key->client_class < RB_CLASSES_MAX &&
		rb_audience_classes(table, key->numbering, audience) >> key->client_class & 1);
}

/* Whether the record is this question's, in this variant. The tag alone proves neither. */
static bool record_answers(const struct rb_table *table, const struct rb_record *record,
			   const struct rb_table_key *key, uint8_t serves)
{
	return record->qname_len == key->qname_len && record->qtype == RB_HTONS(key->qtype) &&
	       is_for(table, record->audience, key) && (record->traits & serves) &&
	       !memcmp(rb_table_record_qname(record), key->qname, key->qname_len);
}

/* Like the XDP program, set it only if it is clear, so that all CPUs share a hot record's line. */
static void visit_mark(uint64_t *slot)
{
	uint8_t *marks = rb_slot_marks(slot);

	if (!(__atomic_load_n(marks, __ATOMIC_RELAXED) & RB_MARK_VISITED))
		__atomic_fetch_or(marks, RB_MARK_VISITED, __ATOMIC_RELAXED);
}

/* Which of a key's records is looked for. */
enum age {
	AGE_FRESH,
	AGE_STALE,
};

static bool age_is(const struct rb_table *table, const struct rb_record *record, uint64_t now_ns,
		   enum age age)
{
	if (record->expires_ns > now_ns)
		return age == AGE_FRESH;
	return age == AGE_STALE &&
	       rb_may_be_stale(record->traits, record->stale_limit, now_ns - record->expires_ns,
			       rb_table_stale_ns(table), rb_table_stale_ttl_s(table));
}

/* What is looked for: the question, where, and how old it may be. */
struct search {
	const struct rb_table_key *key;
	uint64_t hash;
	uint64_t now_ns;
	enum age age;
	uint8_t serves;
};

/* -ENOENT, -EAGAIN, or 0 with a copy of the record and its index. */
static int tier_lookup(const struct rb_table *table, enum rb_tier tier, const struct search *search,
		       struct rb_table_found *buffer, uint32_t *ret_index)
{
	const struct rb_table_tier *part = &table->tiers[tier];
	uint32_t bucket = rb_hash_bucket(search->hash, part->buckets);
	const uint64_t *tags = rb_tag_words(part, bucket);
	uint32_t way, index;
	int err;

	way = rb_hash_home(search->hash);
	if (!rb_tag_matches(rb_tag_get(part, bucket, way), search->hash, search->serves))
		way = rb_bucket_find(__atomic_load_n(&tags[0], __ATOMIC_RELAXED),
				     __atomic_load_n(&tags[1], __ATOMIC_RELAXED), search->hash,
				     search->serves);
	if (way == RB_WAYS)
		return -ENOENT;
	index = bucket * RB_WAYS + way;
	err = rb_slot_copy(part, index, &buffer->record);
	if (err)
		return err == -EAGAIN ? err : -ENOENT;
	if (!record_answers(table, &buffer->record, search->key, search->serves) ||
	    buffer->record.epoch != __atomic_load_n(&table->control->epoch, __ATOMIC_RELAXED) ||
	    !age_is(table, &buffer->record, search->now_ns, search->age))
		return -ENOENT;
	if (!table->read_only)
		visit_mark(rb_slot_at(part, index));
	*ret_index = index;
	return 0;
}

void rb_table_look_ahead(const struct rb_table *table, const struct rb_table_key *key)
{
	const struct rb_table_tier *part = &table->tiers[RB_SMALL];
	uint32_t bucket = rb_hash_bucket(key->hash, part->buckets);
	uint32_t index = bucket * RB_WAYS + rb_hash_home(key->hash);
	const uint8_t *home = (const uint8_t *)rb_slot_at(part, index);

	__builtin_prefetch(&part->tags[bucket]);
	__builtin_prefetch(home);
	__builtin_prefetch(home + RB_SMALL_BYTES - 1);
}

bool rb_table_may_have(const struct rb_table *table, const struct rb_table_key *key)
{
	unsigned int tier;

	for (tier = 0; tier < RB_TIERS; tier++) {
		const struct rb_table_tier *part = &table->tiers[tier];

		if (rb_tag_any(part, rb_hash_bucket(key->hash, part->buckets), key->hash))
			return true;
	}
	return false;
}

static int hash_lookup(const struct rb_table *table, const struct search *search,
		       struct rb_table_found *ret_found)
{
	bool busy = false;
	unsigned int tier;
	uint32_t index;
	int err;

	for (tier = 0; tier < RB_TIERS; tier++) {
		err = tier_lookup(table, tier, search, ret_found, &index);
		if (!err) {
			ret_found->ref = (struct rb_table_ref){.tier = tier, .index = index};
			return 0;
		}
		busy |= err == -EAGAIN;
	}
	return busy ? -EAGAIN : -ENOENT;
}

/* Fill ret_found except its answer, from a shared record or from one for the client's class. */
static int lookup(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		  uint64_t now_ns, enum age age, struct rb_table_found *ret_found)
{
	struct search search = {key, key->hash, now_ns, age, serves};
	int err = hash_lookup(table, &search, ret_found);

	if (err != -ENOENT || key->client_class >= RB_CLASSES_MAX || !key->numbering)
		return err;
	search.hash = rb_hash_of_class(key->hash, key->client_class);
	return hash_lookup(table, &search, ret_found);
}

static int find(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		uint64_t now_ns, enum age age, struct rb_table_found *ret_found)
{
	int err = lookup(table, key, serves, now_ns, age, ret_found);

	if (!err && ret_found->record.traits & RB_STUB) {
		rb_table_stub_view(&ret_found->record, &ret_found->answer);
		return -EMSGSIZE;
	}
	if (!err &&
	    rb_table_record_view(&ret_found->record, ret_found->ttl_offsets, &ret_found->answer))
		err = -ENOENT;
	return err;
}

int rb_table_find(const struct rb_table *table, const struct rb_table_key *key, uint8_t serves,
		  uint64_t now_ns, struct rb_table_found *ret_found)
{
	return find(table, key, serves, now_ns, AGE_FRESH, ret_found);
}

int rb_table_find_stale(const struct rb_table *table, const struct rb_table_key *key,
			uint8_t serves, uint64_t now_ns, struct rb_table_found *ret_found)
{
	return rb_table_stale_ns(table) ? find(table, key, serves, now_ns, AGE_STALE, ret_found)
					: -ENOENT;
}

/* An answer of its own. */
static int found_to_answer(const struct rb_table_found *found, struct rb_answer **ret_answer)
{
	int err = rb_table_record_to_answer(&found->record, ret_answer);

	return err == -EBADMSG ? -ENOENT : err;
}

int rb_table_stale_answer(const struct rb_table *table, const struct rb_table_key *key,
			  uint8_t serves, enum rb_checking checking, uint64_t now_ns,
			  struct rb_answer **ret_answer, bool *ret_asks)
{
	const struct rb_overflow_key aside = {key, serves, checking, true};
	struct rb_table_found found;
	struct rb_answer *answer;

	if (!rb_table_stale_ns(table))
		return -ENOENT;
	*ret_asks = true;
	if (!lookup(table, key, serves, now_ns, AGE_STALE, &found))
		return found_to_answer(&found, ret_answer);
	answer = rb_overflow_find_stale(table->overflow, &aside, table, now_ns, ret_asks);
	if (!answer)
		return -ENOENT;
	*ret_answer = answer;
	return 0;
}

int rb_table_aside_answer(const struct rb_table *table, const struct rb_table_key *key,
			  uint8_t serves, enum rb_checking checking, uint64_t now_ns,
			  struct rb_answer **ret_answer)
{
	const struct rb_overflow_key aside = {key, serves, checking, false};

	*ret_answer = rb_overflow_find_fresh(table->overflow, &aside, table, now_ns);
	return *ret_answer ? 0 : -ENOENT;
}

bool rb_table_claim_refresh(const struct rb_table *table, struct rb_table_ref ref)
{
	uint8_t *marks = rb_slot_marks(rb_slot_at(&table->tiers[ref.tier], ref.index));

	return !(__atomic_load_n(marks, __ATOMIC_RELAXED) & RB_MARK_REFRESH) &&
	       !(__atomic_fetch_or(marks, RB_MARK_REFRESH, __ATOMIC_RELAXED) & RB_MARK_REFRESH);
}

int rb_table_read(const struct rb_table *table, struct rb_table_ref ref, struct rb_record *buffer)
{
	const struct rb_table_tier *part = &table->tiers[ref.tier];

	if (ref.index / RB_WAYS >= part->buckets ||
	    !rb_tag_get(part, ref.index / RB_WAYS, ref.index % RB_WAYS))
		return -ENOENT;
	return rb_slot_copy(part, ref.index, buffer) ? -ENOENT : 0;
}

int rb_table_iterate(const struct rb_table *table,
		     int (*visit)(const struct rb_table *table, struct rb_table_ref ref,
				  const struct rb_record *record, void *context),
		     void *context)
{
	union rb_large buffer;
	struct rb_table_ref ref;
	unsigned int tier;
	int err;

	for (tier = 0; tier < RB_TIERS; tier++) {
		uint32_t records = table->tiers[tier].buckets * RB_WAYS;

		ref.tier = tier;
		for (ref.index = 0; ref.index < records; ref.index++) {
			if (rb_table_read(table, ref, &buffer.record))
				continue;
			err = visit(table, ref, &buffer.record, context);
			if (err)
				return err;
		}
	}
	return 0;
}

void rb_table_usage(const struct rb_table *table, struct rb_table_usage *ret_usage)
{
	unsigned int tier;
	uint32_t bucket, way;

	memset(ret_usage, 0, sizeof(*ret_usage));
	ret_usage->bytes = sizeof(struct rb_control);
	for (tier = 0; tier < RB_TIERS; tier++) {
		const struct rb_table_tier *part = &table->tiers[tier];

		ret_usage->capacity[tier] = (uint64_t)part->buckets * RB_WAYS;
		ret_usage->bytes += part->buckets * (sizeof(struct rb_bucket) +
						     (uint64_t)RB_WAYS * part->record_bytes);
		for (bucket = 0; bucket < part->buckets; bucket++)
			for (way = 0; way < RB_WAYS; way++)
				ret_usage->used[tier] += rb_tag_get(part, bucket, way) != 0;
	}
}
