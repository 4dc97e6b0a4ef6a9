/* SPDX-License-Identifier: BSD-2-Clause */
/* Plain queries, which the XDP program reads with code of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/name.h"
#include "dns/query.h"
#include "lib/exact.h"
#include "lib/prng.h"
#include "query_text.h"
#include "util/cleanup.h"

/* What the XDP program takes from a plain query. */
struct plain {
	uint32_t qname_len;
	struct rb_edns edns;
	__be16 qtype;
};

/* Whether the message ends with an OPT that has no options; as kern/query.bpf.h looks at it. */
static bool ends_with_bare_opt(const uint8_t *message, size_t len)
{
	const uint8_t *opt = message + len - RB_OPT_BYTES;

	return len >= RB_OPT_BYTES && !memcmp(opt, "\0\0\51", 3) && !opt[5] && !opt[6] && !opt[9] &&
	       !opt[10];
}

/* As kern/query.bpf.h does it. 0, or -1: handed over. */
static int plain_parse(const uint8_t *message, size_t len, struct plain *ret)
{
	const uint8_t *end = message + len, *tail;
	size_t fixed = sizeof(struct rb_dns_header) + RB_QUESTION_TAIL, used = len;
	struct rb_dns_header header;
	__be16 words[2];

	memset(ret, 0, sizeof(*ret));
	if (len < sizeof(header))
		return -1;
	memcpy(&header, message, sizeof(header));
	if (!rb_header_is_plain(&header))
		return -1;
	if (header.arcount && ends_with_bare_opt(message, len)) {
		used -= RB_OPT_BYTES;
	} else if (header.arcount) {
		int scanned = rb_name_scan(message + sizeof(header), end);

		if (scanned < 0)
			return -1;
		used = fixed + (size_t)scanned;
	}
	if (used > len || used <= fixed || used - fixed > RB_NAME_MAX)
		return -1;
	ret->qname_len = (uint32_t)(used - fixed);
	tail = message + used - RB_QUESTION_TAIL;
	memcpy(words, tail, sizeof(words));
	ret->qtype = words[0];
	if (tail[-1] || words[1] != RB_HTONS(RB_CLASS_IN) || !rb_qtype_is_plain(words[0]))
		return -1;
	if (!header.arcount)
		return 0;
	return rb_edns_parse(message + used, end, (__u32)(len - used), &ret->edns);
}

/* A query as clients send it. */
static size_t random_query(struct prng *prng, uint8_t *message)
{
	static const uint16_t types[] = {1, 28, 65, 15, 2, 6, 255, 252, 41, 0};
	uint32_t labels = prng_below(prng, 5), i;
	uint16_t type = types[prng_below(prng, prng_below(prng, 4) ? 6 : ARRAY_SIZE(types))];
	size_t at = 12;

	memcpy(message, PLAIN, 12);
	message[3] = prng_below(prng, 2) ? 0x20 : 0;
	while (labels--) {
		message[at] = (uint8_t)(1 + prng_below(prng, prng_below(prng, 4) ? 12 : 63));
		for (i = 0; i < message[at]; i++)
			message[at + 1 + i] = (uint8_t)prng_next(prng);
		at += 1U + message[at];
	}
	message[at++] = 0;
	message[at++] = (uint8_t)(type >> 8);
	message[at++] = (uint8_t)type;
	message[at++] = 0;
	message[at++] = prng_below(prng, 16) ? 1 : 3;
	if (prng_below(prng, 2)) {
		uint32_t options = prng_below(prng, 4);

		message[11] = 1;
		memcpy(message + at, OPT("\0", "\200\0", "\0\0", ""), RB_OPT_BYTES);
		message[at + 10] = (uint8_t)(options * 5);
		for (at += RB_OPT_BYTES; options--; at += 5)
			memcpy(message + at, "\0\144\0\1x", 5);
	}
	return at;
}

/*
 * Otherwise: the kernel answers what userspace would refuse, or another question. The only
 * queries excepted are those with malformed names, which equal no record's name.
 */
static void plain_queries_are_parsed_alike(void **state)
{
	struct prng prng = {7};
	unsigned int accepted = 0;
	int round;

	(void)state;
	for (round = 0; round < 300000; round++) {
		uint8_t buffer[512] = {0};
		size_t len = random_query(&prng, buffer);
		uint32_t mutations = prng_below(&prng, 3);
		struct rb_query query;
		struct plain plain;

		while (mutations--) {
			if (prng_below(&prng, 4))
				buffer[prng_below(&prng, (uint32_t)len)] ^=
					(uint8_t)(1 << prng_below(&prng, 8));
			else
				len = prng_below(&prng, (uint32_t)len + 8);
			if (!len)
				break;
		}
		_cleanup_free_ uint8_t *message = exact_copy(buffer, len);
		enum rb_query_verdict verdict = rb_query_parse(message, len, &query);

		if (plain_parse(message, len, &plain) ||
		    rb_name_len(message + 12, len - 12) != (int)plain.qname_len)
			continue;
		accepted++;
		assert_int_equal(verdict, RB_QUERY_OK);
		assert_int_equal(query.qname_len, plain.qname_len);
		assert_int_equal(query.qtype, RB_HTONS(plain.qtype));
		assert_int_equal(query.qclass, RB_CLASS_IN);
		assert_memory_equal(&query.edns, &plain.edns, sizeof(plain.edns));
	}
	/* The test is none if hardly a query is plain. */
	assert_true(accepted > 50000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_queries_are_parsed_alike),
	};

	return cmocka_run_group_tests_name("plain queries", tests, NULL, NULL);
}
