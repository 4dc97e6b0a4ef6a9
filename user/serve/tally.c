/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts queries and replies for Unbound's statistics. */
#include "serve/tally.h"

#include <string.h>

#include "dns/bytes.h"
#include "util/cleanup.h"

#define FLAGS_AT   2 /* in a message */
#define ANCOUNT_AT 6

static void count(struct rb_tally *tally, unsigned int number)
{
	rb_tally_add(tally, number, 1);
}

static void count_flags(struct rb_tally *tally, uint16_t flags)
{
	static const struct {
		uint16_t flag;
		enum rb_tally_number number;
	} bits[] = {
		{RB_FLAG_QR, RB_TALLY_FLAG_QR}, {RB_FLAG_AA, RB_TALLY_FLAG_AA},
		{RB_FLAG_TC, RB_TALLY_FLAG_TC}, {RB_FLAG_RD, RB_TALLY_FLAG_RD},
		{RB_FLAG_RA, RB_TALLY_FLAG_RA}, {RB_FLAG_Z, RB_TALLY_FLAG_Z},
		{RB_FLAG_AD, RB_TALLY_FLAG_AD}, {RB_FLAG_CD, RB_TALLY_FLAG_CD},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (flags & bits[i].flag)
			count(tally, bits[i].number);
}

void rb_tally_query(struct rb_tally *tally, const uint8_t *client, const struct rb_query *query)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (memcmp(client, mapped, sizeof(mapped)) != 0)
		count(tally, RB_TALLY_IPV6);
	if (query->edns.present)
		count(tally, RB_TALLY_EDNS);
	if (query->edns.dnssec_ok)
		count(tally, RB_TALLY_EDNS_DO);
	count_flags(tally, query->flags);
	count(tally, RB_TALLY_OPCODE + ((query->flags & RB_FLAG_OPCODE) >> 11));
	if (!query->qname)
		return;
	count(tally,
	      query->qtype < RB_TALLY_TYPES ? RB_TALLY_TYPE + query->qtype : RB_TALLY_TYPE_OTHER);
	count(tally, query->qclass < RB_TALLY_TYPES ? RB_TALLY_CLASS + query->qclass
						    : RB_TALLY_CLASS_OTHER);
}

void rb_tally_reply(struct rb_tally *tally, const uint8_t *reply, size_t len)
{
	unsigned int rcode;

	if (len < sizeof(struct rb_dns_header))
		return;
	rcode = rb_bytes_get16(reply + FLAGS_AT) & RB_FLAG_RCODE;
	count(tally, RB_TALLY_RCODE + rcode);
	if (rcode == RB_RCODE_NOERROR && !rb_bytes_get16(reply + ANCOUNT_AT))
		count(tally, RB_TALLY_NODATA);
}

void rb_tally_verdict(struct rb_tally *tally, const struct rb_policy_verdict *verdict)
{
	if (verdict->blocked)
		count(tally, RB_TALLY_BLOCKED);
	if (verdict->rpz)
		count(tally, RB_TALLY_RPZ + verdict->rpz_action);
}

void rb_tally_wait(struct rb_tally *tally)
{
	uint64_t waiting = rb_tally_get(tally, RB_TALLY_WAITING);
	uint64_t max = rb_tally_get(tally, RB_TALLY_WAITING_MAX);

	count(tally, RB_TALLY_MISSES);
	rb_tally_add(tally, RB_TALLY_WAITING_SUM, waiting);
	rb_tally_add(tally, RB_TALLY_WAITING, 1);
	if (waiting + 1 > max)
		rb_tally_add(tally, RB_TALLY_WAITING_MAX, waiting + 1 - max);
}

void rb_tally_waited(struct rb_tally *tally)
{
	rb_tally_add(tally, RB_TALLY_WAITING, (uint64_t)-1);
}
