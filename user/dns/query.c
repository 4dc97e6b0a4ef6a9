/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries, parsed in full and judged as Unbound 1.17 judges them; tests/unit/test_query.c has the
 * list. */
#include "dns/query.h"

#include <errno.h>
#include <string.h>

#include "dns/bytes.h"
#include "dns/expand.h"
#include "dns/name.h"

enum {
	OPCODE_QUERY = 0,
	OPCODE_NOTIFY = 4 << 11, /* in its place in the flags */
	TYPE_IXFR = 251,
	TYPE_AXFR = 252,
	OPTION_HEADER_BYTES = 4,
};

static uint16_t count_of(const uint8_t *message, size_t offset)
{
	return rb_bytes_get16(message + offset);
}

/* The question, where the message holds exactly one that can be read. Moves *at behind it. */
static int question_read(const uint8_t *message, size_t len, size_t *at, struct rb_query *query)
{
	const uint8_t *qname = message + *at;
	int qname_len;

	if (count_of(message, 4) != 1)
		return -EBADMSG;
	qname_len = rb_name_len(qname, len - *at);
	if (qname_len < 0)
		return qname_len;
	if (*at + (size_t)qname_len + RB_QUESTION_TAIL > len)
		return -EBADMSG;
	query->qname = qname;
	query->qname_len = (uint16_t)qname_len;
	query->question_len = (uint16_t)(qname_len + RB_QUESTION_TAIL);
	query->qtype = rb_bytes_get16(qname + qname_len);
	query->qclass = rb_bytes_get16(qname + qname_len + 2);
	*at += query->question_len;
	return 0;
}

/* What the options ask of us; those that end past the last byte do not count. */
static void options_read(const uint8_t *options, size_t len, struct rb_query *query)
{
	size_t at = 0;

	while (len - at >= OPTION_HEADER_BYTES) {
		size_t bytes = rb_bytes_get16(options + at + 2);

		if (bytes > len - at - OPTION_HEADER_BYTES)
			return;
		switch (rb_bytes_get16(options + at)) {
		case RB_OPTION_PADDING:
			query->padded = true;
			break;
		case RB_OPTION_NSID:
			query->asks_nsid = true;
			break;
		case RB_OPTION_KEEPALIVE:
			if (bytes)
				query->keepalive = RB_KEEPALIVE_MALFORMED;
			else if (!query->keepalive)
				query->keepalive = RB_KEEPALIVE_ASKED;
			break;
		}
		at += OPTION_HEADER_BYTES + bytes;
	}
}

/* The additional section, at: nothing or one OPT. Returns the rcode that it earns. */
static uint16_t edns_read(const uint8_t *message, size_t len, size_t at, struct rb_query *query)
{
	struct rb_edns *edns = &query->edns;
	struct rb_expanded owner;
	const uint8_t *fixed;

	if (!count_of(message, 10))
		return RB_RCODE_NOERROR;
	if (count_of(message, 10) > 1 || rb_expand_name(message, len, &at, &owner) ||
	    owner.len != 1 || at + RB_OPT_BYTES - 1 > len)
		return RB_RCODE_FORMERR;
	fixed = message + at;
	if (rb_bytes_get16(fixed) != RB_TYPE_OPT)
		return RB_RCODE_FORMERR;
	edns->present = 1;
	edns->udp_size = rb_bytes_get16(fixed + 2);
	edns->dnssec_ok = fixed[6] >> 7;
	/* Options past their end are ignored, as are bytes behind the OPT, but not a length that
	 * lies. */
	if (at + RB_OPT_BYTES - 1 + rb_bytes_get16(fixed + 8) > len)
		return RB_RCODE_FORMERR;
	options_read(fixed + RB_OPT_BYTES - 1, rb_bytes_get16(fixed + 8), query);
	return fixed[5] ? RB_RCODE_BADVERS : RB_RCODE_NOERROR;
}

/* Types that ask for something else than data: an rcode, or RB_RCODE_NOERROR. */
static uint16_t qtype_judge(uint16_t qtype)
{
	if (qtype == TYPE_AXFR || qtype == TYPE_IXFR)
		return RB_RCODE_REFUSED;
	if (qtype == RB_TYPE_OPT || (qtype >= 128 && qtype < RB_TYPE_ANY))
		return RB_RCODE_FORMERR;
	return RB_RCODE_NOERROR;
}

/* In Unbound's order, since the first complaint is the one that the client hears. */
static uint16_t judge(const uint8_t *message, const struct rb_query *query, bool has_question,
		      uint16_t edns_rcode)
{
	uint16_t opcode = query->flags & RB_FLAG_OPCODE;
	uint16_t ancount = count_of(message, 6);
	uint16_t rcode;

	if (query->flags & RB_FLAG_TC)
		return RB_RCODE_FORMERR;
	if (opcode != OPCODE_QUERY && opcode != OPCODE_NOTIFY)
		return RB_RCODE_NOTIMP;
	/* A NOTIFY may bring the new SOA record, RFC 1996 3.7. */
	if (!has_question || (ancount && !(ancount == 1 && opcode == OPCODE_NOTIFY)) ||
	    count_of(message, 8) || count_of(message, 10) > 1)
		return RB_RCODE_FORMERR;
	rcode = qtype_judge(query->qtype);
	if (!rcode)
		rcode = edns_rcode;
	/* Unless it is for a zone that is transferred. */
	if (!rcode && opcode == OPCODE_NOTIFY)
		rcode = RB_RCODE_REFUSED;
	return rcode;
}

enum rb_query_verdict rb_query_parse(const uint8_t *message, size_t len, struct rb_query *ret_query)
{
	struct rb_query query = {0};
	uint16_t edns_rcode = RB_RCODE_NOERROR;
	size_t at = sizeof(struct rb_dns_header);
	bool has_question;

	if (len < at || rb_bytes_get16(message + 2) & RB_FLAG_QR)
		return RB_QUERY_DROP;
	query.id = rb_bytes_get16(message);
	query.flags = rb_bytes_get16(message + 2);
	has_question = !question_read(message, len, &at, &query);
	/* Where there are records before it, the OPT is not looked for. */
	if (has_question && !count_of(message, 6) && !count_of(message, 8))
		edns_rcode = edns_read(message, len, at, &query);
	query.rcode = judge(message, &query, has_question, edns_rcode);
	query.is_notify = (query.flags & RB_FLAG_OPCODE) == OPCODE_NOTIFY &&
			  query.rcode == RB_RCODE_REFUSED;
	*ret_query = query;
	return query.rcode ? RB_QUERY_ERROR : RB_QUERY_OK;
}
