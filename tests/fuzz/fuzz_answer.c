/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzing: any bytes as a resolver's message, digested and replied with. The first byte chooses the
 * options. What comes out must be a message that comes out the same when it goes in again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/abi.h"
#include "dns/answer.h"
#include "dns/bytes.h"
#include "dns/expand.h"
#include "util/cleanup.h"

#define NOW 1000000000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void answer_check(const struct rb_answer *answer)
{
	size_t i;

	check(answer->ttl_count == answer->ancount + answer->nscount + answer->arcount);
	for (i = 0; i < answer->ttl_count; i++) {
		check(answer->ttl_offsets[i] + 6 <= answer->body_len);
		check(!i || answer->ttl_offsets[i] >= answer->ttl_offsets[i - 1] + 11);
		check(rb_bytes_get32(answer->body + answer->ttl_offsets[i]) >= answer->ttl_s);
	}
}

static void again_check(const struct rb_answer *answer, const struct rb_answer_opts *opts,
			const uint8_t *message, size_t len)
{
	_cleanup_(rb_answer_freep) struct rb_answer *again = NULL;

	check(!rb_answer_from_message(message, len, opts, &again));
	check(again->body_len == answer->body_len && again->ttl_s == answer->ttl_s);
	check(!memcmp(again->body, answer->body, answer->body_len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = NULL;
	_cleanup_free_ uint8_t *out = NULL;
	struct rb_expanded qname;
	struct rb_answer_opts opts = {
		.max_ttl_s = 86400, .max_negative_ttl_s = 3600, .now_ns = NOW};
	struct rb_query query = {0};
	uint8_t question[RB_NAME_MAX + RB_QUESTION_TAIL];
	size_t at = 12, reply_len, short_len;

	if (len < 13 || rb_expand_name(data + 1, len - 1, &at, &qname) || at + 4 > len - 1)
		return 0;
	memcpy(question, qname.name, qname.len);
	memcpy(question + qname.len, data + 1 + at, RB_QUESTION_TAIL);
	query.qname = question;
	query.qname_len = qname.len;
	query.question_len = (uint16_t)(qname.len + RB_QUESTION_TAIL);
	query.qtype = rb_bytes_get16(data + 1 + at);
	query.flags = RB_FLAG_RD;
	opts.qname = question;
	opts.qname_len = qname.len;
	opts.qtype = query.qtype;
	opts.dnssec_ok = data[0] & 1;
	opts.secure = data[0] & 2;
	opts.min_ttl_s = data[0] & 4 ? 60 : 0;
	if (rb_answer_from_message(data + 1, len - 1, &opts, &answer))
		return 0;
	answer_check(answer);
	out = malloc(RB_MESSAGE_MAX);
	reply_len = rb_reply_build(&query, answer, NOW, 1232, RB_MESSAGE_MAX, out);
	check(reply_len == 12U + query.question_len + answer->body_len);
	again_check(answer, &opts, out, reply_len);
	query.edns.present = 1;
	short_len = rb_reply_build(&query, answer, NOW + NOW, 1232, RB_RESPONSE_MIN, out);
	check(short_len && short_len <= RB_RESPONSE_MIN);
	return 0;
}
