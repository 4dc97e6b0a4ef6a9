/* SPDX-License-Identifier: BSD-2-Clause */
/* The invariants of a record, one by one, from the record alone. */
#include "inspect.h"

#include <stdbool.h>
#include <string.h>

#include "../kern/hash.h"
#include "../kern/sum.h"
#include "../kern/wire.h"
#include "dns/name.h"
#include "dns/check.h"
#include "present.h"
#include "table/audience.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define TTL_BYTES   4
#define KNOWN_MARKS (RB_MARK_VISITED | RB_MARK_REFRESH)
/* AD, CD and TC are decided for each reply. */
#define NEVER_FLAGS (RB_FLAG_TC | RB_FLAG_AD | RB_FLAG_CD)

/* Lengths first: everything else relies on them. */
static const char *inspect_lengths(const struct rb_table_tier *part, const struct rb_record *record)
{
	if (!record->qname_len)
		return "no name";
	if (record->ttl_steps > RB_TTL_STEPS_MAX)
		return "too many TTL distances";
	if ((uint32_t)record->body_len + record->qname_len + record->ttl_steps > part->data_bytes)
		return "longer than its slot";
	return NULL;
}

static const char *inspect_name(const struct rb_record *record)
{
	const uint8_t *qname = rb_table_record_qname(record);
	uint8_t lower[RB_NAME_MAX];

	if (rb_name_len(qname, record->qname_len) != record->qname_len)
		return "malformed name";
	if (!rb_name_is_scannable(qname, record->qname_len))
		return "zero byte inside the name";
	rb_name_lower(qname, record->qname_len, lower);
	return memcmp(lower, qname, record->qname_len) ? "upper case in the name" : NULL;
}

/* The place of a record follows from its key: from anywhere else nobody finds it. */
static const char *inspect_slot(const struct rb_table *table, struct rb_table_ref ref, uint16_t tag,
				const struct rb_record *record)
{
	struct rb_table_key key;

	uint64_t hash;

	if (rb_table_key_of(table, record, &key))
		return "a name that the table cannot hold";
	hash = rb_audience_hash(key.hash, key.audience);
	if (rb_hash_bucket(hash, table->tiers[ref.tier].buckets) != ref.index / RB_WAYS)
		return "in the wrong bucket";
	if (tag != rb_hash_tag(hash, record->traits & RB_SERVES_MASK))
		return "the tag is another record's";
	return NULL;
}

static const char *inspect_header(const struct rb_table *table, const struct rb_record *record)
{
	uint16_t flags = (uint16_t)RB_HTONS(record->flags);

	if (!(record->traits & RB_SERVES_MASK))
		return "it serves nobody";
	if (record->marks & ~KNOWN_MARKS)
		return "unknown marks";
	if (!(flags & RB_FLAG_QR) || flags & NEVER_FLAGS)
		return "flags that are no stored response's";
	if (!record->epoch || record->epoch > table->control->epoch)
		return "of an epoch that has not been";
	if (!record->ttl_s ||
	    record->expires_ns > rb_clock_ns() + (record->ttl_s + 1ULL) * RB_NS_PER_S)
		return "lives longer than its TTL";
	return NULL;
}

static uint32_t ttl_at(const struct rb_record *record, uint32_t offset)
{
	const uint8_t *bytes = record->data + offset;

	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static const char *inspect_ttls(const struct rb_record *record)
{
	const uint8_t *steps = rb_table_record_qname(record) - 1;
	uint32_t body_at =
		(uint32_t)sizeof(struct rb_dns_header) + record->qname_len + RB_QUESTION_TAIL;
	uint32_t cursor = 0, weight = 0, i;

	for (i = 0; i < record->ttl_steps; i++) {
		cursor += steps[-(int)i];
		if (steps[-(int)i] == RB_TTL_SKIP)
			continue;
		if (cursor + TTL_BYTES > record->body_len)
			return "a TTL outside of the body";
		if (ttl_at(record, cursor) < record->ttl_s && !(record->traits & RB_FIXED_TTL))
			return "a TTL that ends before the record";
		weight += rb_sum_ttl_weight(body_at + cursor);
	}
	if (weight != record->ttl_weight)
		return "ttl_weight is wrong";
	if (rb_table_record_sum(record) != record->message_sum)
		return "message_sum is wrong";
	return NULL;
}

/* Records, counts and TTLs as the body itself has them. */
static const char *inspect_body(const struct rb_record *record)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;

	if (rb_table_record_to_answer(record, &answer))
		return "no answer could be made of it";
	return rb_answer_check(answer, rb_table_record_qname(record), record->qname_len,
			       (uint16_t)RB_HTONS(record->qtype));
}

/* Decoded by a library of others, as a client would. */
static const char *inspect_message(const struct rb_record *record)
{
	ldns_pkt *reply;

	if (present_reply(record, rb_clock_ns(), &reply))
		return "no DNS message";
	ldns_pkt_free(reply);
	return NULL;
}

static bool same_question(const struct rb_record *a, const struct rb_record *b)
{
	return a->qname_len == b->qname_len && a->qtype == b->qtype &&
	       rb_audience_hash(0, a->audience) == rb_audience_hash(0, b->audience) &&
	       (a->traits & b->traits & RB_SERVES_MASK) &&
	       !memcmp(rb_table_record_qname(a), rb_table_record_qname(b), a->qname_len);
}

/* Another way of the tier that answers the same question, or whose tag says so. */
static const char *inspect_bucket(const struct rb_table *table, enum rb_tier tier, uint64_t hash,
				  struct rb_table_ref ref, const struct rb_record *record)
{
	const struct rb_table_tier *part = &table->tiers[tier];
	struct rb_table_ref other = {.tier = tier,
				     .index = rb_hash_bucket(hash, part->buckets) * RB_WAYS};
	uint32_t end = other.index + RB_WAYS;
	union rb_large buffer;

	for (; other.index < end; other.index++) {
		uint16_t tag = inspect_tag(table, other);

		if ((other.tier == ref.tier && other.index == ref.index) ||
		    !(tag & record->traits & RB_SERVES_MASK) ||
		    (tag ^ rb_hash_tag(hash, 0)) & ~RB_SERVES_MASK ||
		    rb_table_read(table, other, &buffer.record))
			continue;
		if (same_question(record, &buffer.record))
			return tier == ref.tier ? "the same question twice in its bucket"
						: "the same question in another class too";
		if (tier == ref.tier)
			return "another record's tag in its bucket serves the same questions";
	}
	return NULL;
}

/* A question has one record: of two a reader would find one or the other. */
static const char *inspect_twins(const struct rb_table *table, struct rb_table_ref ref,
				 const struct rb_record *record)
{
	const char *fault = NULL;
	struct rb_table_key key;
	unsigned int tier;

	if (rb_table_key_of(table, record, &key))
		return NULL;
	for (tier = 0; !fault && tier < RB_TIERS; tier++)
		fault = inspect_bucket(table, tier, rb_audience_hash(key.hash, key.audience), ref,
				       record);
	return fault;
}

uint16_t inspect_tag(const struct rb_table *table, struct rb_table_ref ref)
{
	const struct rb_table_tier *part = &table->tiers[ref.tier];

	return __atomic_load_n(&part->tags[ref.index / RB_WAYS].tags[ref.index % RB_WAYS],
			       __ATOMIC_ACQUIRE);
}

const char *inspect_record(const struct rb_table *table, struct rb_table_ref ref, uint16_t tag,
			   const struct rb_record *record)
{
	const char *fault = inspect_lengths(&table->tiers[ref.tier], record);

	if (!fault)
		fault = inspect_name(record);
	if (!fault)
		fault = inspect_slot(table, ref, tag, record);
	if (!fault)
		fault = inspect_header(table, record);
	if (!fault && record->traits & RB_STUB)
		return record->body_len || record->ttl_steps ? "a stub with records"
							     : inspect_twins(table, ref, record);
	if (!fault)
		fault = inspect_ttls(record);
	if (!fault)
		fault = inspect_body(record);
	if (!fault)
		fault = inspect_message(record);
	return fault ? fault : inspect_twins(table, ref, record);
}

const char *inspect_control(const struct rb_table *table)
{
	unsigned int tier;

	if (table->control->layout != RB_LAYOUT_VERSION)
		return "another layout";
	if (!table->control->epoch)
		return "no epoch";
	for (tier = 0; tier < RB_TIERS; tier++) {
		uint32_t buckets = table->tiers[tier].buckets;

		if (!buckets || buckets % RB_SHARDS || table->control->buckets[tier] != buckets)
			return "numbers of buckets that do not fit";
	}
	return NULL;
}
