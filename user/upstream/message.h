/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between libunbound and a server: the token that says whose a query is, padding
 * (RFC 7830, RFC 8467), and whether a response belongs to a query.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_UPSTREAM_MESSAGE_H
#define RB_UPSTREAM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_UPSTREAM_QUERY_BYTES_MAX 2048
#define RB_UPSTREAM_HEADER_BYTES    12

/*
 * Turn libunbound's query into the one that is sent: without the EDNS option that holds the token,
 * padded to a multiple of block bytes (0: not padded). Returns the length of out. -EBADMSG: it has
 * no such option, or libunbound does not make such queries.
 */
int rb_upstream_query_make(const uint8_t *packet, size_t len, const char *token, size_t block,
			   uint8_t out[RB_UPSTREAM_QUERY_BYTES_MAX]);

enum rb_upstream_verdict {
	RB_UPSTREAM_ANSWER,
	RB_UPSTREAM_USELESS, /* FORMERR, NOTIMP, TC=1: over TLS there is nothing to fall back to */
	RB_UPSTREAM_NONSENSE,
};

/* Judge a response to a query from rb_upstream_query_make(). Its ID has been checked already. */
enum rb_upstream_verdict rb_upstream_response_check(const uint8_t *query, size_t query_len,
						    const uint8_t *response, size_t response_len);

/* Make SERVFAIL for such a query. Returns its length, at most query_len. */
size_t rb_upstream_servfail_make(const uint8_t *query, size_t query_len, uint8_t *out);

#endif
