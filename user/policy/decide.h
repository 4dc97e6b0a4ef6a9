/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy says of a question: nothing, an answer, an alias to be followed, or silence.
 * The order of decisions is Unbound's: the zones of the client's view, then those outside; of each
 * the longest that is for the client's tags; in a zone its data, then what its type says.
 *
 * Thread:   an image is opened by one, then read by any.
 * Lifetime: what a verdict points to lives as long as the image.
 * Errors:   0 or -errno. Never logs.
 */
#ifndef RB_POLICY_DECIDE_H
#define RB_POLICY_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/local.h"
#include "policy/access.h"

/* Names in lower case, well-formed; type and class in host order. */
struct rb_policy_question {
	const uint8_t *qname;
	uint16_t qname_len;
	uint16_t qtype;
	uint16_t qclass;
};

struct rb_policy_client {
	uint8_t client_class;
	const uint8_t *addr; /* 16 bytes, v4-mapped; NULL: unknown, no override is for it */
};

enum rb_policy_action {
	RB_POLICY_PASS,   /* resolve it */
	RB_POLICY_ANSWER, /* with rcode and records */
	RB_POLICY_DROP,   /* say nothing */
	RB_POLICY_ALIAS, /* the one record of answer is a CNAME: resolve its target, and say both */
};

struct rb_policy_verdict {
	enum rb_policy_action action;
	uint16_t rcode;
	bool by_address;      /* clients of other addresses may get another one */
	bool inform;          /* the zone's type asks for a line in the log */
	bool blocked;         /* RFC 8914 4.16: EDE 15 where EDE is on */
	uint8_t null_address; /* always_null: bytes of an address of zeros, which is the answer */
	struct rb_policy_records answer;   /* count 0: none */
	struct rb_policy_records soa;      /* for the authority section; count 0: none */
	const struct rb_policy_zone *zone; /* that decided; NULL: none did */
	const uint8_t *zone_name;          /* its wire form, zone->name_len bytes */
};

/* False where nothing is said of the question: the verdict is RB_POLICY_PASS. */
bool rb_policy_decide(const struct rb_policy *policy, const struct rb_policy_question *question,
		      const struct rb_policy_client *client, struct rb_policy_verdict *ret_verdict);

/* Whether it says anything of the question to any client. */
bool rb_policy_concerns(const struct rb_policy *policy, const struct rb_policy_question *question);

#endif
