/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an operator flushes, and which responses depend on it: those to its questions, those that
 * hold its records, and those whose chain of CNAMEs leads to it, whoever owns the alias.
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

/* Which answers of those. */
enum rb_flush_kind {
	RB_FLUSH_ANY,
	RB_FLUSH_FAILED,   /* that are errors, as where validation failed */
	RB_FLUSH_NEGATIVE, /* that say that there is no such name, or no such data */
	RB_FLUSH_NONE,     /* what resolvers know besides answers: of servers */
};

struct rb_flush {
	enum rb_flush_reach reach;
	enum rb_flush_kind kind; /* of records of the table; resolvers forget everything */
	uint16_t type;           /* of RB_FLUSH_TYPE */
	uint16_t name_len;
	uint8_t name[RB_NAME_MAX]; /* wire form, well-formed, any case */
};

/* Whether the question is for what is flushed. qname: wire form, any case. */
bool rb_flush_asks(const struct rb_flush *flush, const uint8_t *qname, size_t qname_len,
		   uint16_t qtype);

/* Whether a response depends on any of the flushes. A malformed one does not. */
bool rb_flush_concerns(const struct rb_flush *flushes, size_t count, const uint8_t *message,
		       size_t len);

#endif
