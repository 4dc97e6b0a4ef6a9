/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may get an answer besides the client that has asked: all client classes that local policy
 * treats alike. An answer is stored for all of them at once, as far as the table can tell classes
 * apart.
 *
 * For a question, policy divides the classes into groups. The largest group has the record where
 * everybody's would be; each class of the other groups has a record of its own: see
 * RB_AUDIENCES in kern/abi.h.
 *
 * Thread: any. The only failure is that an answer must not be stored.
 */
#ifndef RB_POLICY_AUDIENCE_H
#define RB_POLICY_AUDIENCE_H

#include "dns/answer.h"
#include "policy/verdict.h"
#include "table/table.h"

/* Set up the key to find answers for clients of this class. policy NULL: there is none. */
void rb_audience_ask(const struct rb_policy *policy, uint8_t client_class,
		     struct rb_table_key *key);

/*
 * Set key->audience for an answer that policy gives to this class. verdict: the one on a client of
 * it. False: the answer must not be stored.
 */
bool rb_audience_answered(const struct rb_policy *policy, struct rb_table *table,
			  const struct rb_policy_question *question, uint8_t client_class,
			  const struct rb_policy_verdict *verdict, struct rb_table_key *key);

/* The same for a resolved answer: it is for all classes that get it unchanged. */
bool rb_audience_resolved(const struct rb_policy *policy, struct rb_table *table,
			  const struct rb_policy_question *question, uint8_t client_class,
			  const struct rb_answer *answer, struct rb_table_key *key);

/* The same for a response that policy has changed, after its decision about the question. */
bool rb_audience_rewritten(const struct rb_policy *policy, struct rb_table *table,
			   const struct rb_policy_question *question, uint8_t client_class,
			   struct rb_table_key *key);

#endif
