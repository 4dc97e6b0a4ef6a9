/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What queries of a batch will need is fetched while those before them are answered: a table and a
 * blocklist of a million names lie in memory that no cache holds, where each access takes as long as
 * half an answer.
 *
 * A query is looked at in steps, some queries apart, so that what one step asks for is there when
 * the next one reads it. Nothing is decided here.
 *
 * Thread: the worker's.
 */
#ifndef RB_SERVE_AHEAD_H
#define RB_SERVE_AHEAD_H

#include "policy/foresee.h"
#include "serve/query.h"

/* How many queries ahead the first step is. */
#define RB_LOOK_AHEAD 8

/* What is known of a query before it is parsed. */
struct rb_foreseen {
	struct rb_table_key key; /* qname_len 0: the message cannot be read */
	bool missing;            /* the table hardly has it: labels are set */
	struct rb_policy_labels labels;
};

/* By the number of the message in its batch, modulo RB_LOOK_AHEAD. */
struct rb_look_ahead {
	struct rb_foreseen foreseen[RB_LOOK_AHEAD];
};

/* Look at the message of this number, and at those before it. NULL: the batch has no more. */
void rb_look_ahead(const struct rb_serve *serve, const uint8_t *message, size_t len, size_t number,
		   struct rb_look_ahead *ahead);

#endif
