/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turn a verdict of local policy into an answer that can be sent and stored.
 *
 * Thread: any; pure. Lifetime: rb_answer_free(). Errors: 0, -ENOMEM, -EMSGSIZE (the data does not
 * fit a message); ret_ arguments untouched on failure.
 */
#ifndef RB_POLICY_ANSWER_H
#define RB_POLICY_ANSWER_H

#include "dns/answer.h"
#include "policy/verdict.h"

/*
 * For RB_POLICY_ANSWER: authoritative, with TTLs that do not age (RB_FIXED_TTL). dnssec_ok as in
 * struct rb_answer_opts.
 */
int rb_policy_answer(const struct rb_policy_verdict *verdict,
		     const struct rb_policy_question *question, bool dnssec_ok, uint64_t now_ns,
		     struct rb_answer **ret_answer);

/* The same as a message, which the caller frees. */
int rb_policy_message(const struct rb_policy_verdict *verdict,
		      const struct rb_policy_question *question, uint8_t **ret_message,
		      size_t *ret_len);

#endif
