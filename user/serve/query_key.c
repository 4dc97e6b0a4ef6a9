/* SPDX-License-Identifier: BSD-2-Clause */
/* The key of a question, made when it is parsed, or before that. */
#include "serve/query_key.h"

#include <string.h>

#include "dns/name.h"
#include "policy/audience.h"
#include "serve/ahead.h"
#include "serve/local.h"
#include "serve/scope.h"
#include "serve/stored.h"

/*
 * The key that was made from the message before it was parsed, or one that is made now in room. If
 * both readings of the question end at the same place, they have read the same bytes. False: the
 * table cannot hold the name.
 */
static bool table_key(const struct rb_serve *serve, const struct rb_query *query,
		      struct rb_foreseen *foreseen, struct rb_table_key *room,
		      struct rb_table_key **ret_key)
{
	if (foreseen && foreseen->key.qname_len == query->qname_len &&
	    foreseen->key.qtype == query->qtype) {
		*ret_key = &foreseen->key;
		return true;
	}
	*ret_key = room;
	return !rb_table_key_init(serve->table, query->qname, query->qname_len, query->qtype, room);
}

/* A key for a question whose answer the table cannot hold. */
static void key_placeless(const struct rb_query *query, struct rb_table_key *ret_key)
{
	memset(ret_key, 0, sizeof(*ret_key));
	rb_name_lower(query->qname, query->qname_len, ret_key->qname);
	ret_key->qname_len = query->qname_len;
	ret_key->qtype = query->qtype;
	/* The hash only chooses a resolver process; any will do. */
	ret_key->hash = (uint64_t)query->id << 48;
}

bool rb_query_key_init(const struct rb_serve *serve, const struct rb_received *received,
		       const struct rb_query *query, uint8_t client_class,
		       struct rb_table_key *room, struct rb_table_key **ret_key)
{
	const struct rb_policy *policy = serve->guard ? rb_guard_policy(serve->guard) : NULL;

	if (!table_key(serve, query, received->foreseen, room, ret_key)) {
		key_placeless(query, room);
		return false;
	}
	rb_audience_ask(policy, rb_local_class(client_class), *ret_key);
	return rb_class_is_resolved(query->qclass) && !rb_stored_is_unsynthesized(serve, query);
}

const struct rb_policy_labels *rb_query_key_labels(const struct rb_received *received,
						   const struct rb_table_key *key)
{
	const struct rb_foreseen *foreseen = received->foreseen;

	return foreseen && key == &foreseen->key && foreseen->missing ? &foreseen->labels : NULL;
}
