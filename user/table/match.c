/* SPDX-License-Identifier: BSD-2-Clause */
/* Which records of a bucket are a question's; they are compared in place. */
#include "table/match.h"

#include <string.h>

#include "../kern/wire.h"

/* Whether two audiences have the same hash: then one record stands for both. */
static bool is_same_record(uint8_t a, uint8_t b)
{
	return rb_audience_hash(0, a) == rb_audience_hash(0, b);
}

bool rb_match_slot(const struct rb_table_tier *part, const uint64_t *slot,
		   const struct rb_table_key *key)
{
	const uint8_t *bytes = (const uint8_t *)slot;
	struct rb_record header;

	memcpy(&header, bytes, RB_RECORD_HEADER);
	return header.qname_len == key->qname_len && header.qtype == RB_HTONS(key->qtype) &&
	       is_same_record(header.audience, key->audience) &&
	       !memcmp(bytes + part->record_bytes - key->qname_len, key->qname, key->qname_len);
}
