/* SPDX-License-Identifier: BSD-2-Clause */
/* What generator and sink counted, and how it is printed. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/bench/lib/traffic.h"
#include "skel/bench_traffic.skel.h"
#include "util/cleanup.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* One value out of all CPUs' of a per-CPU map, word by word. */
static void percpu_sum(struct bpf_map *map, uint32_t key, uint64_t *ret_words, size_t words)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ uint64_t *values = calloc((size_t)cpus * words, sizeof(*values));

	memset(ret_words, 0, words * sizeof(*ret_words));
	if (!values || bpf_map__lookup_elem(map, &key, sizeof(key), values,
					    (size_t)cpus * words * sizeof(*values), 0))
		return;
	for (size_t i = 0; i < (size_t)cpus * words; i++)
		ret_words[i % words] += values[i];
}

uint64_t bench_traffic_sent(struct bench_traffic *skeleton, unsigned int cpus)
{
	struct bench_generator generator;
	uint64_t sent = 0;

	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		if (!bpf_map__lookup_elem(skeleton->maps.generators, &cpu, sizeof(cpu), &generator,
					  sizeof(generator), 0))
			sent += generator.sent;
	return sent;
}

void bench_snapshot_take(struct bench_traffic *skeleton,
			 const struct bench_traffic_options *options, uint64_t generator_ns,
			 struct bench_snapshot *ret_snapshot)
{
	ret_snapshot->generator_ns = generator_ns;
	ret_snapshot->ns = now_ns();
	ret_snapshot->sent = bench_traffic_sent(skeleton, options->cpus);
	percpu_sum(skeleton->maps.received, 0, (uint64_t *)&ret_snapshot->received,
		   sizeof(struct bench_received) / sizeof(uint64_t));
	bench_usage_read(options->pids, options->pid_count, &ret_snapshot->usage);
}

void bench_latencies_clear(struct bench_traffic *skeleton)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ uint64_t *zeros = calloc((size_t)cpus, sizeof(*zeros));

	for (uint32_t i = 0; zeros && i < BENCH_LATENCY_BINS; i++)
		bpf_map__update_elem(skeleton->maps.latencies, &i, sizeof(i), zeros,
				     (size_t)cpus * sizeof(*zeros), 0);
}

static double bin_ns(uint32_t bin)
{
	uint32_t log = bin / BENCH_STEPS;

	if (bin < BENCH_STEPS)
		return bin;
	return ldexp(bin % BENCH_STEPS + BENCH_STEPS + 0.5, (int)log - 1);
}

static void latencies_print(struct bench_traffic *skeleton)
{
	static const double shares[] = {0.5, 0.99, 0.999};
	static const char *const names[] = {"p50", "p99", "p999"};
	uint64_t bins[BENCH_LATENCY_BINS], total = 0, passed = 0;
	size_t next = 0;

	for (uint32_t i = 0; i < BENCH_LATENCY_BINS; i++) {
		percpu_sum(skeleton->maps.latencies, i, &bins[i], 1);
		total += bins[i];
	}
	printf(",\"timed\":%llu", (unsigned long long)total);
	for (uint32_t i = 0; total && i < BENCH_LATENCY_BINS; i++) {
		passed += bins[i];
		for (; next < ARRAY_SIZE(shares) && (double)passed >= shares[next] * (double)total;
		     next++)
			printf(",\"%s_us\":%.2f", names[next], bin_ns(i) / 1000);
	}
}

void bench_snapshots_print(struct bench_traffic *skeleton,
			   const struct bench_traffic_options *options,
			   const struct bench_snapshot *start, const struct bench_snapshot *end)
{
	double seconds = (double)(end->ns - start->ns) / 1e9;
	const struct bench_received *a = &start->received, *b = &end->received;
	uint64_t good = options->reflected ? b->reflected - a->reflected : b->good - a->good;
	uint64_t softirq_ns = end->usage.softirq_ns - start->usage.softirq_ns;
	uint64_t server_ns = end->usage.process_ns - start->usage.process_ns;

	printf("{\"seconds\":%.3f,\"sent\":%llu,\"sent_rate\":%.0f,\"good\":%llu,\"rate\":%.0f",
	       seconds, (unsigned long long)(end->sent - start->sent),
	       (double)(end->sent - start->sent) / seconds, (unsigned long long)good,
	       (double)good / seconds);
	printf(",\"frames\":%llu,\"wrong_id\":%llu,\"wrong_answer\":%llu,\"wrong_sum\":%llu,"
	       "\"truncated\":%llu,\"reflected\":%llu,\"bytes\":%llu",
	       (unsigned long long)(b->frames - a->frames),
	       (unsigned long long)(b->wrong_id - a->wrong_id),
	       (unsigned long long)(b->wrong_answer - a->wrong_answer),
	       (unsigned long long)(b->wrong_sum - a->wrong_sum),
	       (unsigned long long)(b->truncated - a->truncated),
	       (unsigned long long)(b->reflected - a->reflected),
	       (unsigned long long)(b->bytes - a->bytes));
	for (int i = 0; i < 16; i++)
		if (b->rcodes[i] != a->rcodes[i])
			printf(",\"rcode%d\":%llu", i,
			       (unsigned long long)(b->rcodes[i] - a->rcodes[i]));
	if (good)
		printf(",\"cpu_ns\":%.0f", (double)(softirq_ns + server_ns) / (double)good);
	printf(",\"cpu_rate\":%.0f", (double)good * 1e9 * options->cpus /
					     (double)(end->generator_ns - start->generator_ns));
	printf(",\"rss_kb\":%llu", (unsigned long long)end->usage.rss_kb);
	if (options->timed_every)
		latencies_print(skeleton);
	printf("}\n");
}
