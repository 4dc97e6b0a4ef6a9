/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Local policy on a worker's way: what it says of a query, and whether what becomes of the query
 * may be stored for others.
 *
 * The table, and so the kernel, answers clients of class 0 alone: those without view and tags.
 * What they get is stored where it does not depend on their address and nobody has to be told of
 * it.
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
	bool shared; /* what comes of it holds for every client of class 0 */
	struct rb_policy_verdict verdict;
};

/* Without local policy: RB_POLICY_PASS, and shared. Logs where that is asked for. */
void rb_local_ask(const struct rb_serve *serve, const struct rb_local_query *asked,
		  struct rb_local_said *ret_said);

/* The answer of RB_POLICY_ANSWER, stored where it is shared. NULL: out of memory, or too large. */
struct rb_answer *rb_local_answer(const struct rb_serve *serve, const struct rb_local_query *asked,
				  const struct rb_local_said *said, bool publishable);

#endif
