/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's counters as they were a moment ago. */
#include "control/kernel.h"

#include "datapath/counters.h"

void rb_kernel_counts_take(struct rb_kernel_counts *counts, int counters_fd)
{
	uint64_t counters[RB_COUNTER_COUNT];

	if (rb_counters_read(counters_fd, counters))
		return;
	for (unsigned int i = 0; i < RB_COUNTER_COUNT; i++)
		atomic_store_explicit(&counts->counters[i], counters[i], memory_order_relaxed);
	atomic_store_explicit(&counts->taken, true, memory_order_release);
}

bool rb_kernel_counts_get(const struct rb_kernel_counts *counts,
			  uint64_t ret_counters[RB_COUNTER_COUNT])
{
	if (!atomic_load_explicit(&counts->taken, memory_order_acquire))
		return false;
	for (unsigned int i = 0; i < RB_COUNTER_COUNT; i++)
		ret_counters[i] = atomic_load_explicit(&counts->counters[i], memory_order_relaxed);
	return true;
}
