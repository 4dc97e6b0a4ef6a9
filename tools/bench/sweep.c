/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sweep of a full table takes after a change of local policy: fills a table, compiles two
 * configurations, and sweeps for the one after the other. Prints JSON: the CPU time of the
 * quickest of some sweeps.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/config.h"
#include "config/reader.h"
#include "policy/access.h"
#include "policy/compile.h"
#include "store/sweep.h"
#include "tools/bench/lib/hot.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define SWEEPS 6

#define SEED 0x5eedULL /* a list that is fetched again is compiled with the seed of before */

static int policy_make(const char *path, struct rb_policy *ret_policy)
{
	struct rb_policy_compiled compiled;
	struct rb_policy_fault fault = {0};
	struct rb_config *config;
	int err = rb_config_read(path, NULL, NULL, &config);

	if (err)
		return err;
	err = rb_policy_compile(&config->local, SEED, NULL, &compiled, &fault);
	rb_config_free(config);
	/* Until the process ends. */
	return err ?: rb_policy_open(compiled.image, compiled.bytes, ret_policy);
}

/* What others take from this CPU meanwhile is not counted. */
static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * RB_NS_PER_S + (uint64_t)now.tv_nsec;
}

static int measure(struct rb_table *table, const struct rb_policy policies[2])
{
	uint64_t least_ns = UINT64_MAX, removed = 0;

	for (unsigned int i = 0; i < SWEEPS; i++) {
		uint64_t began_ns = cpu_ns(), ns;

		removed += rb_sweep_table(table, &policies[i % 2], &policies[(i + 1) % 2]);
		ns = cpu_ns() - began_ns;
		if (ns < least_ns)
			least_ns = ns;
	}
	return printf("{\"sweep_ms\":%.1f,\"removed\":%" PRIu64 "}\n", (double)least_ns / 1e6,
		      removed) < 0;
}

int main(int argc, char **argv)
{
	struct bench_hot_opts hot = {.kind = BENCH_ADDRESS, .type = RB_TYPE_A};
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	struct rb_policy policies[2];
	int err;

	if (argc != 5) {
		fprintf(stderr, "usage: sweep CONFIGURATION CONFIGURATION PINS RECORDS\n");
		return 2;
	}
	hot.names = (uint32_t)strtoul(argv[4], NULL, 10);
	err = rb_table_open(argv[3], RB_TABLE_WRITE, 400UL * hot.names, &table);
	if (!err)
		err = bench_hot_fill(table, &hot);
	for (size_t i = 0; i < ARRAY_SIZE(policies) && !err; i++)
		err = policy_make(argv[1 + i], &policies[i]);
	if (!err)
		err = measure(table, policies);
	if (err)
		fprintf(stderr, "sweep: %s\n", strerror(err < 0 ? -err : EIO));
	rb_table_unpin(argv[3]);
	return err ? 1 : 0;
}
