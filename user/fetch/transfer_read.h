/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer to AXFR or IXFR, record by record, whatever messages they come in: what is to be taken
 * out of the zone and what is to be put in. A table of states and of what a record means in each.
 *
 * Thread: one; pure. Errors: 0 or -errno; -EBADMSG: no such answer.
 */
#ifndef RB_FETCH_TRANSFER_READ_H
#define RB_FETCH_TRANSFER_READ_H

#include <stdbool.h>

#include "fetch/order.h"
#include "fetch/records.h"

enum rb_transfer_state {
	RB_TRANSFER_FIRST,  /* the SOA that the primary has now */
	RB_TRANSFER_SECOND, /* what tells the whole from differences */
	RB_TRANSFER_WHOLE,  /* up to the same SOA */
	RB_TRANSFER_OLD,    /* of a difference: what goes */
	RB_TRANSFER_NEW,    /* what comes */
	RB_TRANSFER_DONE,
	RB_TRANSFER_UPTODATE, /* its SOA is not newer than the copy's */
};

struct rb_transfer {
	enum rb_transfer_state state;
	const struct rb_fetch_order *order;
	bool is_ixfr; /* asked for */
	bool is_incremental;
	struct rb_fetch_records *records; /* for IXFR: the copy, to begin with */
	uint64_t records_max;
	uint32_t serial;  /* of the first SOA: of the whole */
	uint32_t reached; /* of the difference before */
	uint32_t refresh_s, retry_s, expire_s;
	uint64_t skipped;  /* records outside of the zone */
	const char *wrong; /* about an answer that is none */
};

/* A record that is in the zone; one that is outside of it is left out. */
int rb_transfer_add(struct rb_transfer *transfer, const struct rb_fetch_rr *rr);

/* One record of the answer section. */
int rb_transfer_take(struct rb_transfer *transfer, const struct rb_fetch_rr *rr);

/* Serial numbers (RFC 1982): whether a is newer than b. */
static inline bool rb_serial_is_newer(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

/* Of an SOA's data: what stands behind its names. False: too short. */
bool rb_soa_numbers(const uint8_t *rdata, size_t len, uint32_t ret_numbers[5]);

#endif
