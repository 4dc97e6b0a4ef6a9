/* SPDX-License-Identifier: BSD-2-Clause */
/* Differences of replies. */
#include "lib/reply_diff.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ldns/ldns.h>

#define HEADER 12

static uint32_t when(bool differs, uint32_t bit)
{
	return differs ? bit : 0;
}

/* --- sections --------------------------------------------------------------------------------- */

/* Equal but for order, letter case of names and TTLs. Sorts both. */
static uint32_t section_diff(ldns_rr_list *a, ldns_rr_list *b, uint32_t bit, uint32_t tolerance_s)
{
	uint32_t differences = 0;
	size_t count = ldns_rr_list_rr_count(a);

	if (count != ldns_rr_list_rr_count(b))
		return bit;
	ldns_rr_list2canonical(a);
	ldns_rr_list2canonical(b);
	ldns_rr_list_sort(a);
	ldns_rr_list_sort(b);
	for (size_t i = 0; i < count; i++) {
		const ldns_rr *rr_a = ldns_rr_list_rr(a, i), *rr_b = ldns_rr_list_rr(b, i);
		uint32_t ttl_a = ldns_rr_ttl(rr_a), ttl_b = ldns_rr_ttl(rr_b);

		if (ldns_rr_compare(rr_a, rr_b))
			return bit;
		differences |= when((ttl_a > ttl_b ? ttl_a - ttl_b : ttl_b - ttl_a) > tolerance_s,
				    REPLY_TTL);
	}
	return differences;
}

static bool options_equal(const ldns_pkt *a, const ldns_pkt *b)
{
	const ldns_rdf *data_a = ldns_pkt_edns_data(a), *data_b = ldns_pkt_edns_data(b);

	if (!data_a || !data_b)
		return data_a == data_b;
	return !ldns_rdf_compare(data_a, data_b);
}

static uint32_t edns_diff(const ldns_pkt *a, const ldns_pkt *b)
{
	if (!ldns_pkt_edns(a) || !ldns_pkt_edns(b))
		return when(ldns_pkt_edns(a) != ldns_pkt_edns(b), REPLY_EDNS);
	return when(ldns_pkt_edns_udp_size(a) != ldns_pkt_edns_udp_size(b), REPLY_EDNS_SIZE) |
	       when(ldns_pkt_edns_z(a) != ldns_pkt_edns_z(b) ||
			    ldns_pkt_edns_version(a) != ldns_pkt_edns_version(b),
		    REPLY_EDNS_FLAGS) |
	       when(ldns_pkt_edns_extended_rcode(a) != ldns_pkt_edns_extended_rcode(b),
		    REPLY_RCODE) |
	       when(!options_equal(a, b), REPLY_OPTIONS);
}

static uint32_t packet_diff(const ldns_pkt *a, const ldns_pkt *b, uint32_t tolerance_s)
{
	return edns_diff(a, b) |
	       section_diff(ldns_pkt_answer(a), ldns_pkt_answer(b), REPLY_ANSWER, tolerance_s) |
	       section_diff(ldns_pkt_authority(a), ldns_pkt_authority(b), REPLY_AUTHORITY,
			    tolerance_s) |
	       section_diff(ldns_pkt_additional(a), ldns_pkt_additional(b), REPLY_ADDITIONAL,
			    tolerance_s);
}

/* --- headers ---------------------------------------------------------------------------------- */

static uint16_t get16(const struct reply *reply, size_t offset)
{
	return offset + 2 <= reply->len
		       ? (uint16_t)(reply->bytes[offset] << 8 | reply->bytes[offset + 1])
		       : 0;
}

static uint32_t header_diff(const struct reply *a, const struct reply *b)
{
	static const struct {
		uint16_t mask;
		uint32_t bit;
	} fields[] = {
		{0x8000, REPLY_QR}, {0x7800, REPLY_OPCODE}, {0x0400, REPLY_AA},
		{0x0200, REPLY_TC}, {0x0100, REPLY_RD},     {0x0080, REPLY_RA},
		{0x0020, REPLY_AD}, {0x0010, REPLY_CD},     {0x000f, REPLY_RCODE},
	};
	uint16_t changed = (uint16_t)(get16(a, 2) ^ get16(b, 2));
	uint32_t differences = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		differences |= when(changed & fields[i].mask, fields[i].bit);
	return differences;
}

/* Bytes of the question section, which holds one question or none. */
static size_t question_len(const struct reply *reply)
{
	size_t at = HEADER;

	if (!get16(reply, 4))
		return 0;
	while (at < reply->len && reply->bytes[at])
		at += reply->bytes[at] + 1u;
	at += 5;
	return at <= reply->len ? at - HEADER : 0;
}

static uint32_t question_diff(const struct reply *a, const struct reply *b)
{
	size_t len = question_len(a);

	return when(get16(a, 4) != get16(b, 4) || len != question_len(b) ||
			    memcmp(a->bytes + HEADER, b->bytes + HEADER, len) != 0,
		    REPLY_QUESTION);
}

uint32_t reply_diff(const struct reply *a, const struct reply *b, uint32_t tolerance_s)
{
	ldns_pkt *packet_a = NULL, *packet_b = NULL;
	uint32_t differences;

	if (!a->bytes || !b->bytes)
		return when(!a->bytes && b->bytes, REPLY_SILENT_A) |
		       when(a->bytes && !b->bytes, REPLY_SILENT_B);
	if (a->len == b->len && !memcmp(a->bytes, b->bytes, a->len))
		return 0;
	differences = when(ldns_wire2pkt(&packet_a, a->bytes, a->len) != LDNS_STATUS_OK,
			   REPLY_MALFORMED_A) |
		      when(ldns_wire2pkt(&packet_b, b->bytes, b->len) != LDNS_STATUS_OK,
			   REPLY_MALFORMED_B);
	if (a->len >= HEADER && b->len >= HEADER)
		differences |= header_diff(a, b) | question_diff(a, b);
	if (packet_a && packet_b)
		differences |= packet_diff(packet_a, packet_b, tolerance_s);
	ldns_pkt_free(packet_a);
	ldns_pkt_free(packet_b);
	return differences;
}

void reply_diff_text(uint32_t differences, char *out, size_t out_len)
{
	static const char *const names[] = {
#define X(id, name) name,
		REPLY_DIFFERENCES(X)
#undef X
	};
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && at < out_len; i++)
		if (differences & 1u << i)
			at += (size_t)snprintf(out + at, out_len - at, "%s%s", at ? ", " : "",
					       names[i]);
}
