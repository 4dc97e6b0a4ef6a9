/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Check answers that did not come from rb_answer_from_message() for what that function guarantees.
 *
 * Thread: any; pure function.
 */
#ifndef RB_DNS_CHECK_H
#define RB_DNS_CHECK_H

#include "dns/answer.h"

/*
 * Checks every record of the body: names and their pointers, lengths, class IN, a data type, a TTL
 * where ttl_offsets says and not below ttl_s; also the counts, the addresses to rotate, the flags
 * and traits. qname: wire form, without compression, well-formed. NULL: valid; else a text that
 * says what is wrong.
 */
const char *rb_answer_check(const struct rb_answer *answer, const uint8_t *qname,
			    uint16_t qname_len, uint16_t qtype);

#endif
