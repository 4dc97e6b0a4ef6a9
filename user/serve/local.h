/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy on a worker's way: what it says of a query, and whether what becomes of the query
 * may be stored for others.
 *
 * What a client gets is stored for its class, and for all others of which policy says the same,
 * where it does not depend on the client's address and nobody has to be told of it. Clients of
 * classes that the table does not tell apart get from it what class 0 would, where that is the same.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_LOCAL_H
#define RB_SERVE_LOCAL_H

#include "serve/query.h"

/* What is asked, by whom. */
struct rb_local_query {
	const struct rb_query *query;
	const struct rb_table_key *key; /* qname in lower case */
	const uint8_t *client;          /* 16 bytes */
	uint16_t client_port;
	uint8_t client_class;
	bool tcp;
};

struct rb_local_said {
	enum rb_policy_action action;
	bool shared; /* what comes of it holds for every client of the class: see rb_local_class() */
	struct rb_policy_verdict verdict;
};

/* The class that a client's answers are stored for. */
static inline uint8_t rb_local_class(uint8_t client_class)
{
	return client_class < RB_CLASSES_MAX ? client_class : 0;
}

/* Without local policy: RB_POLICY_PASS, and shared. Logs where that is asked for. */
void rb_local_ask(struct rb_serve *serve, const struct rb_local_query *asked,
		  struct rb_local_said *ret_said);

/* The answer of RB_POLICY_ANSWER, stored where it is shared. NULL: out of memory, or too large. */
struct rb_answer *rb_local_answer(const struct rb_serve *serve, const struct rb_local_query *asked,
				  const struct rb_local_said *said, bool publishable);

#endif
