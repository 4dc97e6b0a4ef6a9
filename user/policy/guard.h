/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a configuration says of names before anybody has resolved them: which have local answers,
 * and for which DNSSEC validation is on. For data that comes from elsewhere than from a resolver,
 * and must not go past either; and for clients who get local answers alone.
 *
 * Thread:   made by one, then read by any.
 * Lifetime: rb_guard_free(). Text and anchors are not needed afterwards.
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
 * resolver_text and anchors: of struct rb_config, not needed afterwards. images: of local policy;
 * references are taken. NULL: there are none.
 */
int rb_guard_new(const char *resolver_text, const struct rb_anchors *anchors,
		 const struct rb_policy_images *images, struct rb_guard **ret_guard);
void rb_guard_free(struct rb_guard *guard);
void rb_guard_freep(struct rb_guard **guard);

/* Local policy; NULL: there is none. Lives as long as the guard. */
const struct rb_policy *rb_guard_policy(const struct rb_guard *guard);

/* RB_GUARD_* bits of a well-formed wire-form name in lower case, asked for a type. */
unsigned int rb_guard_ask(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
			  uint16_t qtype);

/* Whether the zone that the name is forwarded by, or is a stub of, has its answers not kept. */
bool rb_guard_is_uncached(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len);

/* Whether libunbound answers this question from an auth-zone, without asking anybody. */
bool rb_guard_is_auth(const struct rb_guard *guard, const uint8_t *qname, size_t qname_len,
		      uint16_t qtype);

#endif
