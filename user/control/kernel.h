/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recent copy of the kernel's counters. Reading them requires bpf(), which the metrics thread,
 * which reads strangers' bytes, does not need otherwise.
 *
 * Thread: main takes the copy, any thread reads it.
 */
#ifndef RB_CONTROL_KERNEL_H
#define RB_CONTROL_KERNEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "datapath/counters.h"

struct rb_kernel_counts {
	atomic_bool taken; /* there are counters */
	atomic_uint_fast64_t numbers[sizeof(struct rb_counts) / sizeof(uint64_t)];
};

/* counters_fd: of their map. */
void rb_kernel_counts_take(struct rb_kernel_counts *counts, int counters_fd);

/* false: no counters. */
bool rb_kernel_counts_get(const struct rb_kernel_counts *counts, struct rb_counts *ret_counts);

#endif
