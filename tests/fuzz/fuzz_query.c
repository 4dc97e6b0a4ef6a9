/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzing: any bytes as a query, judged, and answered where Unbound would answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/abi.h"
#include "../kern/reply.h"
#include "dns/answer.h"
#include "dns/name.h"
#include "dns/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void question_check(const struct rb_query *query, const uint8_t *data, size_t len)
{
	check(query->qname == data + 12);
	check(12U + query->question_len <= len);
	check(rb_name_len(query->qname, query->qname_len) == query->qname_len);
	check(query->question_len == query->qname_len + RB_QUESTION_TAIL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[RB_NAME_TEXT_MAX];
	uint8_t out[RB_RESPONSE_MIN], again[RB_NAME_MAX];
	struct rb_query query;
	size_t reply_len;

	if (rb_query_parse(data, len, &query) == RB_QUERY_DROP)
		return 0;
	if (query.qname) {
		question_check(&query, data, len);
		rb_name_to_text(query.qname, query.qname_len, text);
		check(rb_name_from_text(text, again) == query.qname_len);
		check(!memcmp(again, query.qname, query.qname_len));
	}
	reply_len = rb_reply_build(&query, NULL, 0, 1232, sizeof(out), out);
	check(reply_len >= 12U + query.question_len && reply_len <= sizeof(out));
	check(out[2] & 0x80);
	return 0;
}
