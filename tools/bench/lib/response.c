/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer to each of the bench's questions. */
#include "tools/bench/lib/response.h"

#include <string.h>

#include "kern/wire.h"

#define POINTER          0xc000
#define OWNER            (POINTER | 12) /* the question's name */
#define ZONE             (POINTER | BENCH_ZONE_OFFSET)
#define TYPE_TXT_STRINGS 4
#define TXT_STRING_BYTES 240
#define SIGNATURE_BYTES  64 /* ECDSA P-256 */

static void put16(struct bench_response *response, uint32_t value)
{
	response->body[response->body_len++] = (uint8_t)(value >> 8);
	response->body[response->body_len++] = (uint8_t)value;
}

static void put32(struct bench_response *response, uint32_t value)
{
	put16(response, value >> 16);
	put16(response, value & 0xffff);
}

static void put(struct bench_response *response, const void *bytes, size_t len)
{
	memcpy(response->body + response->body_len, bytes, len);
	response->body_len = (uint16_t)(response->body_len + len);
}

static void record_start(struct bench_response *response, uint32_t owner, uint16_t type,
			 uint32_t ttl_s, uint32_t rdata_bytes)
{
	put16(response, owner);
	put16(response, type);
	put16(response, RB_CLASS_IN);
	response->ttl_offsets[response->ttl_count++] = response->body_len;
	put32(response, ttl_s);
	put16(response, rdata_bytes);
}

static void address_put(struct bench_response *response, uint32_t owner, uint16_t type,
			uint32_t number, uint32_t ttl_s)
{
	if (type == RB_TYPE_AAAA) {
		record_start(response, owner, type, ttl_s, 16);
		put(response, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0", 12);
	} else {
		record_start(response, owner, type, ttl_s, 4);
	}
	put32(response, bench_address(number));
	response->ancount++;
}

/* More addresses: those of the numbers that follow. */
static void set_finish(struct bench_response *response, uint16_t count, uint16_t type,
		       uint32_t number, uint32_t ttl_s)
{
	while (response->ancount < count)
		address_put(response, OWNER, type, number + response->ancount, ttl_s);
	response->rotate = count;
}

/* An alias for the same number's name of another kind. Returns a pointer to that name. */
static uint32_t alias_put(struct bench_response *response, uint32_t owner, uint8_t kind,
			  uint32_t number, uint32_t ttl_s)
{
	uint64_t label = bench_label(kind, number);
	uint32_t target;

	record_start(response, owner, RB_TYPE_CNAME, ttl_s, sizeof(label) + 2);
	target = POINTER | (BENCH_BODY_OFFSET + response->body_len);
	put(response, &label, sizeof(label));
	put16(response, ZONE);
	response->ancount++;
	return target;
}

static void soa_put(struct bench_response *response, uint32_t ttl_s)
{
	record_start(response, ZONE, RB_TYPE_SOA, ttl_s, 5 + 7 + 20);
	put(response, "\2ns", 3);
	put16(response, ZONE);
	put(response, "\4host", 5);
	put16(response, ZONE);
	put32(response, 1);
	put32(response, 3600);
	put32(response, 600);
	put32(response, 86400);
	put32(response, ttl_s);
	response->nscount++;
}

static void signature_put(struct bench_response *response, uint32_t number, uint16_t type,
			  uint32_t ttl_s)
{
	uint8_t signature[SIGNATURE_BYTES];

	memset(signature, (int)(number & 0xff), sizeof(signature));
	record_start(response, OWNER, RB_TYPE_RRSIG, ttl_s,
		     18 + sizeof(BENCH_NAME_TAIL) + sizeof(signature));
	put16(response, type);
	put(response, "\x0d\3", 2); /* algorithm, labels */
	put32(response, ttl_s);
	put32(response, 0x7fffffff); /* expiration, inception */
	put32(response, 0x60000000);
	put16(response, 12345); /* key tag */
	put(response, BENCH_NAME_TAIL, sizeof(BENCH_NAME_TAIL));
	put(response, signature, sizeof(signature));
	response->ancount++;
}

static void text_put(struct bench_response *response, uint32_t ttl_s)
{
	record_start(response, OWNER, RB_TYPE_TXT, ttl_s,
		     TYPE_TXT_STRINGS * (TXT_STRING_BYTES + 1));
	for (int i = 0; i < TYPE_TXT_STRINGS; i++) {
		response->body[response->body_len++] = TXT_STRING_BYTES;
		memset(response->body + response->body_len, 'x', TXT_STRING_BYTES);
		response->body_len = (uint16_t)(response->body_len + TXT_STRING_BYTES);
	}
	response->ancount++;
}

void bench_response_make(uint8_t kind, uint32_t number, uint16_t qtype, int dnssec_ok,
			 uint32_t ttl_s, struct bench_response *ret_response)
{
	int is_address = qtype == RB_TYPE_A || qtype == RB_TYPE_AAAA;
	uint32_t owner = OWNER;

	ret_response->body_len = 0;
	ret_response->ancount = 0;
	ret_response->nscount = 0;
	ret_response->ttl_count = 0;
	ret_response->rcode = RB_RCODE_NOERROR;
	ret_response->rotate = 0;
	if (kind == BENCH_NXDOMAIN) {
		ret_response->rcode = RB_RCODE_NXDOMAIN;
		soa_put(ret_response, ttl_s);
	} else if (kind == BENCH_LONG && qtype == RB_TYPE_TXT) {
		text_put(ret_response, ttl_s);
	} else if (is_address && kind != BENCH_LONG) {
		if (kind == BENCH_CHAIN) {
			owner = alias_put(ret_response, owner, 'd', number, ttl_s);
			owner = alias_put(ret_response, owner, 'e', number, ttl_s);
		}
		address_put(ret_response, owner, qtype, number, ttl_s);
		if (kind == BENCH_PAIR || kind == BENCH_SET)
			set_finish(ret_response, kind == BENCH_PAIR ? 2 : 4, qtype, number, ttl_s);
		if (kind == BENCH_SIGNED && dnssec_ok)
			signature_put(ret_response, number, qtype, ttl_s);
	} else {
		soa_put(ret_response, ttl_s);
	}
}
