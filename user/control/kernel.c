/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's counters as they were a moment ago. */
#include "control/kernel.h"

#include "datapath/counters.h"
#include "util/cleanup.h"

void rb_kernel_counts_take(struct rb_kernel_counts *counts, int counters_fd)
{
	struct rb_counts now;

	if (rb_counters_read(counters_fd, &now))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(counts->numbers); i++)
		atomic_store_explicit(&counts->numbers[i], ((const uint64_t *)&now)[i],
				      memory_order_relaxed);
	atomic_store_explicit(&counts->taken, true, memory_order_release);
}

bool rb_kernel_counts_get(const struct rb_kernel_counts *counts, struct rb_counts *ret_counts)
{
	if (!atomic_load_explicit(&counts->taken, memory_order_acquire))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(counts->numbers); i++)
		((uint64_t *)ret_counts)[i] =
			atomic_load_explicit(&counts->numbers[i], memory_order_relaxed);
	return true;
}
