/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer to each of the bench's questions: what follows the question in the message. The same
 * for the table that is filled by hand, for the authoritative server and for the sink.
 *
 * Thread: any; pure functions over bytes.
 */
#ifndef BENCH_RESPONSE_H
#define BENCH_RESPONSE_H

#include <stdint.h>

#include "tools/bench/bench.h"

#define BENCH_BODY_MAX 1400
#define BENCH_RRS_MAX  4

struct bench_response {
	uint8_t body[BENCH_BODY_MAX];
	uint16_t body_len;                   /* bytes */
	uint16_t ttl_offsets[BENCH_RRS_MAX]; /* from the start of body */
	uint16_t ancount, nscount, ttl_count;
	uint16_t rcode;
	uint16_t rotate; /* so many addresses at the end turn; 0: none */
};

/* ttl_s: of every record. dnssec_ok: with signatures. */
void bench_response_make(uint8_t kind, uint32_t number, uint16_t qtype, int dnssec_ok,
			 uint32_t ttl_s, struct bench_response *ret_response);

#endif
