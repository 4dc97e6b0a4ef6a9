/* SPDX-License-Identifier: BSD-2-Clause */
/* Chains of aliases, as records without compression, one behind the other. */
#include "policy/chain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/name.h"
#include "dns/transcribe.h"
#include "util/cleanup.h"

#define HEADER_BYTES   sizeof(struct rb_dns_header)
#define RR_FIXED_BYTES 10 /* type, class, TTL, length of data */
#define COMPRESS_SLACK 8  /* bytes that a compressor wants behind its room */

struct rb_policy_chain {
	uint16_t count;
	size_t len;
	uint8_t *bytes;
};

void rb_chain_free(struct rb_policy_chain *chain)
{
	if (!chain)
		return;
	free(chain->bytes);
	free(chain);
}

/* A record more, of len bytes, which the caller fills in. NULL: no memory. */
static uint8_t *chain_grow(struct rb_policy_chain **chain, size_t len)
{
	struct rb_policy_chain *grown = *chain ? *chain : calloc(1, sizeof(*grown));
	uint8_t *bytes, *added;

	if (!grown)
		return NULL;
	*chain = grown;
	bytes = realloc(grown->bytes, grown->len + len);
	if (!bytes)
		return NULL;
	added = bytes + grown->len;
	grown->bytes = bytes;
	grown->len += len;
	grown->count++;
	return added;
}

static int cname_add(struct rb_policy_chain **chain, const struct rb_policy_question *question,
		     const uint8_t *target, size_t target_len, uint32_t ttl_s)
{
	size_t owner_len = question->qname_len;
	uint8_t *rr = chain_grow(chain, owner_len + RR_FIXED_BYTES + target_len);

	if (!rr)
		return -ENOMEM;
	memcpy(rr, question->qname, owner_len);
	rr += owner_len;
	rb_bytes_put16(rr, RB_TYPE_CNAME);
	rb_bytes_put16(rr + 2, RB_CLASS_IN);
	rb_bytes_put32(rr + 4, ttl_s);
	rb_bytes_put16(rr + 8, (uint16_t)target_len);
	memcpy(rr + RR_FIXED_BYTES, target, target_len);
	return 0;
}

int rb_chain_add(struct rb_policy_chain **chain, const struct rb_policy_verdict *verdict,
		 const struct rb_policy_question *question, uint8_t target[RB_NAME_MAX],
		 size_t *ret_len)
{
	struct rb_policy_record record;
	size_t at = 0, front = 0;
	int len;

	if (!rb_policy_next(&verdict->answer, &at, &record))
		return -EBADMSG;
	len = rb_name_len(record.rdata, record.rdata_len);
	if (len < 0)
		return -EBADMSG;
	if (len > 2 && record.rdata[0] == 1 && record.rdata[1] == '*') {
		front = question->qname_len - 1u;
		record.rdata += 2;
		len -= 2;
	}
	if (front + (size_t)len > RB_NAME_MAX)
		return -EMSGSIZE;
	memcpy(target, question->qname, front);
	rb_name_lower(record.rdata, (size_t)len, target + front);
	*ret_len = front + (size_t)len;
	return cname_add(chain, question, target, *ret_len, record.ttl_s);
}

/* Behind the question of a message with one. -EBADMSG. */
static int question_skip(const uint8_t *message, size_t len, size_t *ret_at)
{
	struct rb_expanded qname;
	size_t at = HEADER_BYTES;

	if (len < at || rb_bytes_get16(message + 4) != 1 ||
	    rb_expand_name(message, len, &at, &qname) || at + RB_QUESTION_TAIL > len)
		return -EBADMSG;
	*ret_at = at + RB_QUESTION_TAIL;
	return 0;
}

int rb_chain_take(struct rb_policy_chain **chain, const uint8_t *message, size_t len,
		  unsigned int count)
{
	_cleanup_free_ uint8_t *rr = malloc(RB_MESSAGE_MAX + COMPRESS_SLACK);
	struct rb_compressor plain;
	size_t at = 0;
	int err = rr ? 0 : -ENOMEM;

	if (!err && count)
		err = question_skip(message, len, &at);
	for (unsigned int i = 0; i < count && !err; i++) {
		size_t rr_len = 0;
		uint8_t *added;

		rb_compress_init(&plain, rr, RB_MESSAGE_MAX);
		err = rb_transcribe_rr(message, len, &at, RB_TRANSCRIBE_PLAIN, &plain, &rr_len);
		added = err ? NULL : chain_grow(chain, rr_len);
		if (added)
			memcpy(added, rr, rr_len);
		else if (!err)
			err = -ENOMEM;
	}
	return err;
}

/* All records of from, behind what is written. */
static int records_put(const uint8_t *from, size_t len, size_t at, unsigned int count,
		       struct rb_compressor *to, size_t *to_len)
{
	int err = 0;

	while (count-- && !err)
		err = rb_transcribe_rr(from, len, &at, RB_TRANSCRIBE_SHORT, to, to_len);
	return err;
}

/* The chain comes in front of the message's answers, and its question becomes ours. */
static int whole_put(const struct rb_policy_chain *chain, const struct rb_policy_question *question,
		     const uint8_t *message, size_t len, struct rb_compressor *to, size_t *to_len)
{
	unsigned int answers, records;
	struct rb_expanded qname;
	size_t at, name_at = 0;
	int err = question_skip(message, len, &at);

	if (err || rb_expand_name(question->qname, question->qname_len, &name_at, &qname))
		return -EBADMSG;
	answers = rb_bytes_get16(message + 6);
	records = answers + rb_bytes_get16(message + 8) + rb_bytes_get16(message + 10);
	memcpy(to->message, message, HEADER_BYTES);
	rb_bytes_put16(to->message + 2,
		       rb_bytes_get16(message + 2) & (uint16_t) ~(RB_FLAG_AA | RB_FLAG_AD));
	rb_bytes_put16(to->message + 6, (uint16_t)(answers + (chain ? chain->count : 0)));
	*to_len = HEADER_BYTES;
	err = rb_compress_name(to, &qname, to_len);
	if (err)
		return err;
	memcpy(to->message + *to_len, message + at - RB_QUESTION_TAIL, RB_QUESTION_TAIL);
	*to_len += RB_QUESTION_TAIL;
	if (chain)
		err = records_put(chain->bytes, chain->len, 0, chain->count, to, to_len);
	return err ?: records_put(message, len, at, records, to, to_len);
}

int rb_chain_answer(const struct rb_policy_chain *chain, const struct rb_policy_question *question,
		    const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
		    struct rb_answer **ret_answer)
{
	_cleanup_free_ uint8_t *whole = malloc(RB_MESSAGE_MAX + COMPRESS_SLACK);
	struct rb_compressor compressor;
	size_t whole_len;
	int err;

	if (!whole)
		return -ENOMEM;
	rb_compress_init(&compressor, whole, RB_MESSAGE_MAX);
	err = whole_put(chain, question, message, len, &compressor, &whole_len);
	return err ?: rb_answer_from_message(whole, whole_len, opts, ret_answer);
}
