/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over an answer's records; see sound.h. */
#include "dns/check.h"

#include <errno.h>

#include "../kern/reply.h"
#include "dns/bytes.h"
#include "dns/expand.h"
#include "dns/rdata.h"

#define POINTER_BITS   0xc0
#define RR_FIXED_BYTES 10 /* type, class, TTL, length of data */
#define TRAITS         (RB_SERVES_MASK | RB_FIXED_TTL | RB_SECURE | RB_NO_STALE | RB_SECOND)
#define FLAGS          (RB_FLAG_QR | RB_FLAG_AA | RB_FLAG_RD | RB_FLAG_RA | RB_FLAG_RCODE)

/* The answer as a message: its bytes stand in two places. */
struct walk {
	const struct rb_answer *answer;
	const uint8_t *qname;
	uint32_t qname_len;
	uint32_t body_at; /* of the message */
	uint32_t end;     /* of the message */
	uint16_t qtype;
	uint32_t at;        /* in the message */
	uint32_t addresses; /* the last so many records are alike but for their address */
};

/* -1: no byte that a name may take. */
static int byte_at(const struct walk *walk, uint32_t at)
{
	uint32_t from_qname = at - (uint32_t)sizeof(struct rb_dns_header);

	if (at >= walk->body_at)
		return at < walk->end ? walk->answer->body[at - walk->body_at] : -1;
	return at >= sizeof(struct rb_dns_header) && from_qname < walk->qname_len
		       ? walk->qname[from_qname]
		       : -1;
}

/* Over the name at walk->at, which ends before `end` as far as it is not elsewhere. */
static bool name_pass(struct walk *walk, uint32_t end)
{
	uint32_t at = walk->at, lowest = at, behind = 0, len = 0, hops = 0;

	for (;;) {
		int head = byte_at(walk, at);

		if (head < 0 || (!behind && at >= end))
			return false;
		if ((head & POINTER_BITS) == POINTER_BITS) {
			int low = byte_at(walk, at + 1);

			if (low < 0 || ++hops > RB_LABELS_MAX || (!behind && at + 2 > end))
				return false;
			if (!behind)
				behind = at + 2;
			at = (uint32_t)(head & ~POINTER_BITS) << 8 | (uint32_t)low;
			/* Ever further back: this is what ends every chain of pointers. */
			if (at >= lowest)
				return false;
			lowest = at;
			continue;
		}
		len += (uint32_t)head + 1;
		if (head > RB_LABEL_MAX || len > RB_NAME_MAX)
			return false;
		at += (uint32_t)head + 1;
		if (!head)
			break;
	}
	walk->at = behind ? behind : at;
	return walk->at <= end;
}

/* The data of a record, from walk->at to end. */
static bool rdata_pass(struct walk *walk, uint16_t type, uint32_t end)
{
	struct rb_rdata_layout layout = rb_rdata_layout(type);
	unsigned int i;

	if (!layout.names) {
		walk->at = end;
		return true;
	}
	walk->at += layout.fixed_bytes;
	for (i = 0; i < layout.strings; i++) {
		int len = byte_at(walk, walk->at);

		if (len < 0)
			return false;
		walk->at += 1 + (uint32_t)len;
	}
	for (i = 0; i < layout.names; i++)
		if (!name_pass(walk, end))
			return false;
	if (layout.tail_bytes == RB_RDATA_TAIL_ANY)
		walk->at = end;
	else
		walk->at += layout.tail_bytes;
	return walk->at == end;
}

static void addresses_count(struct walk *walk, uint16_t type, uint32_t rr_bytes)
{
	uint32_t bytes = rb_rotate_rdata_bytes(RB_HTONS(walk->qtype));

	if (bytes && type == walk->qtype && rr_bytes == RB_ROTATE_FIXED_BYTES + bytes)
		walk->addresses++;
	else
		walk->addresses = 0;
}

static const char *rr_pass(struct walk *walk, uint16_t ttl_offset)
{
	const struct rb_answer *answer = walk->answer;
	uint32_t start = walk->at, ttl_s, end;
	const uint8_t *fixed;
	uint16_t type;

	if (!name_pass(walk, walk->end))
		return "a malformed owner name";
	if (walk->end - walk->at < RR_FIXED_BYTES)
		return "a record that is cut off";
	fixed = answer->body + (walk->at - walk->body_at);
	if (walk->at - walk->body_at + 4 != ttl_offset)
		return "a TTL in another place than is said";
	walk->at += RR_FIXED_BYTES;
	end = walk->at + rb_bytes_get16(fixed + 8);
	if (end > walk->end)
		return "a record that is cut off";
	type = rb_bytes_get16(fixed);
	if (rb_rdata_is_meta(type) || rb_bytes_get16(fixed + 2) != RB_CLASS_IN)
		return "a type or class that no data has";
	ttl_s = rb_bytes_get32(fixed + 4);
	if (ttl_s > INT32_MAX || (ttl_s < answer->ttl_s && !(answer->traits & RB_FIXED_TTL)))
		return "a TTL below the answer's, or over 31 bits";
	if (!rdata_pass(walk, type, end))
		return "malformed data";
	addresses_count(walk, type, end - start);
	return NULL;
}

static const char *header_fault(const struct rb_answer *answer)
{
	uint16_t rcode = answer->flags & RB_FLAG_RCODE;

	if (answer->flags & ~FLAGS || !(answer->flags & RB_FLAG_QR))
		return "flags that no answer has";
	if (answer->traits & ~TRAITS || !(answer->traits & RB_SERVES_MASK))
		return "traits that no answer has";
	if (answer->traits & RB_SECURE && rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN)
		return "an error that is secure";
	if (!answer->ttl_s || answer->ttl_s > INT32_MAX)
		return "a lifetime of 0 or over 31 bits";
	if ((uint32_t)answer->ancount + answer->nscount + answer->arcount != answer->ttl_count)
		return "counts that disagree";
	return NULL;
}

const char *rb_answer_check(const struct rb_answer *answer, const uint8_t *qname,
			    uint16_t qname_len, uint16_t qtype)
{
	uint32_t body_at = (uint32_t)sizeof(struct rb_dns_header) + qname_len + RB_QUESTION_TAIL;
	struct walk walk = {
		.answer = answer,
		.qname = qname,
		.qname_len = qname_len,
		.body_at = body_at,
		.end = body_at + answer->body_len,
		.qtype = qtype,
		.at = body_at,
	};
	const char *fault = header_fault(answer);
	uint32_t i;

	if (!fault && walk.end > RB_MESSAGE_MAX)
		fault = "more bytes than a message has";
	for (i = 0; i < answer->ttl_count && !fault; i++)
		fault = rr_pass(&walk, answer->ttl_offsets[i]);
	if (!fault && walk.at != walk.end)
		fault = "bytes after the last record";
	if (!fault && answer->rotate &&
	    (answer->rotate == 1 || answer->rotate > RB_ROTATE_MAX || answer->nscount ||
	     answer->arcount || answer->rotate > walk.addresses))
		fault = "addresses to turn that are none";
	return fault;
}
