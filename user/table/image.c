/* SPDX-License-Identifier: BSD-2-Clause */
/* From an answer to a record: the tier, the TTL distances, the sum; and back. */
#include "table/image.h"

#include <errno.h>
#include <string.h>

#include "../kern/sum.h"
#include "../kern/wire.h"
#include "table/size.h"
#include "util/clock.h"

#define TTL_BYTES 4

/* The TTLs of a body as a record has them. */
struct ttl_steps {
	uint8_t distances[RB_TTL_STEPS_MAX];
	uint32_t count;
	uint32_t weight;
};

static uint32_t words_for(uint32_t bytes)
{
	return (bytes + 7) / 8;
}

/* Where the body starts in the message: the parity of that offset matters to its sum. */
static uint32_t body_offset(uint32_t qname_len)
{
	return (uint32_t)sizeof(struct rb_dns_header) + qname_len + RB_QUESTION_TAIL;
}

static int step_add(struct ttl_steps *steps, uint32_t distance)
{
	if (steps->count == RB_TTL_STEPS_MAX)
		return -EMSGSIZE;
	steps->distances[steps->count++] = (uint8_t)distance;
	return 0;
}

static int steps_build(const struct rb_answer *answer, uint32_t body_at, struct ttl_steps *steps)
{
	uint32_t cursor = 0, room_from = 0;
	uint16_t i;
	int err;

	steps->count = 0;
	steps->weight = 0;
	for (i = 0; i < answer->ttl_count; i++) {
		uint32_t offset = answer->ttl_offsets[i];
		uint32_t distance = offset - cursor;

		if (offset < room_from || offset + TTL_BYTES > answer->body_len)
			return -EINVAL;
		for (; distance >= RB_TTL_SKIP; distance -= RB_TTL_SKIP) {
			err = step_add(steps, RB_TTL_SKIP);
			if (err)
				return err;
		}
		err = step_add(steps, distance);
		if (err)
			return err;
		steps->weight += rb_sum_ttl_weight(body_at + offset);
		cursor = offset;
		room_from = offset + TTL_BYTES;
	}
	return 0;
}

/* The smallest tier with room; RB_TIERS: none. */
static enum rb_tier tier_choose(uint32_t data_bytes)
{
	uint32_t bytes = RB_RECORD_HEADER + data_bytes;
	unsigned int tier = RB_SMALL;

	while (tier < RB_TIERS && bytes > rb_size_record_bytes(tier))
		tier++;
	return tier;
}

/* The sum of the message as struct rb_record defines it, without its id. */
static uint16_t message_sum(const struct rb_record *header, const uint8_t *qname,
			    const uint8_t *body)
{
	uint64_t tail = (uint64_t)header->qtype + RB_HTONS(RB_CLASS_IN);
	uint64_t sum = header->flags;

	sum += RB_HTONS(1U + header->ancount + header->nscount + header->arcount);
	sum += rb_sum_bytes(qname, header->qname_len);
	sum += rb_sum_shift(tail, header->qname_len);
	sum += rb_sum_shift(rb_sum_bytes(body, header->body_len), body_offset(header->qname_len));
	return rb_sum_fold(sum);
}

static void header_build(const struct rb_table_key *key, const struct rb_answer *answer,
			 uint32_t epoch, const struct ttl_steps *steps, struct rb_record *record)
{
	uint32_t cut_s = answer->ttl_s > RB_TTL_MAX_S ? answer->ttl_s - RB_TTL_MAX_S : 0;

	memset(record, 0, RB_RECORD_HEADER);
	record->epoch = epoch;
	record->expires_ns = answer->expires_ns - cut_s * RB_NS_PER_S;
	record->ttl_s = (answer->ttl_s - cut_s) & RB_TTL_MAX_S;
	record->stale_limit = rb_answer_stale_limit(answer);
	record->ttl_weight = (uint16_t)steps->weight;
	record->qtype = RB_HTONS(key->qtype);
	record->body_len = answer->body_len;
	record->flags = RB_HTONS(answer->flags);
	record->audience = key->audience;
	record->qname_len = (uint8_t)key->qname_len;
	record->ancount = (uint8_t)answer->ancount;
	record->nscount = (uint8_t)answer->nscount;
	record->arcount = (uint8_t)answer->arcount;
	record->traits = answer->traits;
	record->ede = answer->ede;
	record->rotate = answer->rotate;
	record->ttl_steps = (uint8_t)steps->count;
}

int rb_image_build(const struct rb_table_key *key, const struct rb_answer *answer, uint32_t epoch,
		   struct rb_image *ret_image)
{
	uint32_t body_len = answer->body_len, record_bytes, tail_bytes, i;
	struct ttl_steps steps;
	enum rb_tier tier;
	uint8_t *bytes, *qname;
	int err;

	if (!answer->ttl_s || !(answer->traits & RB_SERVES_MASK) ||
	    answer->signed_until_ns < answer->expires_ns)
		return -EINVAL;
	if (answer->ancount > UINT8_MAX || answer->nscount > UINT8_MAX ||
	    answer->arcount > UINT8_MAX)
		return -EMSGSIZE;
	err = steps_build(answer, body_offset(key->qname_len), &steps);
	if (err)
		return err;
	tail_bytes = steps.count + key->qname_len;
	tier = tier_choose(body_len + tail_bytes);
	if (tier == RB_TIERS)
		return -EMSGSIZE;

	record_bytes = rb_size_record_bytes(tier);
	ret_image->tier = tier;
	ret_image->head_words = words_for(RB_RECORD_HEADER + body_len);
	ret_image->tail_words = words_for(tail_bytes);
	/* The bytes of the words at the edges that belong to neither part. */
	ret_image->words[ret_image->head_words - 1] = 0;
	memset(&ret_image->words[record_bytes / 8 - ret_image->tail_words], 0,
	       ret_image->tail_words * sizeof(ret_image->words[0]));
	header_build(key, answer, epoch, &steps, &ret_image->record);
	ret_image->record.message_sum = message_sum(&ret_image->record, key->qname, answer->body);
	bytes = (uint8_t *)ret_image->words;
	if (body_len)
		memcpy(bytes + RB_RECORD_HEADER, answer->body, body_len);
	qname = bytes + record_bytes - key->qname_len;
	memcpy(qname, key->qname, key->qname_len);
	for (i = 0; i < steps.count; i++)
		qname[-1 - (int)i] = steps.distances[i];
	return 0;
}

int rb_image_build_stub(const struct rb_table_key *key, const struct rb_answer *answer,
			uint32_t epoch, struct rb_image *ret_image)
{
	struct rb_answer empty = *answer;
	int err;

	empty.traits = (uint8_t)((answer->traits & ~RB_PINNED) | RB_STUB | RB_NO_STALE);
	/* Counts that are not zero stay so: positive answers stay positive, and glue is left to
	 * userspace. */
	empty.ancount = answer->ancount > 0;
	empty.nscount = answer->nscount > 0;
	empty.arcount = answer->arcount > 0;
	empty.rotate = 0;
	empty.ttl_count = 0;
	empty.body_len = 0;
	err = rb_image_build(key, &empty, epoch, ret_image);
	if (!err)
		ret_image->record.message_sum = answer->body_len;
	return err;
}

/* Fill ret_offsets with where the TTLs are. Their number, or -EBADMSG. */
static int offsets_read(const struct rb_record *record, uint16_t ret_offsets[RB_TTL_STEPS_MAX])
{
	const uint8_t *step = rb_table_record_qname(record);
	uint32_t cursor = 0;
	int count = 0;
	uint32_t i;

	if (record->ttl_steps > RB_TTL_STEPS_MAX)
		return -EBADMSG;
	for (i = 0; i < record->ttl_steps; i++) {
		uint8_t distance = *--step;

		cursor += distance;
		if (distance == RB_TTL_SKIP)
			continue;
		if (cursor + TTL_BYTES > record->body_len)
			return -EBADMSG;
		ret_offsets[count++] = (uint16_t)cursor;
	}
	return count;
}

static void header_view(const struct rb_record *record, struct rb_answer *ret_answer)
{
	*ret_answer = (struct rb_answer){
		.expires_ns = record->expires_ns,
		.ttl_s = record->ttl_s,
		.flags = RB_HTONS(record->flags),
		.ancount = record->ancount,
		.nscount = record->nscount,
		.arcount = record->arcount,
		.traits = record->traits,
		.ede = record->ede,
		.rotate = record->rotate,
	};
	rb_answer_set_stale_limit(ret_answer, record->stale_limit);
}

void rb_table_stub_view(const struct rb_record *stub, struct rb_answer *ret_answer)
{
	header_view(stub, ret_answer);
	ret_answer->body_len = stub->message_sum;
}

int rb_table_record_view(struct rb_record *record, uint16_t ttl_offsets[RB_TTL_STEPS_MAX],
			 struct rb_answer *ret_answer)
{
	int ttls;

	if (record->traits & RB_STUB ||
	    record->body_len + (uint32_t)record->qname_len + record->ttl_steps >
		    RB_LARGE_BYTES - RB_RECORD_HEADER)
		return -EBADMSG;
	ttls = offsets_read(record, ttl_offsets);
	if (ttls < 0)
		return ttls;
	header_view(record, ret_answer);
	ret_answer->body_len = record->body_len;
	ret_answer->ttl_count = (uint16_t)ttls;
	ret_answer->ttl_offsets = ttl_offsets;
	ret_answer->body = record->data;
	return 0;
}

int rb_table_record_to_answer(const struct rb_record *record, struct rb_answer **ret_answer)
{
	/* It is not written to: the caller gets a copy. */
	struct rb_record *source = (struct rb_record *)(uintptr_t)record;
	uint16_t ttl_offsets[RB_TTL_STEPS_MAX];
	struct rb_answer view, *answer;
	int err = rb_table_record_view(source, ttl_offsets, &view);

	if (err)
		return err;
	answer = rb_answer_clone(&view);
	if (!answer)
		return -ENOMEM;
	*ret_answer = answer;
	return 0;
}

const uint8_t *rb_table_record_qname(const struct rb_record *record)
{
	/* A copied record has the layout of the large tier, see rb_table_read(). */
	return (const uint8_t *)record + RB_LARGE_BYTES - record->qname_len;
}

uint16_t rb_table_record_sum(const struct rb_record *record)
{
	return message_sum(record, rb_table_record_qname(record), record->data);
}
