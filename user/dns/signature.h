/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a message may live by its signatures: RFC 4035 5.3.3, with the dates as libunbound reads
 * them.
 *
 * A signature that has not expired may have validated the RRset before it, and the answer ends with
 * the first of those to expire. A signature that has expired has validated nothing, unless it is
 * the only one.
 *
 * Thread: any; no state but the caller's.
 */
#ifndef RB_DNS_SIGNATURE_H
#define RB_DNS_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_SIGNATURES_ENDLESS UINT64_MAX

/* The rules of libunbound. All zero: signatures do not matter. */
struct rb_signature_rules {
	uint64_t wall_ns;    /* now, since 1970, or val-override-date; 0: ignore dates */
	uint32_t skew_min_s; /* val-sig-skew-min: accepted for at least this long after expiry */
	uint32_t skew_max_s; /* val-sig-skew-max: and for at most this long; between, a tenth of its
			      * life */
};

/* The signatures of one message, as its records are read one after another. */
struct rb_signatures {
	const struct rb_signature_rules *rules;
	uint64_t left_ns;   /* left for the answer; RB_SIGNATURES_ENDLESS: not limited */
	uint32_t max_ttl_s; /* the smallest original TTL of what was validated */
	/* The current run of signatures: those of one RRset, which are adjacent. */
	uint16_t covered; /* its type; 0: no run */
	bool decisive, live;
	uint64_t run_ns;
};

void rb_signatures_begin(struct rb_signatures *signatures, const struct rb_signature_rules *rules);

/*
 * Add every record in the order of the message. decisive: it was validated, and is invalid if all
 * signatures after it have expired.
 */
void rb_signatures_add(struct rb_signatures *signatures, uint16_t type, const uint8_t *rdata,
		       size_t len, bool decisive);

/* Call it after the last record; then left_ns and max_ttl_s are complete. */
void rb_signatures_end(struct rb_signatures *signatures);

#endif
