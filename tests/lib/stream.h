/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stream of queries, realistic and hostile, made from random numbers: the same seed makes the
 * same message. Nothing here uses the code that is tested.
 */
#ifndef RB_TESTS_STREAM_H
#define RB_TESTS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/prng.h"

#define STREAM_ROOM 2048 /* bytes of a message */

/* A question that the servers know. */
struct stream_question {
	uint8_t qname[255];
	uint8_t qname_len;
	uint16_t qtype;
	uint8_t variants; /* STREAM_DO0, STREAM_DO1: with which DO it is known */
};

#define STREAM_DO0 0x1
#define STREAM_DO1 0x2

enum stream_kind {
	STREAM_PLAIN,  /* a known question, packed as clients do */
	STREAM_NEAR,   /* as plain, but for a name or type that is nearly known */
	STREAM_FLAGS,  /* any flags, opcode, rcode */
	STREAM_TYPE,   /* any type and class */
	STREAM_COUNTS, /* other numbers of records than a query has, with and without the records */
	STREAM_EDNS,   /* versions, lengths, owners, options, second OPTs that are not right */
	STREAM_NAME,   /* pointers, long labels, long names, zeros in labels, no end */
	STREAM_CUT,    /* shorter or longer than it says */
	STREAM_MUTATED, /* a few bytes changed, removed, inserted */
	STREAM_RANDOM,  /* bytes */
	STREAM_KINDS,
};

struct stream_message {
	uint8_t bytes[STREAM_ROOM];
	size_t len;
	enum stream_kind kind;
	bool asks_nsid;                         /* which server it is, RFC 5001 */
	const struct stream_question *question; /* that it was made from */
};

/* name in presentation form; aborts where that is malformed. */
struct stream_question stream_question(const char *name, uint16_t qtype, uint8_t variants);

const char *stream_kind_name(enum stream_kind kind);

void stream_make(struct prng *prng, enum stream_kind kind, const struct stream_question *known,
		 size_t count, struct stream_message *ret_message);

#endif
