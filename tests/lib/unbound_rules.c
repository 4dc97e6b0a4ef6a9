/* SPDX-License-Identifier: BSD-2-Clause */
/* Differences from Unbound that are meant. */
#include "lib/unbound_rules.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FLAG_AA  0x0400
#define FLAG_RD  0x0100
#define FLAG_RA  0x0080
#define FLAG_AD  0x0020
#define FLAG_CD  0x0010
#define TYPE_ANY 255
#define HEADER   12
#define FORMERR  1
#define SERVFAIL 2
#define NOTIMP   4
#define REFUSED  5

/* A query with both replies. */
struct pair {
	const struct reply *query, *runbound, *unbound;
};

static uint16_t get16(const struct reply *reply, size_t offset)
{
	return offset + 2 <= reply->len
		       ? (uint16_t)(reply->bytes[offset] << 8 | reply->bytes[offset + 1])
		       : 0;
}

static uint16_t flags_of(const struct reply *reply)
{
	return get16(reply, 2);
}

static uint16_t rcode_of(const struct reply *reply)
{
	return flags_of(reply) & 0xf;
}

static bool both_say(const struct pair *pair, uint16_t rcode)
{
	return rcode_of(pair->runbound) == rcode && rcode_of(pair->unbound) == rcode;
}

/* The query itself, but for flags. */
static bool is_echo(const struct pair *pair)
{
	const struct reply *reply = pair->unbound;

	return reply->len == pair->query->len && reply->len >= HEADER &&
	       !memcmp(reply->bytes + 4, pair->query->bytes + 4, reply->len - 4) &&
	       (both_say(pair, FORMERR) || both_say(pair, NOTIMP) || both_say(pair, REFUSED));
}

static bool is_formerr(const struct pair *pair)
{
	return both_say(pair, FORMERR);
}

/* runbound's reply is truncated, and so would Unbound's be. */
static bool is_truncated(const struct pair *pair)
{
	return flags_of(pair->runbound) & flags_of(pair->unbound) & 0x0200 &&
	       !get16(pair->runbound, 6) && !get16(pair->runbound, 8);
}

/* Where the question's type stands: behind a name that can be walked. */
static size_t question_tail(const struct reply *query)
{
	size_t at = HEADER;

	while (at < query->len && query->bytes[at])
		at += query->bytes[at] + 1u;
	return at + 1;
}

static uint16_t qtype_of(const struct reply *query)
{
	return get16(query, question_tail(query));
}

static bool has_dname(const struct pair *pair)
{
	static const uint8_t dname[] = {0, 39, 0, 1};

	for (size_t i = HEADER; i + sizeof(dname) <= pair->unbound->len; i++)
		if (!memcmp(pair->unbound->bytes + i, dname, sizeof(dname)))
			return true;
	return false;
}

/* Both refuse the client, or what it sent before they know who it is. */
static bool is_refused(const struct pair *pair)
{
	uint16_t rcode = rcode_of(pair->unbound);

	return rcode_of(pair->runbound) == REFUSED &&
	       (rcode == REFUSED || rcode == FORMERR || rcode == NOTIMP) &&
	       !get16(pair->runbound, 6) && !get16(pair->runbound, 8);
}

/* The query has RA set, of which no query knows. */
static bool asks_with_ra(const struct pair *pair)
{
	return flags_of(pair->query) & FLAG_RA && is_refused(pair);
}

/* An error that Unbound does not send more than 100 times a second. */
static bool is_limited(const struct pair *pair)
{
	uint16_t rcode = pair->runbound->bytes ? rcode_of(pair->runbound) : 0;

	return !pair->unbound->bytes && (rcode == FORMERR || rcode == NOTIMP || rcode == REFUSED);
}

static bool is_any(const struct pair *pair)
{
	return qtype_of(pair->query) == TYPE_ANY;
}

static bool is_unchecked(const struct pair *pair)
{
	return flags_of(pair->query) & FLAG_CD && flags_of(pair->runbound) & FLAG_AD;
}

/* Data that failed validation, for the first time. */
static bool is_bogus(const struct pair *pair)
{
	static const uint8_t dnskey_missing[] = {0, 15, 0, 2, 0, 9};
	const struct reply *reply = pair->unbound;

	return both_say(pair, SERVFAIL) && pair->runbound->len == reply->len &&
	       !memcmp(reply->bytes + reply->len - sizeof(dnskey_missing), dnskey_missing,
		       sizeof(dnskey_missing));
}

/* The reply is the same but for an extended error at its end: Blocked (RFC 8914 4.16). */
static bool is_blocked(const struct pair *pair)
{
	static const uint8_t blocked[] = {0, 15, 0, 2, 0, 15};
	const struct reply *reply = pair->runbound;

	return reply->len == pair->unbound->len + sizeof(blocked) &&
	       !memcmp(reply->bytes + reply->len - sizeof(blocked), blocked, sizeof(blocked));
}

/* Without RD from a client for whom it is set. */
static bool is_rd_set(const struct pair *pair)
{
	return !(flags_of(pair->query) & FLAG_RD) && flags_of(pair->runbound) & FLAG_RD &&
	       flags_of(pair->unbound) & FLAG_AA;
}

/* Without RD from a client who may look into the cache. */
static bool is_snooped(const struct pair *pair)
{
	return !(flags_of(pair->query) & FLAG_RD) && pair->unbound->bytes &&
	       !(flags_of(pair->unbound) & (FLAG_AA | FLAG_RD)) && !rcode_of(pair->unbound);
}

#define RECORDS  (REPLY_ANSWER | REPLY_AUTHORITY | REPLY_ADDITIONAL)
#define ANY_EDNS (REPLY_EDNS | REPLY_EDNS_SIZE | REPLY_EDNS_FLAGS | REPLY_OPTIONS)

static struct {
	bool (*applies)(const struct pair *pair);
	uint32_t justifies;
	const char *reason;
	unsigned int used;
} rules[] = {
	{is_limited, REPLY_SILENT_B,
	 "Unbound sends at most 100 errors a second to what it does not understand", 0},
	{is_echo,
	 REPLY_MALFORMED_B | REPLY_AA | REPLY_RA | REPLY_AD | REPLY_CD | REPLY_QUESTION | RECORDS |
		 REPLY_TTL | ANY_EDNS,
	 "Unbound sends what it does not understand back as it came, with QR and rcode set; "
	 "runbound makes a reply of its own, with the question where it could read one",
	 0},
	{is_formerr, REPLY_RA | REPLY_EDNS | REPLY_EDNS_FLAGS,
	 "FORMERR for a malformed OPT: Unbound sets RA and sends an OPT without DO; "
	 "runbound says nothing about what it could not read",
	 0},
	{is_refused,
	 REPLY_MALFORMED_B | REPLY_RCODE | REPLY_AA | REPLY_AD | REPLY_CD | REPLY_QUESTION |
		 ANY_EDNS,
	 "REFUSED: Unbound sends a bare header with the query's flags where the query has no EDNS; "
	 "runbound sends flags of its own, and question and OPT as to anybody",
	 0},
	{asks_with_ra, REPLY_RA, "REFUSED: Unbound sends back RA as it came", 0},
	{is_bogus, REPLY_OPTIONS,
	 "bogus: unless its val-log-level is 2, Unbound says DNSKEY Missing first, whatever is "
	 "wrong; runbound says what libunbound found",
	 0},
	{is_blocked, REPLY_OPTIONS,
	 "blocked by local policy: Unbound says so in no extended error, runbound where ede is on",
	 0},
	{is_truncated, RECORDS,
	 "Unbound truncates to the sets that fit, runbound to none: with TC=1 nobody uses them "
	 "(RFC 2181 9)",
	 0},
	{is_snooped, REPLY_RCODE | REPLY_TC | REPLY_AD | RECORDS | REPLY_TTL | REPLY_OPTIONS,
	 "allow_snoop without RD: each shows what its cache holds, and Unbound else a referral", 0},
	{is_rd_set, REPLY_RD,
	 "allow_setrd: runbound sets RD in every reply, Unbound in those that are not local data",
	 0},
	{is_any, RECORDS | REPLY_TTL,
	 "type ANY is answered with whatever sets a cache has (RFC 8482 4.3)", 0},
	{is_unchecked, REPLY_AD,
	 "with CD=1 Unbound says AD of what it has just validated, but not from its cache; runbound "
	 "always",
	 0},
	{has_dname, REPLY_TTL,
	 "a CNAME made from a DNAME has TTL 0 from Unbound's cache (RFC 2672); from runbound "
	 "always the DNAME's (RFC 6672 3.1)",
	 0},
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

uint32_t unbound_rules_apply(const struct reply *query, const struct reply *runbound,
			     const struct reply *unbound, uint32_t differences)
{
	const struct pair pair = {query, runbound, unbound};

	for (size_t i = 0; i < RULES && differences; i++) {
		if (!(differences & rules[i].justifies) || !rules[i].applies(&pair))
			continue;
		differences &= ~rules[i].justifies;
		rules[i].used++;
	}
	return differences;
}

void unbound_rules_report(void)
{
	for (size_t i = 0; i < RULES; i++)
		if (rules[i].used)
			printf("%5u times: %s\n", rules[i].used, rules[i].reason);
}
