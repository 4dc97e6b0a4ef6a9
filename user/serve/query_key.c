/* SPDX-License-Identifier: BSD-2-Clause */
/* The key of a question, made when it is parsed, or before that. */
#include "serve/query_key.h"

#include <string.h>

#include "dns/bytes.h"
#include "dns/name.h"
#include "policy/audience.h"
#include "serve/local.h"
#include "serve/scope.h"
#include "serve/stored.h"

/*
 * The key that was made from the message before it was parsed, or one that is made now in room. If
 * both readings of the question end at the same place, they have read the same bytes. False: the
 * table cannot hold the name.
 */
static bool table_key(const struct rb_serve *serve, const struct rb_query *query,
		      struct rb_table_key *ahead, struct rb_table_key *room,
		      struct rb_table_key **ret_key)
{
	if (ahead && ahead->qname_len == query->qname_len && ahead->qtype == query->qtype) {
		*ret_key = ahead;
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

	if (!table_key(serve, query, received->ahead, room, ret_key)) {
		key_placeless(query, room);
		return false;
	}
	rb_audience_ask(policy, rb_local_class(client_class), *ret_key);
	return rb_class_is_resolved(query->qclass) && !rb_stored_is_unsynthesized(serve, query);
}

void rb_serve_look_ahead(const struct rb_serve *serve, const uint8_t *message, size_t len,
			 size_t number, struct rb_look_ahead *ahead)
{
	struct rb_table_key *key = &ahead->keys[number % RB_LOOK_AHEAD];
	const uint8_t *qname = message + sizeof(struct rb_dns_header), *root = NULL;
	size_t room, qname_len;

	/* Length 0, which no name has, marks a message that cannot be read. */
	key->qname_len = 0;
	if (len <= sizeof(struct rb_dns_header) + RB_QUESTION_TAIL)
		return;
	room = len - sizeof(struct rb_dns_header) - RB_QUESTION_TAIL;
	root = memchr(qname, 0, room < RB_NAME_MAX ? room : RB_NAME_MAX);
	if (!root)
		return;
	qname_len = (size_t)(root - qname) + 1;
	if (!rb_table_key_init(serve->table, qname, qname_len, rb_bytes_get16(root + 1), key))
		rb_table_look_ahead(serve->table, key);
}
