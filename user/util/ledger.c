/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts of several processes. */
#include "util/ledger.h"

#include <errno.h>
#include <stdlib.h>

int rb_ledger_open(struct rb_ledger *ledger, void *totals, size_t count)
{
	*ledger = (struct rb_ledger){.totals = totals, .count = totals ? count : 0};
	pthread_mutex_init(&ledger->lock, NULL);
	ledger->told = calloc(count + 1, sizeof(*ledger->told));
	return ledger->told ? 0 : -ENOMEM;
}

void rb_ledger_close(struct rb_ledger *ledger)
{
	pthread_mutex_destroy(&ledger->lock);
	free(ledger->told);
}

void rb_ledger_tell(struct rb_ledger *ledger, const uint64_t *own)
{
	pthread_mutex_lock(&ledger->lock);
	for (size_t i = 0; i < ledger->count; i++) {
		/* Most of them stand still. */
		if (own[i] == ledger->told[i])
			continue;
		atomic_fetch_add_explicit(&ledger->totals[i], own[i] - ledger->told[i],
					  memory_order_relaxed);
		ledger->told[i] = own[i];
	}
	pthread_mutex_unlock(&ledger->lock);
}

void rb_ledger_sum(struct rb_ledger *ledger, uint64_t *own)
{
	pthread_mutex_lock(&ledger->lock);
	for (size_t i = 0; i < ledger->count; i++)
		own[i] += atomic_load_explicit(&ledger->totals[i], memory_order_relaxed) -
			  ledger->told[i];
	pthread_mutex_unlock(&ledger->lock);
}
