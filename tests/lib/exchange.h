/* SPDX-License-Identifier: BSD-2-Clause */
/* A question to the XDP program and what becomes of it. Failures are cmocka assertions. */
#ifndef RB_TESTS_EXCHANGE_H
#define RB_TESTS_EXCHANGE_H

#include "lib/frame.h"
#include "lib/program.h"

/*
 * Ask, and expect this end. The decoded reply (ldns_pkt_free()) where it is an answer; else NULL,
 * and the frame was not changed.
 */
ldns_pkt *exchange(struct program *program, const struct ask *ask, enum rb_result expected);

/* The records of a section equal these lines of a zone file, in order, with this TTL (0: theirs), or
 * a lower one where the machine was slow.
 */
void exchange_assert_section(const ldns_rr_list *section, const char *lines, uint32_t ttl_s);

#endif
