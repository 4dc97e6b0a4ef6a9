/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes on from one server to the next, in memory that the keeper makes and all of them share:
 * vitals, and the counts of those that have ended.
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
	size_t bytes;       /* of all, which the vitals begin */
};

int rb_accounts_open(struct rb_accounts *accounts, unsigned int workers);
void rb_accounts_close(struct rb_accounts *accounts);

#endif
