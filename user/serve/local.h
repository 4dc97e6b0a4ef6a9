/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy for a worker: what it decides about a query, and whether the answer may be stored
 * for other clients.
 *
 * An answer is stored for the client's class and for all others that policy treats in the same way,
 * unless it depends on the client's address or has to be logged. Clients of a class that the table
 * cannot tell apart get from it what class 0 would get, if that is the same.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_LOCAL_H
#define RB_SERVE_LOCAL_H

#include "serve/query.h"

/* A question, and the client that asks it. */
struct rb_local_query {
	const struct rb_query *query;
	const struct rb_table_key *key; /* qname in lower case */
	const uint8_t *client;          /* 16 bytes */
	uint16_t client_port;
	uint8_t client_class;
	bool tcp;
	const struct rb_policy_labels *labels; /* of qname, by the present policy; NULL: not made */
};

struct rb_local_said {
	enum rb_policy_action action;
	bool shared; /* the answer is right for every client of the class: see rb_local_class() */
	struct rb_policy_verdict verdict;
};

/* The class that a client's answers are stored for. */
static inline uint8_t rb_local_class(uint8_t client_class)
{
	return client_class < RB_CLASSES_MAX ? client_class : 0;
}

/* Decide. Without local policy: RB_POLICY_PASS, and shared. Logs if policy asks for that. */
void rb_local_ask(struct rb_serve *serve, const struct rb_local_query *asked,
		  struct rb_local_said *ret_said);

/* The answer of RB_POLICY_ANSWER; it is stored if it is shared. NULL: no memory, or too large. */
struct rb_answer *rb_local_answer(const struct rb_serve *serve, const struct rb_local_query *asked,
				  const struct rb_local_said *said, bool publishable);

#endif
