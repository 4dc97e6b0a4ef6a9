/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `unbound-control dump_cache` prints: sets of records with the TTLs that they have left, then
 * messages that refer to them by name and type. The messages are the answers: positive, negative,
 * chains; sets that no message refers to answered nobody.
 *
 * Thread: one. Errors: 0 or -errno.
 */
#ifndef IMPORT_UNBOUND_H
#define IMPORT_UNBOUND_H

#include "compose.h"
#include "rr.h"

struct import_unbound {
	struct import_sets sets;
	struct import_context context;
	struct import_text *text; /* the caller's; stands at the messages after reading */
	size_t messages_at;
	unsigned long messages_line;
};

int import_unbound_init(struct import_unbound *cache);
void import_unbound_free(struct import_unbound *cache);

/* The sets. text must stay until the messages are put. -ENOMEM, -EFBIG. */
int import_unbound_read(struct import_unbound *cache, struct import_text *text,
			struct import_problems *problems);

/* The messages, as answers. */
int import_unbound_put(struct import_unbound *cache, const struct import_meaning *meaning,
		       struct import_problems *problems, const struct import_sink *sink);

#endif
