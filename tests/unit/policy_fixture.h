/* SPDX-License-Identifier: BSD-2-Clause */
/* Cases of local policy, with verdicts as text. */
#ifndef RB_TESTS_POLICY_FIXTURE_H
#define RB_TESTS_POLICY_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "policy/decide.h"

#define VERDICT_ROOM 512

struct policy_case {
	const char *client; /* NULL: one of whom nothing is said */
	const char *name;
	uint16_t type;
	const char *verdict;
};

/* "answer 0: 192.0.2.1", "pass", "drop inform" and the like, into VERDICT_ROOM bytes. "blocked" and
 * "filtered" are the extended errors of those names. */
void verdict_text(const struct rb_policy_verdict *verdict,
		  const struct rb_policy_question *question, char *out);

/* What is decided is what the cases say. Frees the configuration. */
void cases_check(struct rb_config *config, const struct policy_case *cases, size_t count);

#endif
