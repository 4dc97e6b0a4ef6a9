/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The in-kernel generator and its sink (traffic.bpf.c): loaded, and what they counted.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/bench/bench.h"
#include "tools/bench/lib/usage.h"

#define BENCH_PIDS_MAX 4

struct bench_traffic; /* the skeleton */

struct bench_traffic_options {
	const char *interface;
	const char *server_mac;
	const char *queries[BENCH_TEMPLATES_MAX];
	unsigned int query_count;
	unsigned int cpus; /* generators, on CPUs 0 to cpus - 1 */
	unsigned int names, clients, batch, timed_every, rcode;
	double zipf; /* exponent; 0: uniform */
	bool sequence, check_sums, check_address, reflected, no_answer, unchecked;
	uint64_t rate;  /* a second, of all generators; 0: as fast as it goes */
	uint64_t count; /* stop after so many queries; 0: after seconds */
	double seconds, warmup;
	pid_t pids[BENCH_PIDS_MAX];
	unsigned int pid_count;
};

/* Everything that is read at the start and at the end of the measured time. */
struct bench_snapshot {
	uint64_t ns, sent;
	uint64_t generator_ns; /* CPU time of the generators, with what of softirqs ran in them */
	struct bench_received received;
	struct bench_usage usage;
};

int bench_traffic_open(const struct bench_traffic_options *options,
		       struct bench_traffic **ret_skeleton);

uint64_t bench_traffic_sent(struct bench_traffic *skeleton, unsigned int cpus);

/* generator_ns: see the struct. */
void bench_snapshot_take(struct bench_traffic *skeleton,
			 const struct bench_traffic_options *options, uint64_t generator_ns,
			 struct bench_snapshot *ret_snapshot);

/* What has been timed so far does not count. */
void bench_latencies_clear(struct bench_traffic *skeleton);

/* What lies between two snapshots, as a line of JSON on stdout. */
void bench_snapshots_print(struct bench_traffic *skeleton,
			   const struct bench_traffic_options *options,
			   const struct bench_snapshot *start, const struct bench_snapshot *end);

#endif
