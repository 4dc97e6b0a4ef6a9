/* SPDX-License-Identifier: BSD-2-Clause */
/* How long a reply may be kept. */
#include "dns/age.h"

#include <stdbool.h>

#include "../kern/wire.h"
#include "dns/bytes.h"
#include "dns/expand.h"

#define TYPE_SOA      6
#define FIXED_BYTES   10 /* type, class, TTL and length of the data, behind the owner */
#define MINIMUM_BYTES 4  /* the last field of a SOA record */

struct record {
	uint16_t type;
	uint32_t ttl_s;
	const uint8_t *data;
	size_t data_len;
};

/* Moves *at behind it; false: it is not there in whole. */
static bool record_read(const uint8_t *message, size_t len, size_t *at, struct record *ret_record)
{
	struct rb_expanded owner;
	const uint8_t *fixed;
	size_t data_len;

	if (rb_expand_name(message, len, at, &owner) || len - *at < FIXED_BYTES)
		return false;
	fixed = message + *at;
	data_len = rb_bytes_get16(fixed + 8);
	*at += FIXED_BYTES;
	if (len - *at < data_len)
		return false;
	*ret_record = (struct record){
		.type = rb_bytes_get16(fixed),
		.ttl_s = rb_bytes_get32(fixed + 4),
		.data = message + *at,
		.data_len = data_len,
	};
	*at += data_len;
	return true;
}

static bool questions_skip(const uint8_t *message, size_t len, size_t *at)
{
	struct rb_expanded name;

	for (unsigned int i = rb_bytes_get16(message + 4); i; i--) {
		if (rb_expand_name(message, len, at, &name) || len - *at < RB_QUESTION_TAIL)
			return false;
		*at += RB_QUESTION_TAIL;
	}
	return true;
}

/* RFC 2308 5. */
static uint32_t negative_age_s(const struct record *soa)
{
	uint32_t minimum_s;

	if (soa->data_len < MINIMUM_BYTES)
		return 0;
	minimum_s = rb_bytes_get32(soa->data + soa->data_len - MINIMUM_BYTES);
	return soa->ttl_s < minimum_s ? soa->ttl_s : minimum_s;
}

uint32_t rb_message_age_s(const uint8_t *message, size_t len)
{
	size_t at = sizeof(struct rb_dns_header);
	uint32_t age_s = UINT32_MAX;
	struct record record;
	unsigned int answers, authorities;

	if (len < at || !questions_skip(message, len, &at))
		return 0;
	answers = rb_bytes_get16(message + 6);
	authorities = rb_bytes_get16(message + 8);
	for (unsigned int i = 0; i < answers; i++) {
		if (!record_read(message, len, &at, &record))
			return 0;
		if (record.ttl_s < age_s)
			age_s = record.ttl_s;
	}
	for (unsigned int i = 0; !answers && i < authorities; i++) {
		if (!record_read(message, len, &at, &record))
			return 0;
		if (record.type == TYPE_SOA)
			return negative_age_s(&record);
	}
	return answers ? age_s : 0;
}
