/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Name servers as far as a response shows them: those of its NS records, in the answer and the
 * authority section, whose zone has the question's name or one that its CNAMEs lead to, and their
 * addresses in the additional section.
 *
 * Thread: any; no resources. A malformed message has what was read until then.
 */
#ifndef RB_POLICY_SERVERS_H
#define RB_POLICY_SERVERS_H

#include "policy/verdict.h"

#define RB_SERVERS_MAX        64 /* of a response: the first of them */
#define RB_SERVER_ALIASES_MAX 16

/* Names in lower case. */
struct rb_policy_server {
	uint8_t name[RB_NAME_MAX];
	uint8_t len;
	uint8_t alias; /* the first name that is in its zone */
};

/* The question's name, or the target of a CNAME. */
struct rb_policy_server_alias {
	uint8_t name[RB_NAME_MAX];
	uint8_t len;
	uint16_t kept; /* so many records of the answer section lead to it */
};

struct rb_policy_servers {
	unsigned int count, alias_count;
	struct rb_policy_server list[RB_SERVERS_MAX];
	struct rb_policy_server_alias aliases[RB_SERVER_ALIASES_MAX];
};

void rb_policy_servers_find(const struct rb_policy_question *question, const uint8_t *message,
			    size_t len, struct rb_policy_servers *ret_servers);

/* The first of their addresses that is in a netblock of the set, and whose it is; NULL: none is. */
const struct rb_policy_net *rb_policy_servers_net(const struct rb_policy *policy, uint32_t set,
						  const struct rb_policy_servers *servers,
						  const uint8_t *message, size_t len,
						  const struct rb_policy_server **ret_server);

#endif
