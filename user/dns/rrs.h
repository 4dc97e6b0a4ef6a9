/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walk the resource records of a message, in all sections.
 *
 * Thread: any; no resources. Lifetime: the message must outlive the walk. Offsets in bytes from the
 * start of the message, which may be malformed.
 */
#ifndef RB_DNS_RRS_H
#define RB_DNS_RRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/expand.h"

struct rb_rrs {
	const uint8_t *message;
	size_t len;
	size_t at;         /* where to read next */
	unsigned int left; /* records left by the header's counts */
	struct rb_expanded qname;
	uint16_t qtype;
};

struct rb_rr {
	struct rb_expanded owner;
	uint16_t type;
	size_t rdata, rdata_end;
};

/* Go to the first record of a message with one question. -EBADMSG. */
int rb_rrs_begin(struct rb_rrs *rrs, const uint8_t *message, size_t len);

/* 1: a record, 0: no more records, -EBADMSG. */
int rb_rrs_next(struct rb_rrs *rrs, struct rb_rr *ret_rr);

/* Whether the record has an address: addr gets it, IPv4 as v4-mapped. */
bool rb_rr_address(const uint8_t *message, const struct rb_rr *rr, uint8_t addr[16]);

#endif
