/* SPDX-License-Identifier: BSD-2-Clause */
/* Which differences between runbound's and Unbound's replies are meant, and why. */
#ifndef RB_TESTS_UNBOUND_RULES_H
#define RB_TESTS_UNBOUND_RULES_H

#include "lib/reply_diff.h"

/*
 * What is left of the differences of runbound's reply and Unbound's that no rule justifies. query:
 * what both were asked.
 */
uint32_t unbound_rules_apply(const struct reply *query, const struct reply *runbound,
			     const struct reply *unbound, uint32_t differences);

/* Print how often each rule was needed, and its reason. */
void unbound_rules_report(void);

#endif
