/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sends queries by the in-kernel generator, counts the replies, and prints one line of JSON: rates,
 * what was wrong, CPU time, latency. Runs where the clients are, as root.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_link.h>
#include <math.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/bench/lib/traffic.h"
#include "skel/bench_traffic.skel.h"
#include "util/cleanup.h"

#define CPUS_MAX 64

struct generator {
	pthread_t thread;
	unsigned int cpu, batch;
	int prog_fd;
	uint32_t frame_len;
	atomic_bool *stop;
	atomic_bool done;
	int err;
};

static void interrupted(int signal)
{
	(void)signal;
}

static void sleep_s(double seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds,
				.tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};

	nanosleep(&time, NULL);
}

static void *generate(void *argument)
{
	struct generator *generator = argument;
	uint8_t frame[BENCH_FRAME_MAX] = {0};
	struct xdp_md context = {.data_end = generator->frame_len};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = generator->frame_len,
		    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = 1 << 30,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = generator->batch);
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(generator->cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	while (!atomic_load(generator->stop)) {
		int err = bpf_prog_test_run_opts(generator->prog_fd, &run);

		if (!err || err == -EINTR || err == -EAGAIN)
			continue;
		generator->err = err;
		break;
	}
	atomic_store(&generator->done, true);
	return NULL;
}

static uint64_t generators_cpu_ns(const struct generator *generators, unsigned int count)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < count; i++) {
		struct timespec time;
		clockid_t clock;

		if (!pthread_getcpuclockid(generators[i].thread, &clock) &&
		    !clock_gettime(clock, &time))
			sum += (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_nsec;
	}
	return sum;
}

static void wait_for_end(struct bench_traffic *skeleton,
			 const struct bench_traffic_options *options)
{
	if (!options->count) {
		sleep_s(options->seconds);
		return;
	}
	while (bench_traffic_sent(skeleton, options->cpus) < options->count)
		sleep_s(0.005);
}

static int measure(struct bench_traffic *skeleton, const struct bench_traffic_options *options)
{
	struct generator generators[CPUS_MAX];
	struct sigaction action = {.sa_handler = interrupted};
	struct bench_snapshot start, end;
	atomic_bool stop = false;
	int err = 0;

	sigaction(SIGUSR1, &action, NULL);
	for (unsigned int i = 0; i < options->cpus; i++) {
		generators[i] =
			(struct generator){.cpu = i,
					   .batch = options->batch,
					   .prog_fd = bpf_program__fd(skeleton->progs.generate),
					   .frame_len = skeleton->rodata->frame_len,
					   .stop = &stop};
		if (pthread_create(&generators[i].thread, NULL, generate, &generators[i]))
			return -EAGAIN;
	}
	if (!options->count) {
		sleep_s(options->warmup);
		bench_latencies_clear(skeleton);
	}
	bench_snapshot_take(skeleton, options, generators_cpu_ns(generators, options->cpus),
			    &start);
	if (options->count) {
		memset(&start.received, 0, sizeof(start.received));
		start.sent = 0;
	}
	wait_for_end(skeleton, options);
	if (options->count)
		sleep_s(0.2);
	bench_snapshot_take(skeleton, options, generators_cpu_ns(generators, options->cpus), &end);
	atomic_store(&stop, true);
	for (unsigned int i = 0; i < options->cpus; i++) {
		while (!atomic_load(&generators[i].done)) {
			pthread_kill(generators[i].thread, SIGUSR1);
			sleep_s(0.002);
		}
		pthread_join(generators[i].thread, NULL);
		err = err ? err : generators[i].err;
	}
	if (!err)
		bench_snapshots_print(skeleton, options, &start, &end);
	return err;
}

static const struct option long_options[] = {
	{"interface", required_argument, NULL, 'i'}, {"server-mac", required_argument, NULL, 'm'},
	{"query", required_argument, NULL, 'q'},     {"names", required_argument, NULL, 'n'},
	{"clients", required_argument, NULL, 'c'},   {"cpus", required_argument, NULL, 'C'},
	{"zipf", required_argument, NULL, 'z'},      {"sequence", no_argument, NULL, 's'},
	{"rate", required_argument, NULL, 'r'},      {"count", required_argument, NULL, 'N'},
	{"seconds", required_argument, NULL, 't'},   {"warmup", required_argument, NULL, 'w'},
	{"batch", required_argument, NULL, 'b'},     {"timed-every", required_argument, NULL, 'l'},
	{"rcode", required_argument, NULL, 'R'},     {"check-sums", no_argument, NULL, 'S'},
	{"check-address", no_argument, NULL, 'A'},   {"reflected", no_argument, NULL, 'x'},
	{"unchecked", no_argument, NULL, 'u'},       {"no-answer", no_argument, NULL, 'e'},
	{"pid", required_argument, NULL, 'p'},       {0},
};

static int options_parse(int argc, char **argv, struct bench_traffic_options *options)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		const char *word = optarg ? optarg : "";
		unsigned int number = (unsigned int)strtoul(word, NULL, 10);

		switch (c) {
		case 'i':
			options->interface = optarg;
			break;
		case 'm':
			options->server_mac = optarg;
			break;
		case 'q':
			if (options->query_count == BENCH_TEMPLATES_MAX)
				return -E2BIG;
			options->queries[options->query_count++] = optarg;
			break;
		case 'n':
			options->names = number;
			break;
		case 'c':
			options->clients = number;
			break;
		case 'C':
			options->cpus = number;
			break;
		case 'z':
			options->zipf = strtod(word, NULL);
			break;
		case 's':
			options->sequence = true;
			break;
		case 'r':
			options->rate = number;
			break;
		case 'N':
			options->count = number;
			break;
		case 't':
			options->seconds = strtod(word, NULL);
			break;
		case 'w':
			options->warmup = strtod(word, NULL);
			break;
		case 'b':
			options->batch = number;
			break;
		case 'l':
			options->timed_every = number;
			break;
		case 'R':
			options->rcode = number;
			break;
		case 'S':
			options->check_sums = true;
			break;
		case 'A':
			options->check_address = true;
			break;
		case 'x':
			options->reflected = true;
			break;
		case 'u':
			options->unchecked = true;
			break;
		case 'e':
			options->no_answer = true;
			break;
		case 'p':
			if (options->pid_count < BENCH_PIDS_MAX)
				options->pids[options->pid_count++] = (pid_t)number;
			break;
		default:
			return -EINVAL;
		}
	}
	if (!options->interface || !options->server_mac || !options->query_count ||
	    !options->names || options->names > BENCH_NAMES_MAX || !options->clients ||
	    !options->cpus || options->cpus > CPUS_MAX ||
	    options->timed_every & (options->timed_every - 1))
		return -EINVAL;
	return 0;
}

int main(int argc, char **argv)
{
	struct bench_traffic_options options = {
		.names = 1000, .clients = 250, .cpus = 1, .batch = 64, .seconds = 2, .warmup = 0.3};
	struct bench_traffic *skeleton = NULL;
	int link_fd, ifindex, err;

	if (options_parse(argc, argv, &options)) {
		fprintf(stderr, "traffic: see tools/bench/README.md for the options\n");
		return 2;
	}
	err = bench_traffic_open(&options, &skeleton);
	if (err) {
		fprintf(stderr, "traffic: cannot load: %s\n", strerror(-err));
		return 1;
	}
	ifindex = (int)skeleton->rodata->ifindex;
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	link_fd = bpf_link_create(bpf_program__fd(skeleton->progs.sink), ifindex, BPF_XDP, &native);
	if (link_fd < 0) {
		fprintf(stderr, "traffic: %s: no sink: %s\n", options.interface,
			strerror(-link_fd));
		return 1;
	}
	err = measure(skeleton, &options);
	if (err)
		fprintf(stderr, "traffic: %s\n", strerror(-err));
	close(link_fd);
	bench_traffic__destroy(skeleton);
	return err ? 1 : 0;
}
