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
 * message: a reply to the question. False: the client gets it unchanged; if verdict.inform or
 * verdict.rpz_log is set, with a line in the log. A malformed message passes.
 */
bool rb_policy_respond(const struct rb_policy *policy, const struct rb_policy_question *question,
		       const struct rb_policy_client *client, const uint8_t *message, size_t len,
		       struct rb_policy_response *ret_response);

/* Whether some triggers of responses only apply to some client classes. */
bool rb_policy_responses_differ(const struct rb_policy *policy);

/*
 * From a set of client classes (a bit for each), those that must not get an answer unchanged, or
 * only with a line in the log. Out of memory: all of them.
 */
uint64_t rb_policy_held_back(const struct rb_policy *policy,
			     const struct rb_policy_question *question,
			     const struct rb_answer *answer, uint64_t classes);

#endif
