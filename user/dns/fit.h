/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of an answer that fits a reply. RRsets of the additional section may be left out
 * silently (RFC 2181 9); records of the other sections may not.
 *
 * Thread: any; pure function.
 */
#ifndef RB_DNS_FIT_H
#define RB_DNS_FIT_H

#include "dns/answer.h"

struct rb_fit {
	bool whole;       /* answer and authority section fit; else nothing does */
	uint16_t arcount; /* records of the additional section that fit */
	size_t body_len;  /* bytes of all that fits */
};

/* room: bytes for the answer's body. */
struct rb_fit rb_fit_body(const struct rb_query *query, const struct rb_answer *answer,
			  size_t room);

#endif
