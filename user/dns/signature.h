/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long the signatures of a message let it live: RFC 4035 5.3.3, with the dates as libunbound
 * reads them.
 *
 * A signature that has not ended may have validated what it stands behind, and the answer ends with
 * the first of those. One that has ended has validated nothing, unless it stands alone.
 *
 * Thread: any; no state but the caller's.
 */
#ifndef RB_DNS_SIGNATURE_H
#define RB_DNS_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RB_SIGNATURES_ENDLESS UINT64_MAX

/* What libunbound goes by. All zero: signatures do not matter. */
struct rb_signature_rules {
	uint64_t wall_ns;    /* now, since 1970, or val-override-date; 0: dates do not matter */
	uint32_t skew_min_s; /* val-sig-skew-min: accepted for at least so long after its end */
	uint32_t skew_max_s; /* val-sig-skew-max: and for at most so long; between, a tenth of its
			      * life */
};

/* The signatures of one message, as its records are read one after another. */
struct rb_signatures {
	const struct rb_signature_rules *rules;
	uint64_t left_ns;   /* of the answer; RB_SIGNATURES_ENDLESS: no signature ends it */
	uint32_t max_ttl_s; /* the least original TTL of what was validated */
	/* The run of signatures at hand: those of one RRset, which stand together. */
	uint16_t covered; /* its type; 0: none is at hand */
	bool decisive, live;
	uint64_t run_ns;
};

void rb_signatures_begin(struct rb_signatures *signatures, const struct rb_signature_rules *rules);

/*
 * Every record in the order of the message. decisive: it was validated, and is void where all
 * signatures behind it have ended.
 */
void rb_signatures_add(struct rb_signatures *signatures, uint16_t type, const uint8_t *rdata,
		       size_t len, bool decisive);

/* After the last record: left_ns and max_ttl_s are then complete. */
void rb_signatures_end(struct rb_signatures *signatures);

#endif
