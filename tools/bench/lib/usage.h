/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine and some processes have used so far, from /proc. */
#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

#include <stdint.h>
#include <sys/types.h>

struct bench_usage {
	uint64_t softirq_ns; /* of all CPUs */
	uint64_t process_ns; /* user and system time of the processes and their children */
	uint64_t rss_kb;     /* of the same, now */
};

/* What cannot be read counts as 0. */
void bench_usage_read(const pid_t *pids, unsigned int count, struct bench_usage *ret_usage);

#endif
