/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries on their way out, and responses on their way back. */
#include "upstream/message.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define LABEL_MAX      63
#define TYPE_OPT       41
#define OPTION_PADDING 12
#define OPT_HEAD_BYTES 11 /* up to its options */
#define FLAG_QR        0x80
#define FLAG_TC        0x02
#define OPCODE         0x78
#define RCODE          0x0f
#define FLAG_RA        0x80

enum { NOERROR = 0, FORMERR = 1, SERVFAIL = 2, NOTIMP = 4 };

static size_t get16(const uint8_t *bytes)
{
	return (size_t)(bytes[0] << 8 | bytes[1]);
}

static void put16(uint8_t *bytes, size_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

/*
 * Where the first question ends. Its name has no pointer, since nothing precedes it. 0: malformed.
 */
static size_t question_end(const uint8_t *packet, size_t len)
{
	size_t at = RB_UPSTREAM_HEADER_BYTES;

	while (at < len && packet[at]) {
		if (packet[at] > LABEL_MAX)
			return 0;
		at += 1U + packet[at];
	}
	at += 1 + 4;
	return at <= len ? at : 0;
}

static bool has_counts(const uint8_t *packet, size_t questions, size_t additional)
{
	return get16(packet + 4) == questions && !get16(packet + 6) && !get16(packet + 8) &&
	       get16(packet + 10) == additional;
}

/*
 * Copy all options except the token and padding to out, and return their length. -EBADMSG also if
 * there is no token.
 */
static int options_copy(const uint8_t *options, size_t len, const char *token, uint8_t *out)
{
	size_t token_len = strlen(token), at = 0, kept = 0;
	bool found = false;

	while (len - at >= 4) {
		size_t code = get16(options + at), bytes = get16(options + at + 2);

		if (bytes > len - at - 4)
			return -EBADMSG;
		if (bytes == token_len && !memcmp(options + at + 4, token, bytes)) {
			found = true;
		} else if (code != OPTION_PADDING) {
			memcpy(out + kept, options + at, bytes + 4);
			kept += bytes + 4;
		}
		at += bytes + 4;
	}
	return found && at == len ? (int)kept : -EBADMSG;
}

int rb_upstream_query_make(const uint8_t *packet, size_t len, const char *token, size_t block,
			   uint8_t out[RB_UPSTREAM_QUERY_BYTES_MAX])
{
	size_t opt, at, padding;
	int kept;

	if (len < RB_UPSTREAM_HEADER_BYTES || len + 4 + block > RB_UPSTREAM_QUERY_BYTES_MAX ||
	    packet[2] & (FLAG_QR | OPCODE) || !has_counts(packet, 1, 1))
		return -EBADMSG;
	opt = question_end(packet, len);
	if (!opt || len - opt < OPT_HEAD_BYTES || packet[opt] ||
	    get16(packet + opt + 1) != TYPE_OPT ||
	    get16(packet + opt + 9) != len - opt - OPT_HEAD_BYTES)
		return -EBADMSG;
	at = opt + OPT_HEAD_BYTES;
	memcpy(out, packet, at);
	kept = options_copy(packet + at, len - at, token, out + at);
	if (kept < 0)
		return kept;
	at += (size_t)kept;
	if (block) {
		padding = (block - (at + 4) % block) % block;
		put16(out + at, OPTION_PADDING);
		put16(out + at + 2, padding);
		memset(out + at + 4, 0, padding);
		at += 4 + padding;
	}
	put16(out + opt + 9, at - opt - OPT_HEAD_BYTES);
	return (int)at;
}

/*
 * Ignores the case of letters: a server may change it, and libunbound checks it where that matters.
 */
static bool same_question(const uint8_t *query, const uint8_t *response, size_t end)
{
	for (size_t i = RB_UPSTREAM_HEADER_BYTES; i < end; i++)
		if (tolower(query[i]) != tolower(response[i]))
			return false;
	return true;
}

enum rb_upstream_verdict rb_upstream_response_check(const uint8_t *query, size_t query_len,
						    const uint8_t *response, size_t response_len)
{
	size_t end = question_end(query, query_len);
	unsigned int rcode;

	if (response_len < RB_UPSTREAM_HEADER_BYTES || !(response[2] & FLAG_QR) ||
	    response[2] & OPCODE)
		return RB_UPSTREAM_NONSENSE;
	rcode = response[3] & RCODE;
	if (rcode == FORMERR || rcode == NOTIMP || response[2] & FLAG_TC)
		return RB_UPSTREAM_USELESS;
	/* Servers that refuse a query may leave the question out. */
	if (!get16(response + 4))
		return rcode == NOERROR ? RB_UPSTREAM_NONSENSE : RB_UPSTREAM_USELESS;
	if (get16(response + 4) != 1 || response_len < end || !same_question(query, response, end))
		return RB_UPSTREAM_NONSENSE;
	return RB_UPSTREAM_ANSWER;
}

size_t rb_upstream_servfail_make(const uint8_t *query, size_t query_len, uint8_t *out)
{
	size_t end = question_end(query, query_len);

	memcpy(out, query, end);
	out[2] |= FLAG_QR;
	out[3] = FLAG_RA | SERVFAIL;
	memset(out + 6, 0, 6);
	return end;
}
