/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `runbound-cachectl dump` prints: a comment for each record of the table, of which
 * rb_import_own_describe() writes the form, then its resource records, TTLs as they are now.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_IMPORT_OWN_H
#define RB_IMPORT_OWN_H

#include <stdio.h>

#include "import/compose.h"
#include "import/rr.h"

#define RB_IMPORT_OWN_TITLE "; runbound dump 1" /* begins the first line */
#define RB_IMPORT_OWN_MARK  "; record "

/* What the resource records do not say. */
struct rb_import_own {
	struct rb_import_name qname;
	uint16_t qtype; /* host order */
	uint16_t flags; /* of the answer: AA, RA, rcode */
	uint64_t left_ns;
	uint32_t ttl_s;
	uint16_t counts[RB_IMPORT_SECTIONS];
	uint8_t traits;      /* RB_SERVES_*, RB_SECURE, ... */
	uint8_t ede;         /* as in struct rb_answer */
	uint8_t stale_limit; /* as in struct rb_record */
	uint8_t rotate;
	uint8_t audience;
};

/*
 * The first line, whole. fingerprint: of the configuration that made the records. A daemon that has
 * the same one takes them for its own.
 */
void rb_import_own_title(uint32_t fingerprint, FILE *out);

/* 0: the first line does not tell. */
uint32_t rb_import_own_fingerprint(const struct rb_import_text *text);

/* One line, without its newline. name, type, rcode: presentation form. */
void rb_import_own_describe(const struct rb_import_own *own, const char *name, const char *type,
			    const char *rcode, FILE *out);

/* All records to the sink, at once. */
int rb_import_own_put(struct rb_import_text *text, uint64_t now_ns,
		      struct rb_import_problems *problems, const struct rb_import_sink *sink);

#endif
