/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each server takes over from the one before it, in memory that the keeper creates and all
 * servers share: vitals, and the counts of servers that have ended.
 *
 * Thread:   main. Errors: 0 or -errno.
 * Lifetime: the keeper's, and that of its children.
 */
#ifndef RB_DAEMON_ACCOUNTS_H
#define RB_DAEMON_ACCOUNTS_H

#include <stddef.h>

#include "keeper/vitals.h"

struct rb_accounts {
	struct rb_vitals *vitals;
	void *of_workers;   /* rb_server_totals_bytes() */
	void *of_resolvers; /* a struct rb_resolver_stats */
	void *figures;      /* rb_figures_bytes() */
	size_t bytes;       /* of the whole memory, which begins with the vitals */
};

int rb_accounts_open(struct rb_accounts *accounts, unsigned int workers);
void rb_accounts_close(struct rb_accounts *accounts);

#endif
