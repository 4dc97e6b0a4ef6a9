/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's query, parsed in full: everything that the plain parser of kern/wire.h hands over is
 * judged here, as Unbound judges it.
 *
 * Thread: any; pure functions. Lifetime: rb_query points into the message that it was parsed from.
 */
#ifndef RB_DNS_QUERY_H
#define RB_DNS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/wire.h"

/* What is to be done with a message, before anybody looks at its question's meaning. */
enum rb_query_verdict {
	RB_QUERY_OK,    /* resolve it */
	RB_QUERY_DROP,  /* answer nothing: a response, or too short to answer */
	RB_QUERY_ERROR, /* answer rb_query.rcode (FORMERR, NOTIMP, BADVERS, REFUSED for types) */
};

/* edns-tcp-keepalive (RFC 7828), as a query has it. */
enum rb_keepalive {
	RB_KEEPALIVE_NONE,
	RB_KEEPALIVE_ASKED,
	RB_KEEPALIVE_MALFORMED, /* with a time, which is the server's to say */
};

struct rb_query {
	const uint8_t *qname;  /* as sent; well-formed; NULL where there is no question to echo */
	uint16_t qname_len;    /* with the root label */
	uint16_t question_len; /* qname_len + 4, or 0 */
	uint16_t id;           /* host order, as all below */
	uint16_t flags;
	uint16_t qtype;
	uint16_t qclass;
	uint16_t rcode; /* for RB_QUERY_ERROR; 12 bits with BADVERS */
	uint8_t ede;    /* of an error: RFC 8914 info code + 1; 0: none */
	bool is_notify; /* RFC 1996: an error, but for who knows the zone */
	bool unwelcome; /* REFUSED by access-control */
	bool whole_ttl; /* TTLs do not count down: serve-original-ttl; set by who knows it */
	enum rb_keepalive keepalive;
	uint16_t keepalive_100ms; /* which its reply then says; set by who knows it; 0: nothing */
	bool asks_nsid;           /* which server this is (RFC 5001) */
	bool padded; /* has a padding option, so that the reply may have one (RFC 7830 4) */
	uint16_t pad_block_bytes; /* its reply is padded to a multiple of them; 0: it is not */
	const uint8_t *nsid;      /* which its reply then says; set by who knows it */
	uint16_t nsid_len;        /* 0: nothing */
	struct rb_edns edns;
};

enum rb_query_verdict rb_query_parse(const uint8_t *message, size_t len,
				     struct rb_query *ret_query);

#endif
