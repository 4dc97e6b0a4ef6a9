/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's query, parsed completely: whatever the simple parser of kern/wire.h hands over is
 * decided here, as in Unbound.
 *
 * Thread: any; pure functions. Lifetime: rb_query points into the message that it was parsed from.
 */
#ifndef RB_DNS_QUERY_H
#define RB_DNS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/wire.h"

/* What to do with a message, before its question is considered. */
enum rb_query_verdict {
	RB_QUERY_OK,    /* resolve it */
	RB_QUERY_DROP,  /* do not reply: it is a response, or too short */
	RB_QUERY_ERROR, /* answer rb_query.rcode (FORMERR, NOTIMP, BADVERS, REFUSED for types) */
};

/* The option edns-tcp-keepalive (RFC 7828) of a query. */
enum rb_keepalive {
	RB_KEEPALIVE_NONE,
	RB_KEEPALIVE_ASKED,
	RB_KEEPALIVE_MALFORMED, /* with a timeout, which only the server may send */
};

struct rb_query {
	const uint8_t *qname;  /* as sent; well-formed; NULL: no question to echo */
	uint16_t qname_len;    /* with the root label */
	uint16_t question_len; /* qname_len + 4, or 0 */
	uint16_t id;           /* host order, as all below */
	uint16_t flags;
	uint16_t qtype;
	uint16_t qclass;
	uint16_t rcode; /* for RB_QUERY_ERROR; 12 bits with BADVERS */
	uint8_t ede;    /* of an error: RFC 8914 info code + 1; 0: none */
	bool is_notify; /* RFC 1996: an error, unless the zone is known */
	bool unwelcome; /* REFUSED by access-control */
	bool without_ra; /* answered by an auth-zone to whom nothing is resolved for; set by the caller */
	bool whole_ttl; /* serve-original-ttl: TTLs do not count down; set by the caller */
	enum rb_keepalive keepalive;
	uint16_t keepalive_100ms; /* for the reply; set by the caller; 0: nothing */
	bool asks_nsid;           /* the query asks for NSID (RFC 5001) */
	bool padded; /* has a padding option, so that the reply may have one (RFC 7830 4) */
	uint16_t pad_block_bytes; /* pad the reply to a multiple of this; 0: no padding */
	const uint8_t *nsid;      /* for the reply; set by the caller */
	uint16_t nsid_len;        /* 0: nothing */
	struct rb_edns edns;
};

enum rb_query_verdict rb_query_parse(const uint8_t *message, size_t len,
				     struct rb_query *ret_query);

#endif
