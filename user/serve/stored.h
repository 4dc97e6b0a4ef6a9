/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the table has for a query: which of its answers are this query's, and their refresh.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_STORED_H
#define RB_SERVE_STORED_H

#include "serve/query.h"

/* CD=1, unless everybody is to get validated data whatever they ask for. */
bool rb_stored_is_unchecked(const struct rb_serve *serve, const struct rb_query *query);

/* DNS64 leaves it alone, whatever ignore-cd-flag says (RFC 6147 5.5): it may be a validator's. */
bool rb_stored_is_unsynthesized(const struct rb_serve *serve, const struct rb_query *query);

/*
 * The table's answer, fresh or, where serve-expired gives old ones without waiting, stale. What is
 * due for a refresh is refreshed meanwhile. Whether there is one.
 */
bool rb_stored_find(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key, enum rb_scope scope,
		    struct rb_table_found *ret_found);

/*
 * The answer that is stored for DO=1, to a query without DO: without its DNSSEC records. For who
 * may look into the cache: Unbound's has one for both. -ENOENT. -ENOMEM.
 */
int rb_stored_strip(const struct rb_serve *serve, const struct rb_query *query,
		    const struct rb_table_key *key, struct rb_answer **ret_answer);

#endif
