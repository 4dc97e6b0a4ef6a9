/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a configuration says about names that have not been resolved: which have local answers, and
 * for which DNSSEC validation is on. It is for data from other sources than a resolver, which must
 * not bypass these, and for clients that get only local answers.
 *
 * Thread:   one thread creates it, then any thread reads it.
 * Lifetime: rb_guard_free(). Text and anchors are not needed after the creation.
 * Errors:   0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_POLICY_GUARD_H
#define RB_POLICY_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/anchors.h"
#include "policy/decide.h"

struct rb_guard;

enum rb_guarded {
	RB_GUARD_LOCAL = 0x1,     /* answered by local policy, to some client, or by an auth-zone */
	RB_GUARD_VALIDATED = 0x2, /* below a trust anchor, and not below a domain-insecure */
};

/*
 * resolver_text and anchors: of struct rb_config, not needed afterwards. images: of local policy,
 * NULL: none; the guard takes references.
 */
int rb_guard_new(const char *resolver_text, const struct rb_anchors *anchors,
		 const struct rb_policy_images *images, struct rb_guard **ret_guard);
void rb_guard_free(struct rb_guard *guard);
void rb_guard_freep(struct rb_guard **guard);

/* Local policy; NULL: none. Valid as long as the guard. */
const struct rb_policy *rb_guard_policy(const struct rb_guard *guard);

/* RB_GUARD_* bits of a question for this name (well-formed wire format, lower case) and type. */
unsigned int rb_guard_ask(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
			  uint16_t qtype);

/* Whether the name's forward-zone or stub-zone says that its answers are not stored. */
bool rb_guard_is_uncached(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len);

/* Whether libunbound answers this question from an auth-zone, without asking other servers. */
bool rb_guard_is_auth(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype);

#endif
