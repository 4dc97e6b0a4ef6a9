/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Response policy zones: the triggers on a question's name and the client's address, and on what
 * respond.h finds in a response. Contract as in decide.h.
 */
#ifndef RB_POLICY_RPZ_H
#define RB_POLICY_RPZ_H

#include "policy/verdict.h"

/* Whether they say anything but to pass. *verdict: RB_POLICY_PASS until then. */
bool rb_policy_rpz_decide(const struct rb_policy *policy, const struct rb_policy_question *question,
			  const struct rb_policy_client *client, struct rb_policy_verdict *verdict);

/* The same of the target of a CNAME: of names alone. Passthru counts, too. */
bool rb_policy_rpz_name(const struct rb_policy *policy, const struct rb_policy_question *question,
			const struct rb_policy_client *client, struct rb_policy_verdict *verdict);

/* The same of a name server's name, in the zone of this number. name: lower case. */
bool rb_policy_rpz_server(const struct rb_policy *policy, uint32_t number, const uint8_t *name,
			  size_t name_len, const struct rb_policy_question *question,
			  const struct rb_policy_client *client, struct rb_policy_verdict *verdict);

/* The same of an address in a response, or of a name server's. */
bool rb_policy_rpz_address(const struct rb_policy *policy, uint32_t number,
			   const struct rb_policy_net *net,
			   const struct rb_policy_question *question,
			   const struct rb_policy_client *client,
			   struct rb_policy_verdict *verdict);

/* NULL: there is none of that number. Whether the zone is for the client, and not switched off. */
/* As rb_policy_zones_are_alike(). */
bool rb_policy_rpz_is_alike(const struct rb_policy *policy,
			    const struct rb_policy_question *question);

const struct rb_policy_rpz *rb_policy_rpz_at(const struct rb_policy *policy, uint32_t number);
bool rb_policy_rpz_is_for(const struct rb_policy *policy, uint32_t number,
			  const struct rb_policy_client *client);

#endif
