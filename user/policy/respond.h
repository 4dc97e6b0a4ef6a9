/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What local policy says of a response before a client gets it: of the names that its CNAMEs lead
 * to and of the name servers that it shows, by the response policy zones, and of its addresses, by
 * response-ip and by those zones.
 * Contract as in decide.h.
 */
#ifndef RB_POLICY_RESPOND_H
#define RB_POLICY_RESPOND_H

#include "dns/answer.h"
#include "policy/verdict.h"

struct rb_policy_response {
	struct rb_policy_verdict verdict;
	bool by_name;  /* a CNAME's target triggered it, else an address or a name server */
	uint16_t kept; /* so many records of the answer section go in front */
	uint16_t owner_len;
	uint8_t owner[RB_NAME_MAX]; /* of the verdict's records */
};

/* Whether there is anything that a response could trigger. */
bool rb_policy_has_responses(const struct rb_policy *policy);

/*
 * message: a reply to the question. False: the client gets it as it is; where verdict.inform or
 * verdict.rpz_log is set, with a line in the log. -EBADMSG cannot be: what is malformed passes.
 */
bool rb_policy_respond(const struct rb_policy *policy, const struct rb_policy_question *question,
		       const struct rb_policy_client *client, const uint8_t *message, size_t len,
		       struct rb_policy_response *ret_response);

/* Whether what triggers it may do so for some client classes alone. */
bool rb_policy_responses_differ(const struct rb_policy *policy);

/*
 * Of some client classes, a bit for each, those to whose clients an answer must not go as it is, or
 * for whom a line in the log is wanted. Out of memory: all of them.
 */
uint64_t rb_policy_held_back(const struct rb_policy *policy,
			     const struct rb_policy_question *question,
			     const struct rb_answer *answer, uint64_t classes);

#endif
