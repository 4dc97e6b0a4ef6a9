/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of local policy: written in full, then digested like a resolver's. */
#include "policy/answer.h"

#include <errno.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define HEADER_BYTES   12
#define RR_FIXED_BYTES 10     /* type, class, TTL, length of the data */
#define TTL_AT         4      /* in these */
#define OWNER_BYTES    2      /* a pointer to the question's name */
#define TO_QUESTION    0xc00c /* that pointer, RFC 1035 4.1.4 */
#define LOCAL_TTL_S    3600   /* of answers without a record: as local-data has it by default */
#define NULL_TTL_S     3600

/* A message while it is written. */
struct writer {
	uint8_t *out;
	size_t len;
	size_t room;
};

static bool put(struct writer *writer, const void *bytes, size_t len)
{
	if (len > writer->room - writer->len)
		return false;
	if (len)
		memcpy(writer->out + writer->len, bytes, len);
	writer->len += len;
	return true;
}

static bool put16(struct writer *writer, uint16_t value)
{
	uint8_t bytes[2];

	rb_bytes_put16(bytes, value);
	return put(writer, bytes, sizeof(bytes));
}

static bool put32(struct writer *writer, uint32_t value)
{
	uint8_t bytes[4];

	rb_bytes_put32(bytes, value);
	return put(writer, bytes, sizeof(bytes));
}

static bool put_header(struct writer *writer, const struct rb_policy_question *question,
		       uint16_t flags, const uint16_t counts[3])
{
	return put16(writer, 0) && put16(writer, flags) && put16(writer, 1) &&
	       put16(writer, counts[0]) && put16(writer, counts[1]) && put16(writer, counts[2]) &&
	       put(writer, question->qname, question->qname_len) &&
	       put16(writer, question->qtype) && put16(writer, question->qclass);
}

/* Behind the owner. */
static bool put_rr(struct writer *writer, uint16_t type, uint16_t qclass, uint32_t ttl_s,
		   const uint8_t *rdata, size_t len)
{
	return put16(writer, type) && put16(writer, qclass) && put32(writer, ttl_s) &&
	       put16(writer, (uint16_t)len) && put(writer, rdata, len);
}

/* owner NULL: the question's name. */
static bool put_records(struct writer *writer, const struct rb_policy_records *records,
			uint16_t qclass, const uint8_t *owner, size_t owner_len)
{
	struct rb_policy_record record;
	size_t at = 0;

	while (rb_policy_next(records, &at, &record)) {
		if (!(owner ? put(writer, owner, owner_len) : put16(writer, TO_QUESTION)) ||
		    !put_rr(writer, records->type, qclass, record.ttl_s, record.rdata,
			    record.rdata_len))
			return false;
	}
	return true;
}

static bool put_null(struct writer *writer, const struct rb_policy_verdict *verdict)
{
	static const uint8_t zeros[16];
	uint16_t type = verdict->null_address == 4 ? RB_TYPE_A : RB_TYPE_AAAA;

	return put16(writer, TO_QUESTION) &&
	       put_rr(writer, type, RB_CLASS_IN, NULL_TTL_S, verdict->list_address ?: zeros,
		      verdict->null_address);
}

static bool put_message(struct writer *writer, const struct rb_policy_verdict *verdict,
			const struct rb_policy_question *question)
{
	const uint16_t counts[3] = {
		(uint16_t)(verdict->answer.count + (verdict->null_address != 0)),
		verdict->soa.count,
		0,
	};

	return put_header(writer, question, RB_FLAG_QR | RB_FLAG_AA | RB_FLAG_RA | verdict->rcode,
			  counts) &&
	       put_records(writer, &verdict->answer, question->qclass, NULL, 0) &&
	       (!verdict->null_address || put_null(writer, verdict)) &&
	       (!verdict->soa.count || put_records(writer, &verdict->soa, question->qclass,
						   verdict->zone_name, verdict->zone->name_len));
}

/* Room for a small message on the stack; the largest need memory of their own. */
#define SMALL_BYTES 2048

static size_t message_room(const struct rb_policy_verdict *verdict,
			   const struct rb_policy_question *question)
{
	size_t fixed = OWNER_BYTES + RR_FIXED_BYTES;

	return HEADER_BYTES + question->qname_len + RB_QUESTION_TAIL + verdict->answer.records_len +
	       fixed * verdict->answer.count + verdict->soa.records_len +
	       (RB_NAME_MAX + fixed) * verdict->soa.count + fixed + 16;
}

static int digest(const struct writer *writer, const struct rb_policy_verdict *verdict,
		  const struct rb_policy_question *question, bool dnssec_ok, uint64_t now_ns,
		  struct rb_answer **ret_answer)
{
	const struct rb_answer_opts opts = {
		.qname = question->qname,
		.qname_len = question->qname_len,
		.qtype = question->qtype,
		.qclass = question->qclass,
		.dnssec_ok = dnssec_ok,
		.ede = rb_policy_ede(verdict),
		.max_ttl_s = INT32_MAX,
		.max_negative_ttl_s = INT32_MAX,
		.now_ns = now_ns,
	};

	return rb_answer_from_message(writer->out, writer->len, &opts, ret_answer);
}

/* Whether the answer has no record, or only an address that stands in the verdict. */
static bool is_plain(const struct rb_policy_verdict *verdict,
		     const struct rb_policy_question *question)
{
	/* No name points to the root. */
	return !verdict->answer.count && !verdict->soa.count && question->qclass == RB_CLASS_IN &&
	       question->qname_len > 1;
}

/* What digest() makes of such a message: that of a blocked name, as soon as a hit would be. */
static int plain(const struct rb_policy_verdict *verdict, uint64_t now_ns,
		 struct rb_answer **ret_answer)
{
	bool has_address = verdict->null_address;
	size_t len = has_address ? OWNER_BYTES + RR_FIXED_BYTES + verdict->null_address : 0;
	struct rb_answer *answer = rb_answer_new(len, has_address);
	struct writer writer = {.room = len};

	if (!answer)
		return -ENOMEM;
	writer.out = answer->body;
	if (has_address && put_null(&writer, verdict))
		answer->ttl_offsets[0] = OWNER_BYTES + TTL_AT;
	answer->flags = RB_FLAG_QR | RB_FLAG_AA | RB_FLAG_RD | verdict->rcode;
	answer->ancount = has_address;
	answer->traits = RB_SERVES_DO0 | RB_SERVES_DO1 | RB_FIXED_TTL | RB_NO_STALE;
	answer->ede = rb_policy_ede(verdict);
	answer->ttl_s = NULL_TTL_S;
	answer->expires_ns = now_ns + answer->ttl_s * RB_NS_PER_S;
	*ret_answer = answer;
	return 0;
}

static int from_message(const struct rb_policy_verdict *verdict,
			const struct rb_policy_question *question, bool dnssec_ok, uint64_t now_ns,
			struct rb_answer **ret_answer)
{
	size_t room = message_room(verdict, question);
	uint8_t small[SMALL_BYTES];
	_cleanup_free_ uint8_t *large = room > sizeof(small) ? malloc(room) : NULL;
	struct writer writer = {.out = large ? large : small, .room = room};

	if (room > sizeof(small) && !large)
		return -ENOMEM;
	if (!put_message(&writer, verdict, question) || writer.len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	return digest(&writer, verdict, question, dnssec_ok, now_ns, ret_answer);
}

int rb_policy_answer(const struct rb_policy_verdict *verdict,
		     const struct rb_policy_question *question, bool dnssec_ok, uint64_t now_ns,
		     struct rb_answer **ret_answer)
{
	struct rb_answer *answer;
	int err = is_plain(verdict, question)
			  ? plain(verdict, now_ns, &answer)
			  : from_message(verdict, question, dnssec_ok, now_ns, &answer);

	if (err)
		return err;
	answer->flags = (uint16_t)(answer->flags & ~(RB_FLAG_RA | RB_FLAG_TC)) |
			(verdict->without_ra ? 0 : RB_FLAG_RA) |
			(verdict->truncate ? RB_FLAG_TC : 0);
	/* What has no record to show holds until the configuration changes. */
	if (!answer->ttl_count) {
		answer->ttl_s = LOCAL_TTL_S;
		answer->expires_ns = now_ns + answer->ttl_s * RB_NS_PER_S;
	}
	*ret_answer = answer;
	return 0;
}

int rb_policy_message(const struct rb_policy_verdict *verdict,
		      const struct rb_policy_question *question, uint8_t **ret_message,
		      size_t *ret_len)
{
	struct writer writer = {.room = message_room(verdict, question)};
	_cleanup_free_ uint8_t *out = malloc(writer.room);

	if (!out)
		return -ENOMEM;
	writer.out = out;
	if (!put_message(&writer, verdict, question) || writer.len > RB_MESSAGE_MAX)
		return -EMSGSIZE;
	*ret_message = TAKE_PTR(out);
	*ret_len = writer.len;
	return 0;
}
