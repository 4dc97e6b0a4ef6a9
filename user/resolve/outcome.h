/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Make an answer from the arguments of libunbound's callback: bogus data becomes SERVFAIL with its
 * reason, local zones get the flags and lifetimes of local data.
 *
 * Thread: any; no state. Errors: 0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_RESOLVE_OUTCOME_H
#define RB_RESOLVE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "dns/answer.h"
#include "table/table.h"

/* libunbound's numbers (unbound-event.h). */
enum rb_security {
	RB_SECURITY_INSECURE = 0,
	RB_SECURITY_BOGUS = 1,
	RB_SECURITY_SECURE = 2,
};

/* The callback's arguments. packet and why_bogus are libunbound's, valid during the callback. */
struct rb_outcome {
	int rcode; /* of the resolution; packet has that of the answer */
	const uint8_t *packet;
	size_t len;
	enum rb_security security;
	const char *why_bogus; /* NULL: not bogus, or not known */
};

/* The question, and how it was asked. */
struct rb_asked {
	const struct rb_table_key *key;
	bool any_class; /* the question has class ANY */
	bool dnssec_ok;
	bool checking_disabled;
};

/*
 * libunbound's result, or bogus if a validator must answer a root key sentinel that way (RFC 8509),
 * which libunbound leaves to its caller.
 */
enum rb_security rb_outcome_security(enum rb_security security, const struct rb_table_key *key,
				     const struct rb_config *config);

bool rb_outcome_is_bogus(const struct rb_outcome *outcome, const struct rb_asked *asked);

/* *ret_answer is NULL if a local zone says not to reply. */
int rb_outcome_answer(const struct rb_outcome *outcome, const struct rb_asked *asked,
		      const struct rb_config *config, uint64_t now_ns,
		      struct rb_answer **ret_answer);

/* SERVFAIL for a few seconds. ede: as in rb_answer. */
int rb_outcome_servfail(uint8_t ede, uint64_t now_ns, struct rb_answer **ret_answer);

#endif
