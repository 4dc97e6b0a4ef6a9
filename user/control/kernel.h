/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's counters as they were a moment ago. Reading them takes bpf(), which the thread that
 * gives out metrics, where strangers' bytes arrive, has no need of otherwise.
 *
 * Thread: taken by main, given to any.
 */
#ifndef RB_CONTROL_KERNEL_H
#define RB_CONTROL_KERNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "../kern/abi.h"

struct rb_kernel_counts {
	atomic_bool taken; /* there are any */
	atomic_uint_fast64_t numbers[sizeof(struct rb_counts) / sizeof(uint64_t)];
};

/* counters_fd: of their map. */
void rb_kernel_counts_take(struct rb_kernel_counts *counts, int counters_fd);

/* false: there are none. */
bool rb_kernel_counts_get(const struct rb_kernel_counts *counts, struct rb_counts *ret_counts);

#endif
