/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether an answer that did not come from rb_answer_from_message() could have.
 *
 * Thread: any; pure function.
 */
#ifndef RB_DNS_CHECK_H
#define RB_DNS_CHECK_H

#include "dns/answer.h"

/*
 * Walks every record of the body: names and their pointers, lengths, class IN, a type that data can
 * have, a TTL where ttl_offsets says and not below ttl_s, the counts, the addresses that turn, the
 * flags and traits. qname: wire form, without compression, well-formed. NULL: sound; else what is
 * wrong, in words.
 */
const char *rb_answer_check(const struct rb_answer *answer, const uint8_t *qname,
			    uint16_t qname_len, uint16_t qtype);

#endif
