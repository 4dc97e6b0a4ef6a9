/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Load a record stream into the hot table, without the resolvers: which records are accepted, and
 * how they are changed.
 *
 * A record of our own (the stream has the fingerprint of the configuration in force) goes in as it
 * was. Of any other:
 *	- names that local-zone, local-data or an auth-zone answer are refused: they decide;
 *	- names that are validated (RB_GUARD_VALIDATED) are refused, but with RB_INTAKE_TRUST:
 *	  somebody vouches for the data. A fresh record that our own validation found secure stays
 *	  all the same;
 *	- local data is refused, and nothing is secure (AD=1), whatever the stream says;
 *	- TTLs are cut to cache-max-ttl;
 *	- addresses are rotated only with rrset-roundrobin.
 * Whoever wrote it, no record lives longer than the signatures in it (see dns/signature.h). A
 * change of the configuration ends the intake.
 *
 * Thread:   one; beside all other writers of the table.
 * Lifetime: the table must outlive the intake; the configuration need not.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_STORE_INTAKE_H
#define RB_STORE_INTAKE_H

#include "config/config.h"
#include "store/stream.h"
#include "table/table.h"

struct rb_intake;

enum rb_intake_flags {
	RB_INTAKE_PIN = 0x1,       /* pin every record */
	RB_INTAKE_TRUST = 0x2,     /* accept names that are validated, too */
	RB_INTAKE_OWN_ALONE = 0x4, /* accept only streams of this configuration: -ESTALE */
};

/* What happened to the records. */
struct rb_intake_counts {
	uint64_t loaded;
	uint64_t expired;                /* or their signatures have */
	uint64_t local, validated, kept; /* refused: see above */
	uint64_t unsound;                /* refused: local data, or invalid */
	uint64_t too_large;              /* for the table */
	uint64_t unpinned;               /* loaded, but not pinned: RB_PINNED_MAX */
};

/* The configuration need not outlive this call. */
int rb_intake_new(const struct rb_config *config, struct rb_table *table, unsigned int flags,
		  struct rb_intake **ret_intake);
void rb_intake_free(struct rb_intake *intake);
void rb_intake_freep(struct rb_intake **intake);

/*
 * Bytes as they arrive: rb_intake_room(), then so many rb_intake_filled(). 0: go on. -ENODATA: the
 * end mark has been read. -ECANCELED: the configuration changed. -ESTALE: RB_INTAKE_OWN_ALONE.
 * Others as rb_store_next().
 */
uint8_t *rb_intake_room(struct rb_intake *intake, size_t *ret_bytes);
int rb_intake_filled(struct rb_intake *intake, size_t bytes);

const struct rb_intake_counts *rb_intake_counts(const struct rb_intake *intake);

/* Of the stream, see rb_store_facts(). */
void rb_intake_facts(const struct rb_intake *intake, struct rb_store_facts *ret_facts);

/*
 * Lines about the first records that were refused, and about what ended the stream; "" without
 * errors.
 */
const char *rb_intake_problems(const struct rb_intake *intake);

#endif
