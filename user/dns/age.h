/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a reply may be kept by who does not read its records.
 *
 * Thread: any; a pure function.
 */
#ifndef RB_DNS_AGE_H
#define RB_DNS_AGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Seconds: the smallest TTL of the answer section; without an answer what a SOA record in the
 * authority section says of it (RFC 8484 5.1). 0: neither is there, or the message ends early.
 */
uint32_t rb_message_age_s(const uint8_t *message, size_t len);

#endif
