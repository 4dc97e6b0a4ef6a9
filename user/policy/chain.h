/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Aliases that local policy has a client follow: the records that go in front of what is found at
 * the end.
 *
 * Thread: one. Lifetime: a chain begins as NULL, and ends by rb_chain_free(). Errors: 0 or -errno.
 */
#ifndef RB_POLICY_CHAIN_H
#define RB_POLICY_CHAIN_H

#include "dns/answer.h"
#include "policy/verdict.h"

struct rb_policy_chain;

void rb_chain_free(struct rb_policy_chain *chain);

/*
 * The next link of RB_POLICY_ALIAS: from the question's name to *ret_len bytes of target, in lower
 * case. A target that begins with the label "*" stands for the question's name in front of the
 * rest. -EMSGSIZE: too long a name, RFC 6672 2.2: YXDOMAIN. -EBADMSG: no name.
 */
int rb_chain_add(struct rb_policy_chain **chain, const struct rb_policy_verdict *verdict,
		 const struct rb_policy_question *question, uint8_t target[RB_NAME_MAX],
		 size_t *ret_len);

/* The first count records of a message's answer section. */
int rb_chain_take(struct rb_policy_chain **chain, const uint8_t *message, size_t len,
		  unsigned int count);

/*
 * The answer to the question: the chain, which may be NULL, then what the message has, which is a
 * reply to another name. Neither AA nor AD.
 */
int rb_chain_answer(const struct rb_policy_chain *chain, const struct rb_policy_question *question,
		    const uint8_t *message, size_t len, const struct rb_answer_opts *opts,
		    struct rb_answer **ret_answer);

#endif
