/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers: their memory, and those that hold no record. */
#include "dns/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "util/clock.h"

struct rb_answer *rb_answer_new(size_t body_bytes, size_t ttl_count)
{
	size_t offsets_bytes = ttl_count * sizeof(uint16_t);
	struct rb_answer *answer;

	if (body_bytes > RB_MESSAGE_MAX || ttl_count > RB_MESSAGE_MAX)
		return NULL;
	answer = calloc(1, sizeof(*answer) + offsets_bytes + body_bytes);
	if (!answer)
		return NULL;
	answer->ttl_offsets = (uint16_t *)(answer + 1);
	answer->body = (uint8_t *)(answer + 1) + offsets_bytes;
	answer->signed_until_ns = RB_SIGNATURES_ENDLESS;
	answer->ttl_count = (uint16_t)ttl_count;
	answer->body_len = (uint16_t)body_bytes;
	return answer;
}

struct rb_answer *rb_answer_clone(const struct rb_answer *answer)
{
	struct rb_answer *clone = rb_answer_new(answer->body_len, answer->ttl_count);
	uint16_t *ttl_offsets;
	uint8_t *body;

	if (!clone)
		return NULL;
	ttl_offsets = clone->ttl_offsets;
	body = clone->body;
	*clone = *answer;
	clone->ttl_offsets = ttl_offsets;
	clone->body = body;
	if (answer->ttl_count)
		memcpy(ttl_offsets, answer->ttl_offsets, answer->ttl_count * sizeof(*ttl_offsets));
	if (answer->body_len)
		memcpy(body, answer->body, answer->body_len);
	return clone;
}

void rb_answer_free(struct rb_answer *answer)
{
	free(answer);
}

void rb_answer_freep(struct rb_answer **answer)
{
	rb_answer_free(*answer);
}

void rb_answer_make_stale(struct rb_answer *answer, uint32_t reply_ttl_s, uint64_t now_ns)
{
	uint64_t signed_ns = answer->signed_until_ns > now_ns ? answer->signed_until_ns - now_ns
							      : 0;

	if (reply_ttl_s > signed_ns / RB_NS_PER_S)
		reply_ttl_s = (uint32_t)(signed_ns / RB_NS_PER_S);
	for (size_t i = 0; i < answer->ttl_count; i++) {
		uint8_t *ttl = answer->body + answer->ttl_offsets[i];

		if (rb_bytes_get32(ttl) > reply_ttl_s)
			rb_bytes_put32(ttl, reply_ttl_s);
	}
	if (answer->ttl_s > reply_ttl_s)
		answer->ttl_s = reply_ttl_s;
	answer->expires_ns = now_ns + answer->ttl_s * RB_NS_PER_S;
	answer->ede = rb_ede_of_stale(RB_HTONS(answer->flags));
}

bool rb_answer_is_stale(const struct rb_answer *answer)
{
	return answer->ede == RB_EDE_STALE + 1 || answer->ede == RB_EDE_STALE_NXDOMAIN + 1;
}

void rb_answer_signatures(const struct rb_answer *answer, const struct rb_signature_rules *rules,
			  bool decisive, struct rb_signatures *ret_signatures)
{
	rb_signatures_begin(ret_signatures, rules);
	for (uint16_t i = 0; i < answer->ttl_count; i++) {
		/* Type and class stand before a TTL, the length of the data behind it. */
		const uint8_t *ttl = answer->body + answer->ttl_offsets[i];

		rb_signatures_add(ret_signatures, rb_bytes_get16(ttl - 4), ttl + 6,
				  rb_bytes_get16(ttl + 4), decisive);
	}
	rb_signatures_end(ret_signatures);
}

uint8_t rb_answer_stale_limit(const struct rb_answer *answer)
{
	if (answer->signed_until_ns == RB_SIGNATURES_ENDLESS)
		return RB_STALE_ENDLESS;
	return rb_stale_limit_make((answer->signed_until_ns - answer->expires_ns) / RB_NS_PER_S);
}

void rb_answer_set_stale_limit(struct rb_answer *answer, uint8_t stale_limit)
{
	answer->signed_until_ns = RB_SIGNATURES_ENDLESS;
	if (stale_limit != RB_STALE_ENDLESS)
		answer->signed_until_ns =
			answer->expires_ns + rb_stale_limit_s(stale_limit) * RB_NS_PER_S;
}

int rb_answer_error(uint16_t rcode, uint8_t ede, uint32_t ttl_s, uint64_t now_ns,
		    struct rb_answer **ret_answer)
{
	struct rb_answer *answer = rb_answer_new(0, 0);

	if (!answer)
		return -ENOMEM;
	answer->flags = RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA | (rcode & RB_FLAG_RCODE);
	answer->traits = RB_NO_STALE | RB_SERVES_DO0 | RB_SERVES_DO1;
	answer->ede = ede;
	answer->ttl_s = ttl_s;
	answer->expires_ns = now_ns + ttl_s * RB_NS_PER_S;
	*ret_answer = answer;
	return 0;
}
