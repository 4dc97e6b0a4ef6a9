/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a zone file that are resource records: owner, TTL, class, type, data (RFC 1035 5.1,
 * RFC 2308 4, RFC 3597 5), with what one line leaves to those before it.
 *
 * Thread: one.
 */
#ifndef RB_IMPORT_RR_H
#define RB_IMPORT_RR_H

#include "import/problems.h"
#include "import/rdata.h"
#include "import/sets.h"

/* What a line inherits from earlier lines. */
struct rb_import_context {
	struct rb_import_name origin; /* len 0: relative names are refused */
	struct rb_import_name owner;  /* of the last record, as it was written; len 0: none yet */
	bool has_default_ttl;
	uint32_t default_ttl_s; /* $TTL */
	bool has_last_ttl;
	uint32_t last_ttl_s; /* of the last record that had one, or the minimum of the SOA */
	uint8_t lower[RB_NAME_MAX + 1]; /* owner in lower case, for the record */
	uint8_t rdata[RB_IMPORT_RDATA_MAX + 1];
};

/*
 * ret_record points into the context, until the next call. -EBADMSG: no record, reported to
 * problems. Class IN and real types alone are records. -ENOMEM.
 */
int rb_import_rr_parse(struct rb_import_context *context, const struct rb_import_entry *entry,
		       struct rb_import_problems *problems, struct rb_import_record *ret_record);

/* "3600", "1h30m". -EINVAL. */
int rb_import_ttl_parse(const struct rb_import_word *word, uint32_t *ret_ttl_s);

#endif
