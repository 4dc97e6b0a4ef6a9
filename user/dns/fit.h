/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of an answer a reply has room for. The records of the additional section may be left out,
 * set by set, without a word (RFC 2181 9); those of the others may not.
 *
 * Thread: any; pure function.
 */
#ifndef RB_DNS_FIT_H
#define RB_DNS_FIT_H

#include "dns/answer.h"

struct rb_fit {
	bool whole;       /* the answer and authority sections are there; else nothing is */
	uint16_t arcount; /* records that are left of the additional section */
	size_t body_len;  /* bytes of all that is left */
};

/* room: bytes for the answer's body. */
struct rb_fit rb_fit_body(const struct rb_query *query, const struct rb_answer *answer,
			  size_t room);

#endif
