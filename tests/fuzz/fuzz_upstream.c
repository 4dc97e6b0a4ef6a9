/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a query of libunbound's, and as the response of a server that is asked over TLS. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "upstream/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOKEN       "0123456789abcdef0123456789abcdef"
#define TOKEN_BYTES (sizeof(TOKEN) - 1)

/* What leaves must not tell whose it is. */
static void query_check(const uint8_t *query, size_t len, size_t block)
{
	uint8_t servfail[RB_UPSTREAM_QUERY_BYTES_MAX];

	if (len > RB_UPSTREAM_QUERY_BYTES_MAX || (block && len % block))
		abort();
	if (rb_upstream_servfail_make(query, len, servfail) > len)
		abort();
	/* A response of its own making. */
	if (rb_upstream_response_check(query, len, servfail, len) == RB_UPSTREAM_NONSENSE &&
	    len <= RB_UPSTREAM_HEADER_BYTES)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t question[] = "\x12\x34\x01\0\0\1\0\0\0\0\0\1\3www\7example\0\0\1\0\1";
	uint8_t packet[sizeof(question) - 1 + 11 + 4 + TOKEN_BYTES],
		query[RB_UPSTREAM_QUERY_BYTES_MAX];
	uint8_t *opt = packet + sizeof(question) - 1;
	size_t block = size && data[0] & 1 ? 128 : 0;
	int len = rb_upstream_query_make(data, size, TOKEN, block, query);

	if (len >= 0)
		query_check(query, (size_t)len, block);

	/* As libunbound asks: the bytes are the response. */
	memset(packet, 0, sizeof(packet));
	memcpy(packet, question, sizeof(question) - 1);
	opt[2] = 41;
	opt[10] = 4 + TOKEN_BYTES;
	opt[14] = TOKEN_BYTES;
	memcpy(opt + 15, TOKEN, TOKEN_BYTES);
	len = rb_upstream_query_make(packet, sizeof(packet), TOKEN, block, query);
	if (len < 0 || memmem(query, (size_t)len, TOKEN, TOKEN_BYTES))
		abort();
	query_check(query, (size_t)len, block);
	(void)rb_upstream_response_check(query, (size_t)len, data, size);
	return 0;
}
