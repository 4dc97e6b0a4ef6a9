/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A verdict of local policy as an answer that can be sent and stored.
 *
 * Thread: any; pure. Lifetime: rb_answer_free(). Errors: 0, -ENOMEM, -EMSGSIZE (the data does not
 * fit a message); ret_ arguments untouched on failure.
 */
#ifndef RB_POLICY_ANSWER_H
#define RB_POLICY_ANSWER_H

#include "dns/answer.h"
#include "policy/decide.h"

/*
 * For RB_POLICY_ANSWER: authoritative, with TTLs that do not age (RB_FIXED_TTL). dnssec_ok as in
 * struct rb_answer_opts.
 */
int rb_policy_answer(const struct rb_policy_verdict *verdict,
		     const struct rb_policy_question *question, bool dnssec_ok, uint64_t now_ns,
		     struct rb_answer **ret_answer);

/*
 * For RB_POLICY_ALIAS: the name to resolve, in wire form and lower case. A target that begins with
 * the label "*" stands for the question's name in front of the rest. -EMSGSIZE: too long a name,
 * RFC 6672 2.2: YXDOMAIN. -EBADMSG: no name.
 */
int rb_policy_alias_target(const struct rb_policy_verdict *verdict,
			   const struct rb_policy_question *question, uint8_t *out,
			   size_t *ret_len);

/*
 * The answer to the question: a CNAME to target, then what target has. message: a reply to target's
 * question, with all records.
 */
int rb_policy_alias_answer(const struct rb_policy_question *question, const uint8_t *target,
			   size_t target_len, uint32_t ttl_s, const uint8_t *message, size_t len,
			   const struct rb_answer_opts *opts, struct rb_answer **ret_answer);

#endif
