/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `unbound-control dump_cache` prints: sets of records with the TTLs that they have left, then
 * messages that refer to them by name and type. The messages are the answers: positive, negative,
 * chains; sets that no message refers to answered nobody.
 *
 * Thread: one. Errors: 0 or -errno.
 */
#ifndef RB_IMPORT_UNBOUND_H
#define RB_IMPORT_UNBOUND_H

#include "import/compose.h"
#include "import/rr.h"

struct rb_import_unbound {
	struct rb_import_sets sets;
	struct rb_import_context context;
	struct rb_import_text *text; /* the caller's; stands at the messages after reading */
	size_t messages_at;
	unsigned long messages_line;
};

int rb_import_unbound_init(struct rb_import_unbound *cache);
void rb_import_unbound_free(struct rb_import_unbound *cache);

/* The sets. text must stay until the messages are put. -ENOMEM, -EFBIG. */
int rb_import_unbound_read(struct rb_import_unbound *cache, struct rb_import_text *text,
			   struct rb_import_problems *problems);

/* The messages, as answers. */
int rb_import_unbound_put(struct rb_import_unbound *cache, const struct rb_import_meaning *meaning,
			  struct rb_import_problems *problems, const struct rb_import_sink *sink);

#endif
