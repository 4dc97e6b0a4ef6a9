/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Aliases that local policy makes a client follow: the records before the answer at the end.
 *
 * Thread: one. Lifetime: a chain starts as NULL; rb_chain_free() ends it. Errors: 0 or -errno.
 */
#ifndef RB_POLICY_CHAIN_H
#define RB_POLICY_CHAIN_H

#include "dns/answer.h"
#include "policy/verdict.h"

struct rb_policy_chain;

void rb_chain_free(struct rb_policy_chain *chain);

/*
 * The next link of RB_POLICY_ALIAS: from the question's name to *ret_len bytes of target, in lower
 * case. If a target begins with the label "*", the question's name replaces that label. -EMSGSIZE:
 * the name is too long, RFC 6672 2.2: YXDOMAIN. -EBADMSG: not a name.
 */
int rb_chain_add(struct rb_policy_chain **chain, const struct rb_policy_verdict *verdict,
		 const struct rb_policy_question *question, uint8_t target[RB_NAME_MAX],
		 size_t *ret_len);

/* Add the first count records of a message's answer section. */
int rb_chain_take(struct rb_policy_chain **chain, const uint8_t *message, size_t len,
		  unsigned int count);

/*
 * Make the answer to the question: the chain, which may be NULL, and then the records of the
 * message, which answers for another name. AA and AD are not set.
 */
int rb_chain_answer(const struct rb_policy_chain *chain, const struct rb_policy_question *question,
		    const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
		    struct rb_answer **ret_answer);

#endif
