/* SPDX-License-Identifier: BSD-2-Clause */
/* Leaves out sets of the additional section until the rest fits. */
#include "dns/fit.h"

#include <string.h>

#include "dns/bytes.h"
#include "dns/expand.h"
#include "dns/name.h"

#define TYPE_OFFSET    (-4) /* from a record's TTL */
#define RDLEN_OFFSET   4
#define RDATA_OFFSET   6
#define TYPE_CLASS_LEN 4

/* A body behind its question, where its compression pointers lead to the right places. */
struct message {
	const struct rb_answer *answer;
	size_t body; /* offset of the body in bytes */
	size_t len;
	uint8_t bytes[RB_MESSAGE_MAX];
};

static const uint8_t *ttl_of(const struct rb_answer *answer, unsigned int record)
{
	return answer->body + answer->ttl_offsets[record];
}

/* Where the record ends in the body, which is where the next one begins. */
static size_t end_of(const struct rb_answer *answer, unsigned int record)
{
	return answer->ttl_offsets[record] + RDATA_OFFSET +
	       (size_t)rb_bytes_get16(ttl_of(answer, record) + RDLEN_OFFSET);
}

static bool message_init(struct message *message, const struct rb_query *query,
			 const struct rb_answer *answer)
{
	message->answer = answer;
	message->body = sizeof(struct rb_dns_header) + query->question_len;
	message->len = message->body + answer->body_len;
	if (message->len > sizeof(message->bytes))
		return false;
	memcpy(message->bytes + sizeof(struct rb_dns_header), query->qname, query->question_len);
	memcpy(message->bytes + message->body, answer->body, answer->body_len);
	return true;
}

static bool owner_get(const struct message *message, unsigned int record,
		      struct rb_expanded *ret_owner)
{
	size_t at = message->body + (record ? end_of(message->answer, record - 1) : 0);

	return !rb_expand_name(message->bytes, message->len, &at, ret_owner);
}

/* Whether both are of one set; of signatures, those of one set. */
static bool is_one_set(const struct message *message, unsigned int a, unsigned int b)
{
	const uint8_t *ttl_a = ttl_of(message->answer, a), *ttl_b = ttl_of(message->answer, b);
	struct rb_expanded owner_a, owner_b;

	if (memcmp(ttl_a + TYPE_OFFSET, ttl_b + TYPE_OFFSET, TYPE_CLASS_LEN) != 0)
		return false;
	if (rb_bytes_get16(ttl_a + TYPE_OFFSET) == RB_TYPE_RRSIG &&
	    memcmp(ttl_a + RDATA_OFFSET, ttl_b + RDATA_OFFSET, sizeof(uint16_t)) != 0)
		return false;
	return owner_get(message, a, &owner_a) && owner_get(message, b, &owner_b) &&
	       rb_name_equal(owner_a.name, owner_a.len, owner_b.name, owner_b.len);
}

static void sets_add(const struct rb_query *query, const struct rb_answer *answer, size_t room,
		     unsigned int first, struct rb_fit *fit)
{
	struct message message;
	unsigned int end;

	if (!message_init(&message, query, answer))
		return;
	for (; first < answer->ttl_count; first = end) {
		for (end = first + 1; end < answer->ttl_count; end++)
			if (!is_one_set(&message, first, end))
				break;
		if (end_of(answer, end - 1) > room)
			return;
		fit->body_len = end_of(answer, end - 1);
		fit->arcount = (uint16_t)(fit->arcount + end - first);
	}
}

struct rb_fit rb_fit_body(const struct rb_query *query, const struct rb_answer *answer, size_t room)
{
	unsigned int needed = (unsigned int)answer->ancount + answer->nscount;
	struct rb_fit fit = {
		.whole = true, .arcount = answer->arcount, .body_len = answer->body_len};

	if (answer->body_len <= room)
		return fit;
	fit = (struct rb_fit){0};
	/* Each record has a TTL, by which it is found. */
	if (answer->ttl_count != needed + answer->arcount)
		return fit;
	if (needed)
		fit.body_len = end_of(answer, needed - 1);
	if (fit.body_len > room)
		return (struct rb_fit){0};
	fit.whole = true;
	sets_add(query, answer, room, needed, &fit);
	return fit;
}
