/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared memory for what outlives a server. */
#include "daemon/accounts.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "control/unbound/figures.h"
#include "resolve/resolver.h"
#include "serve/server.h"
#include "util/clock.h"

#define ALIGNMENT 64

static size_t aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

int rb_accounts_open(struct rb_accounts *accounts, unsigned int workers)
{
	size_t vitals = aligned(sizeof(struct rb_vitals));
	size_t of_workers = aligned(rb_server_totals_bytes(workers));
	size_t of_resolvers = aligned(sizeof(struct rb_resolver_stats));
	size_t bytes = vitals + of_workers + of_resolvers + rb_figures_bytes(workers);
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -ENOMEM;
	*accounts = (struct rb_accounts){
		.vitals = (void *)memory,
		.of_workers = memory + vitals,
		.of_resolvers = memory + vitals + of_workers,
		.figures = memory + vitals + of_workers + of_resolvers,
		.bytes = bytes,
	};
	accounts->vitals->keeper = getpid();
	accounts->vitals->started_ns = rb_clock_ns();
	accounts->vitals->read_at = time(NULL);
	return 0;
}

void rb_accounts_close(struct rb_accounts *accounts)
{
	if (accounts->vitals)
		munmap(accounts->vitals, accounts->bytes);
	*accounts = (struct rb_accounts){0};
}
