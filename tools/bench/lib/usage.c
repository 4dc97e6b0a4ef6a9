/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine and some processes have used so far, from /proc. */
#include "tools/bench/lib/usage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

static uint64_t ticks_ns(unsigned long long ticks)
{
	return (uint64_t)(ticks * (1000000000ULL / (unsigned long long)sysconf(_SC_CLK_TCK)));
}

static uint64_t softirq_ns(void)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/stat", "re");
	unsigned long long softirq;

	if (!file || fscanf(file, "cpu %*u %*u %*u %*u %*u %*u %llu", &softirq) != 1)
		return 0;
	return ticks_ns(softirq);
}

static void process_read(pid_t pid, struct bench_usage *usage)
{
	_cleanup_fclose_ FILE *file = NULL;
	unsigned long long user, system, pages;
	char path[64], line[1024], *fields;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file))
		return;
	/* The name, in parentheses, may hold anything. */
	fields = strrchr(line, ')');
	if (!fields || sscanf(fields + 1,
			      " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d "
			      "%*d %*d %*d %*u %*u %llu",
			      &user, &system, &pages) != 3)
		return;
	usage->process_ns += ticks_ns(user + system);
	usage->rss_kb += pages * (unsigned long long)sysconf(_SC_PAGESIZE) / 1024;
}

/* What a server lives in may be more than one process. */
static void children_read(pid_t pid, struct bench_usage *usage)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64];
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	file = fopen(path, "re");
	while (file && fscanf(file, "%d", &child) == 1)
		process_read(child, usage);
}

void bench_usage_read(const pid_t *pids, unsigned int count, struct bench_usage *ret_usage)
{
	struct bench_usage usage = {.softirq_ns = softirq_ns()};

	for (unsigned int i = 0; i < count; i++) {
		process_read(pids[i], &usage);
		children_read(pids[i], &usage);
	}
	*ret_usage = usage;
}
