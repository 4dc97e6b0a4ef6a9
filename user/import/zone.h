/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Zone files: read into sets, and from those the answers that a resolver would have found. In a
 * zone (that is: behind its SOA, or under the origin that the caller names) what belongs to other
 * zones is no answer: records out of it, and those at and below its delegations.
 *
 * Thread: one. Errors: 0 or -errno.
 */
#ifndef RB_IMPORT_ZONE_H
#define RB_IMPORT_ZONE_H

#include "import/compose.h"
#include "import/rr.h"

struct rb_import_zone {
	struct rb_import_sets sets;
	struct rb_import_context context;
	bool bounded;    /* zone is known: names outside are refused */
	bool follow_soa; /* the zone is that of the last SOA: the caller did not name one */
	struct rb_import_name zone; /* lower case */
	bool delegates;             /* there are NS records besides the zone's own */
};

/* origin: a name in presentation form, with or without its final dot, or NULL. -EINVAL: it is none.
 */
int rb_import_zone_init(struct rb_import_zone *zone, const char *origin);
void rb_import_zone_free(struct rb_import_zone *zone);

/* Read all of it. -ENOMEM, -EFBIG; what else is wrong goes to problems. */
int rb_import_zone_read(struct rb_import_zone *zone, struct rb_import_text *text,
			struct rb_import_problems *problems);

/*
 * Every answer that the sets hold: one for each set, and for a CNAME also what A and AAAA find at
 * its end. Problems that show only now are reported like others.
 */
int rb_import_zone_put(const struct rb_import_zone *zone, const struct rb_import_meaning *meaning,
		       struct rb_import_problems *problems, const struct rb_import_sink *sink);

#endif
