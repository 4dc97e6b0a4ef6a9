/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a cache that does not read the records may keep a reply.
 *
 * Thread: any; a pure function.
 */
#ifndef RB_DNS_AGE_H
#define RB_DNS_AGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Seconds: the smallest TTL of the answer section, or without an answer the negative TTL that the
 * SOA record in the authority section gives (RFC 8484 5.1). 0: the message has neither, or ends
 * early.
 */
uint32_t rb_message_age_s(const uint8_t *message, size_t len);

#endif
