/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom an answer may be told besides the client that has asked: the client classes of which local
 * policy says the same. An answer is stored for all of them at once, as far as the table can tell
 * classes apart.
 *
 * Of the groups of classes that a question makes the largest has the place that everybody's record
 * would have, each class of the others one of its own: see RB_AUDIENCES in kern/abi.h.
 *
 * Thread: any. Never fails but by saying that an answer is not to be stored.
 */
#ifndef RB_POLICY_AUDIENCE_H
#define RB_POLICY_AUDIENCE_H

#include "dns/answer.h"
#include "policy/verdict.h"
#include "table/table.h"

/* Have the key find what clients of this class may be told. policy NULL: there is none. */
void rb_audience_ask(const struct rb_policy *policy, uint8_t client_class,
		     struct rb_table_key *key);

/* Into key->audience: whom what policy answers to this class is for. False: it must not be stored. */
bool rb_audience_answered(const struct rb_policy *policy, struct rb_table *table,
			  const struct rb_policy_question *question, uint8_t client_class,
			  struct rb_table_key *key);

/* The same of what was resolved, which is for those who get it as it is. */
bool rb_audience_resolved(const struct rb_policy *policy, struct rb_table *table,
			  const struct rb_policy_question *question, uint8_t client_class,
			  const struct rb_answer *answer, struct rb_table_key *key);

/* And of what policy has made of a response, behind what it has said of the question. */
bool rb_audience_rewritten(const struct rb_policy *policy, struct rb_table *table,
			   const struct rb_policy_question *question, uint8_t client_class,
			   struct rb_table_key *key);

#endif
