/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs cost on the generator's queries (traffic.bpf.c), in turns with one that does nothing:
 * the machine's mood is the same for all of them.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef BENCH_BATCHES_H
#define BENCH_BATCHES_H

#include <stdint.h>

#include "tools/bench/bench.h"

struct bench_traffic; /* the skeleton */

/* Of a query, in ns, less what the generator takes. Of batches that others' work lengthened there
 * are many in the middle, few in the lowest tenth, and none is the lowest. */
struct bench_cost {
	double middle_ns, tenth_ns, lowest_ns;
};

/* Run each of the programs (at most BENCH_TARGETS_MAX - 1 of them) for so many batches. The generator
 * is loaded for one target more than there are programs. */
int bench_batches_run(struct bench_traffic *generator, const int *prog_fds, uint32_t count,
		      uint32_t batches, struct bench_cost *ret_costs);

#endif
