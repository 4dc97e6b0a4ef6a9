/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies: the same bytes as the XDP program's (kern/reply.bpf.h), and those it leaves to us. */
#include "../kern/reply.h"

#include <string.h>

#include "dns/answer.h"
#include "dns/bytes.h"

#define HEADER_BYTES     sizeof(struct rb_dns_header)
#define OPTION_EDE_BYTES 6 /* code, length, info code: RFC 8914 2 */

/* A reply without an answer: an error that userspace found. */
static uint16_t error_flags(const struct rb_query *query)
{
	uint16_t flags = RB_FLAG_QR | (query->rcode & RB_FLAG_RCODE);

	flags |= query->flags & (RB_FLAG_OPCODE | RB_FLAG_RD | RB_FLAG_CD);
	/* As Unbound: what it could not read or does not do says nothing about recursion. */
	if (query->rcode != RB_RCODE_FORMERR && query->rcode != RB_RCODE_NOTIMP)
		flags |= RB_FLAG_RA;
	return flags;
}

static uint16_t answer_flags(const struct rb_query *query, const struct rb_answer *answer)
{
	__be16 flags = rb_reply_flags(RB_HTONS(answer->flags), RB_HTONS(query->flags),
				      answer->traits, &query->edns);

	flags &= (__be16)~RB_HTONS(RB_FLAG_RD);
	flags |= RB_HTONS(query->flags & (RB_FLAG_RD | RB_FLAG_CD));
	return RB_HTONS(flags);
}

/* Whole seconds that each TTL has lost. Past its expiry an answer does not age any more. */
static uint32_t answer_age_s(const struct rb_answer *answer, uint64_t now_ns)
{
	if (answer->traits & RB_FIXED_TTL)
		return 0;
	return rb_age_s(answer->expires_ns > now_ns ? answer->expires_ns - now_ns : 0,
			answer->ttl_s);
}

static void body_write(const struct rb_answer *answer, uint64_t now_ns, uint8_t *out)
{
	uint32_t age_s = answer_age_s(answer, now_ns);
	size_t i;

	memcpy(out, answer->body, answer->body_len);
	if (!age_s)
		return;
	for (i = 0; i < answer->ttl_count; i++) {
		uint8_t *at = out + answer->ttl_offsets[i];
		uint32_t ttl_s = rb_bytes_get32(at);

		rb_bytes_put32(at, ttl_s > age_s ? ttl_s - age_s : 0);
	}
}

/* rrset-roundrobin, exactly as the XDP program does it: see addresses_turn() in kern/body.bpf.h. */
static void addresses_turn(const struct rb_query *query, const struct rb_answer *answer,
			   uint8_t *out)
{
	uint32_t bytes = rb_rotate_rdata_bytes(RB_HTONS(query->qtype));
	uint32_t stride = RB_ROTATE_FIXED_BYTES + bytes;
	uint32_t count = answer->rotate, from, start, i;

	if (!bytes || count < 2 || count > RB_ROTATE_MAX || count * stride > answer->body_len)
		return;
	from = RB_HTONS(query->id) % count;
	start = answer->body_len - count * stride + RB_ROTATE_FIXED_BYTES;
	for (i = 0; i < count; i++)
		memcpy(out + start + i * stride, answer->body + start + (from + i) % count * stride,
		       bytes);
}

static size_t opt_len(const struct rb_query *query, const struct rb_answer *answer)
{
	if (!query->edns.present)
		return 0;
	return RB_OPT_BYTES + (answer && answer->ede ? OPTION_EDE_BYTES : 0);
}

/* RFC 6891 6.1.2, DO as it came (RFC 3225 3). len: of opt_len(). */
static void opt_write(const struct rb_query *query, const struct rb_answer *answer, size_t len,
		      uint16_t edns_udp_size, uint8_t *out)
{
	memset(out, 0, len);
	out[2] = RB_TYPE_OPT;
	rb_bytes_put16(out + 3, edns_udp_size);
	out[5] = answer ? 0 : (uint8_t)(query->rcode >> 4);
	out[7] = query->edns.dnssec_ok ? 0x80 : 0;
	if (len == RB_OPT_BYTES)
		return;
	out[10] = OPTION_EDE_BYTES;
	out[12] = RB_OPTION_EDE;
	out[14] = 2;
	out[16] = (uint8_t)(answer->ede - 1);
}

size_t rb_reply_build(const struct rb_query *query, const struct rb_answer *answer, uint64_t now_ns,
		      uint16_t edns_udp_size, size_t limit, uint8_t *out)
{
	size_t at = HEADER_BYTES + query->question_len;
	size_t opt = opt_len(query, answer);
	size_t body = answer ? answer->body_len : 0;
	uint16_t flags = answer ? answer_flags(query, answer) : error_flags(query);
	uint16_t counts[3] = {0};

	if (limit > RB_MESSAGE_MAX)
		limit = RB_MESSAGE_MAX;
	if (at > limit)
		return 0;
	if (at + body + opt > limit) {
		if (body)
			flags |= RB_FLAG_TC;
		body = 0;
	}
	if (at + opt > limit)
		opt = 0;
	if (body) {
		counts[0] = answer->ancount;
		counts[1] = answer->nscount;
		counts[2] = answer->arcount;
		body_write(answer, now_ns, out + at);
		addresses_turn(query, answer, out + at);
	}
	if (query->question_len)
		memcpy(out + HEADER_BYTES, query->qname, query->question_len);
	if (opt)
		opt_write(query, answer, opt, edns_udp_size, out + at + body);
	rb_bytes_put16(out, query->id);
	rb_bytes_put16(out + 2, flags);
	rb_bytes_put16(out + 4, query->question_len ? 1 : 0);
	rb_bytes_put16(out + 6, counts[0]);
	rb_bytes_put16(out + 8, counts[1]);
	rb_bytes_put16(out + 10, (uint16_t)(counts[2] + (opt ? 1 : 0)));
	return at + body + opt;
}
