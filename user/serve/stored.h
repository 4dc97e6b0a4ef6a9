/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table's answers for a query, and their refresh.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_STORED_H
#define RB_SERVE_STORED_H

#include "serve/query.h"

/* CD=1, unless the configuration ignores it. */
bool rb_stored_is_unchecked(const struct rb_serve *serve, const struct rb_query *query);

/*
 * DNS64 does not apply to the query, whatever ignore-cd-flag says (RFC 6147 5.5): it may come from
 * a validator.
 */
bool rb_stored_is_unsynthesized(const struct rb_serve *serve, const struct rb_query *query);

/*
 * Find the table's answer: fresh, or stale if serve-expired serves expired ones without waiting. A
 * record that is due for a refresh is refreshed meanwhile. Returns whether there is one. An answer
 * of which the table only has the size is found if it exceeds the limit, in bytes of the reply: it
 * then has no records, and the reply has TC=1.
 */
bool rb_stored_find(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key, enum rb_scope scope, size_t limit,
		    struct rb_table_found *ret_found);

/*
 * The stored answer, in whatever form, for clients that may read the cache: in Unbound's cache, one
 * entry serves DO=0 and DO=1, CD=0 and CD=1. -ENOENT. -ENOMEM.
 */
int rb_stored_snoop(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key, struct rb_answer **ret_answer);

#endif
