/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies: the same bytes as the XDP program's (kern/reply.bpf.h), and those it leaves to us. */
#include "../kern/reply.h"

#include <string.h>

#include "dns/answer.h"
#include "dns/bytes.h"
#include "dns/fit.h"

#define HEADER_BYTES        sizeof(struct rb_dns_header)
#define OPTION_HEADER_BYTES 4 /* code, length */
#define OPTION_EDE_BYTES    6 /* code, length, info code: RFC 8914 2 */
#define OPTION_ALIVE_BYTES  6 /* code, length, timeout: RFC 7828 3.1 */

/* A reply without an answer: an error that userspace found. */
static uint16_t error_flags(const struct rb_query *query)
{
	uint16_t flags = RB_FLAG_QR | (query->rcode & RB_FLAG_RCODE);

	flags |= query->flags & (RB_FLAG_OPCODE | RB_FLAG_RD | RB_FLAG_CD);
	/* As Unbound: what it could not read or does not do says nothing about recursion, and it
	 * tells nobody of it whom it does not serve. */
	if ((query->rcode != RB_RCODE_FORMERR || query->keepalive == RB_KEEPALIVE_MALFORMED) &&
	    query->rcode != RB_RCODE_NOTIMP && !query->unwelcome)
		flags |= RB_FLAG_RA;
	return flags;
}

static bool is_failure(const struct rb_answer *answer)
{
	uint16_t rcode = answer->flags & RB_FLAG_RCODE;

	return rcode != RB_RCODE_NOERROR && rcode != RB_RCODE_NXDOMAIN;
}

static uint16_t answer_flags(const struct rb_query *query, const struct rb_answer *answer)
{
	__be16 flags = rb_reply_flags(RB_HTONS(answer->flags), RB_HTONS(query->flags),
				      answer->traits, &query->edns);

	flags &= (__be16)~RB_HTONS(RB_FLAG_RD);
	flags |= RB_HTONS(query->flags & (RB_FLAG_RD | RB_FLAG_CD));
	if (query->without_ra && !is_failure(answer))
		flags &= (__be16)~RB_HTONS(RB_FLAG_RA);
	return RB_HTONS(flags);
}

/* Whole seconds that each TTL has lost. Past its expiry an answer does not age any more. */
static uint32_t answer_age_s(const struct rb_query *query, const struct rb_answer *answer,
			     uint64_t now_ns)
{
	if (query->whole_ttl || answer->traits & RB_FIXED_TTL)
		return 0;
	return rb_age_s(answer->expires_ns > now_ns ? answer->expires_ns - now_ns : 0,
			answer->ttl_s);
}

/* rrset-roundrobin, exactly as the XDP program does it: see addresses_rotate() in kern/body.bpf.h. */
static void addresses_rotate(const struct rb_query *query, const struct rb_answer *answer,
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

/* The first len bytes, which are whole records. */
static void body_write(const struct rb_query *query, const struct rb_answer *answer, size_t len,
		       uint64_t now_ns, uint8_t *out)
{
	uint32_t age_s = answer_age_s(query, answer, now_ns);
	size_t i;

	memcpy(out, answer->body, len);
	/* Addresses that are rotated are the last records of all. */
	if (len == answer->body_len)
		addresses_rotate(query, answer, out);
	for (i = 0; age_s && i < answer->ttl_count && answer->ttl_offsets[i] < len; i++) {
		uint8_t *at = out + answer->ttl_offsets[i];
		uint32_t ttl_s = rb_bytes_get32(at);

		rb_bytes_put32(at, ttl_s > age_s ? ttl_s - age_s : 0);
	}
}

/* What the OPT is to hold. */
struct opt {
	uint16_t rcode;
	uint16_t nsid_len;    /* of the query's; 0: none */
	uint16_t alive_100ms; /* edns-tcp-keepalive; 0: none */
	uint8_t ede;          /* info code + 1; 0: none */
	size_t pad_bytes;     /* with the option's header; 0: none */
};

static size_t nsid_bytes(uint16_t nsid_len)
{
	return nsid_len ? OPTION_HEADER_BYTES + nsid_len : 0;
}

static size_t opt_bytes(const struct opt *opt)
{
	return RB_OPT_BYTES + nsid_bytes(opt->nsid_len) +
	       (opt->alive_100ms ? OPTION_ALIVE_BYTES : 0) + (opt->ede ? OPTION_EDE_BYTES : 0) +
	       opt->pad_bytes;
}

/* RFC 6891 6.1.2, DO as it came (RFC 3225 3). */
static void opt_write(const struct rb_query *query, const struct opt *opt, uint16_t edns_udp_size,
		      uint8_t *out)
{
	size_t len = opt_bytes(opt);
	uint8_t *option = out + RB_OPT_BYTES;

	memset(out, 0, len);
	out[2] = RB_TYPE_OPT;
	rb_bytes_put16(out + 3, edns_udp_size);
	out[5] = (uint8_t)(opt->rcode >> 4);
	out[7] = query->edns.dnssec_ok ? 0x80 : 0;
	rb_bytes_put16(out + 9, (uint16_t)(len - RB_OPT_BYTES));
	if (opt->nsid_len) {
		option[1] = RB_OPTION_NSID;
		rb_bytes_put16(option + 2, opt->nsid_len);
		memcpy(option + OPTION_HEADER_BYTES, query->nsid, opt->nsid_len);
		option += nsid_bytes(opt->nsid_len);
	}
	if (opt->alive_100ms) {
		option[1] = RB_OPTION_KEEPALIVE;
		option[3] = 2;
		rb_bytes_put16(option + OPTION_HEADER_BYTES, opt->alive_100ms);
		option += OPTION_ALIVE_BYTES;
	}
	if (opt->ede) {
		option[1] = RB_OPTION_EDE;
		option[3] = 2;
		option[5] = (uint8_t)(opt->ede - 1);
		option += OPTION_EDE_BYTES;
	}
	if (opt->pad_bytes) {
		option[1] = RB_OPTION_PADDING;
		rb_bytes_put16(option + 2, (uint16_t)(opt->pad_bytes - OPTION_HEADER_BYTES));
	}
}

/* The padding of a reply of so many bytes, where it fits: RFC 8467 4.1. */
static size_t padding_of(const struct rb_query *query, size_t bytes, size_t limit)
{
	size_t block = query->pad_block_bytes, padded = bytes + OPTION_HEADER_BYTES;

	if (!block || padded > limit)
		return 0;
	padded += (block - padded % block) % block;
	return (padded < limit ? padded : limit) - bytes;
}

static void header_write(const struct rb_query *query, const struct rb_answer *answer,
			 const struct rb_fit *fit, bool has_opt, uint8_t *out)
{
	bool has_records = fit->body_len;
	uint16_t flags = answer ? answer_flags(query, answer) : error_flags(query);
	uint16_t arcount = (uint16_t)(fit->arcount + has_opt);

	rb_bytes_put16(out, query->id);
	rb_bytes_put16(out + 2, fit->whole ? flags : flags | RB_FLAG_TC);
	rb_bytes_put16(out + 4, query->question_len ? 1 : 0);
	rb_bytes_put16(out + 6, has_records ? answer->ancount : 0);
	rb_bytes_put16(out + 8, has_records ? answer->nscount : 0);
	rb_bytes_put16(out + 10, arcount);
}

/* The options that take room from records, with the OPT. Its length; 0: there is none. */
static size_t opt_begin(const struct rb_query *query, size_t at, size_t limit, struct opt *opt)
{
	size_t len = query->edns.present && at + RB_OPT_BYTES <= limit ? RB_OPT_BYTES : 0;

	if (len && at + len + nsid_bytes(query->nsid_len) <= limit) {
		opt->nsid_len = query->nsid_len;
		len += nsid_bytes(query->nsid_len);
	}
	if (len && query->keepalive_100ms && at + len + OPTION_ALIVE_BYTES <= limit) {
		opt->alive_100ms = query->keepalive_100ms;
		len += OPTION_ALIVE_BYTES;
	}
	return len;
}

size_t rb_reply_room(const struct rb_query *query, size_t limit)
{
	size_t at = HEADER_BYTES + query->question_len;
	struct opt opt = {0};

	if (limit > RB_MESSAGE_MAX)
		limit = RB_MESSAGE_MAX;
	return at > limit ? 0 : limit - at - opt_begin(query, at, limit, &opt);
}

size_t rb_reply_build(const struct rb_query *query, const struct rb_answer *answer, uint64_t now_ns,
		      uint16_t edns_udp_size, size_t limit, uint8_t *out)
{
	size_t at = HEADER_BYTES + query->question_len, opt_len;
	uint8_t ede = answer ? answer->ede : query->ede;
	struct opt opt = {.rcode = answer ? 0 : query->rcode};
	struct rb_fit fit = {.whole = true};

	if (limit > RB_MESSAGE_MAX)
		limit = RB_MESSAGE_MAX;
	if (at > limit)
		return 0;
	opt_len = opt_begin(query, at, limit, &opt);
	if (answer)
		fit = rb_fit_body(query, answer, limit - at - opt_len);
	/* As Unbound: an extended error takes the room that records leave. */
	if (opt_len && ede && at + fit.body_len + opt_len + OPTION_EDE_BYTES <= limit) {
		opt.ede = ede;
		opt_len += OPTION_EDE_BYTES;
	}
	if (opt_len)
		opt.pad_bytes = padding_of(query, at + fit.body_len + opt_len, limit);
	if (fit.body_len)
		body_write(query, answer, fit.body_len, now_ns, out + at);
	if (query->question_len)
		memcpy(out + HEADER_BYTES, query->qname, query->question_len);
	at += fit.body_len;
	if (opt_len)
		opt_write(query, &opt, edns_udp_size, out + at);
	header_write(query, answer, &fit, opt_len != 0, out);
	return at + opt_len + opt.pad_bytes;
}
