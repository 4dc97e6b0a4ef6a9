/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runbound-cachectl: the hot table as an operator sees it, from the pinned maps alone, whether or
 * not a daemon runs, and what the running daemon says. It changes nothing.
 */
#ifndef CACHECTL_H
#define CACHECTL_H

#include <stdint.h>

#include "table/table.h"

enum cachectl_output {
	OUTPUT_TEXT,
	OUTPUT_JSON,
};

/* Exit codes; scripts rely on them. */
enum cachectl_exit {
	EXIT_OK = 0,
	EXIT_NOT_FOUND = 1, /* verify: something is wrong; preload: something was left out */
	EXIT_USAGE = 2,
	EXIT_NO_TABLE = 3,  /* none is pinned, or not for this user */
	EXIT_NO_DAEMON = 4, /* none answers */
	EXIT_REFUSED = 5,   /* it says no, and why */
};

struct cachectl {
	const char *pin_dir;
	const char *socket; /* the daemon's; NULL: it is not to be asked */
	enum cachectl_output output;
	struct rb_table *table; /* open for reading; NULL where the verb does without */
	uint64_t now_ns;
};

/* What the kernel would answer from this record now, as far as time and epoch decide. */
static inline bool cachectl_is_fresh(const struct cachectl *ctl, const struct rb_record *record)
{
	return record->epoch == ctl->table->control->epoch && record->expires_ns > ctl->now_ns;
}

static inline const char *cachectl_tier_name(enum rb_tier tier)
{
	static const char *const names[RB_TIERS] = {
		[RB_SMALL] = "small",
		[RB_MEDIUM] = "medium",
		[RB_LARGE] = "large",
	};

	return names[tier];
}

#endif
