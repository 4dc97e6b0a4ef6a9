/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of a zone while it is transferred: a set, since differences (RFC 1995) take records out
 * of it. Each is kept in wire form, without compression.
 *
 * Thread: one. Lifetime: rb_records_free(). Errors: 0 or -errno (-ENOMEM; -E2BIG past a limit).
 */
#ifndef RB_FETCH_RECORDS_H
#define RB_FETCH_RECORDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct rb_fetch_rr {
	const uint8_t *owner; /* wire form */
	const uint8_t *rdata; /* uncompressed */
	uint32_t ttl_s;
	uint16_t owner_len, type, rdata_len;
};

struct rb_fetch_records {
	uint8_t *bytes;
	size_t bytes_len, bytes_room, bytes_max;
	size_t *slots; /* offset + 1 of records; 0: free; taken out: SIZE_MAX */
	size_t room, used;
	size_t count; /* of records */
};

/* Adding a record again changes nothing but its TTL. */
int rb_records_add(struct rb_fetch_records *records, const struct rb_fetch_rr *rr);

/* -ENOENT: there is no such record; its TTL does not matter. */
int rb_records_remove(struct rb_fetch_records *records, const struct rb_fetch_rr *rr);

/* In presentation format, as Unbound writes a zone: sorted, the SOA of the first name first. */
int rb_records_write(const struct rb_fetch_records *records, FILE *out);

void rb_records_free(struct rb_fetch_records *records);

#endif
