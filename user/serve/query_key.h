/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key by which table and resolvers know a question.
 *
 * Thread: the worker's. Lifetime: a key that was made ahead is valid until the next batch.
 */
#ifndef RB_SERVE_QUERY_KEY_H
#define RB_SERVE_QUERY_KEY_H

#include "serve/query.h"

/*
 * Set *ret_key to the key that was made ahead, or to one made in room. Returns whether the table can
 * hold its answer.
 */
bool rb_query_key_init(const struct rb_serve *serve, const struct rb_received *received,
		       const struct rb_query *query, uint8_t client_class,
		       struct rb_table_key *room, struct rb_table_key **ret_key);

/* The labels of the key's name, if they were made ahead; else NULL. */
const struct rb_policy_labels *rb_query_key_labels(const struct rb_received *received,
						   const struct rb_table_key *key);

#endif
