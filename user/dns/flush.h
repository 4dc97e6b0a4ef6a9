/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operator flushes, and which responses depend on it: those to its questions, those that
 * contain its records, and those whose CNAME chain leads to it, in any zone.
 *
 * Thread: any; pure functions.
 */
#ifndef RB_DNS_FLUSH_H
#define RB_DNS_FLUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../kern/abi.h"

enum rb_flush_reach {
	RB_FLUSH_TYPE, /* of one name */
	RB_FLUSH_NAME, /* with all its types */
	RB_FLUSH_ZONE, /* a name and everything below it */
};

/* Which of these answers. */
enum rb_flush_kind {
	RB_FLUSH_ANY,
	RB_FLUSH_FAILED,   /* errors, such as failed validation */
	RB_FLUSH_NEGATIVE, /* NXDOMAIN and NODATA */
	RB_FLUSH_NONE,     /* no answers, only what resolvers know of servers */
};

struct rb_flush {
	enum rb_flush_reach reach;
	enum rb_flush_kind kind; /* which records of the table; resolvers forget everything */
	uint16_t type;           /* of RB_FLUSH_TYPE */
	uint16_t name_len;
	uint8_t name[RB_NAME_MAX]; /* wire form, well-formed, any case */
};

/* Whether the question asks for what is flushed. qname: wire form, any case. */
bool rb_flush_asks(const struct rb_flush *flush, const uint8_t *qname, size_t qname_len,
		   uint16_t qtype);

/* Whether a response depends on any of the flushes. A malformed one does not. */
bool rb_flush_concerns(const struct rb_flush *flushes, size_t count, const uint8_t *message,
		       size_t len);

#endif
