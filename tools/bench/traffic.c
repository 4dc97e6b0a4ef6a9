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
#include <netinet/ether.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "tools/bench/lib/template.h"
#include "skel/bench_traffic.skel.h"
#include "tools/bench/lib/usage.h"
#include "util/cleanup.h"

#define CPUS_MAX 64
#define PIDS_MAX 4

struct options {
	const char *interface;
	const char *server_mac;
	const char *queries[BENCH_TEMPLATES_MAX];
	unsigned int query_count;
	unsigned int cpus; /* generators, on CPUs 0 to cpus - 1 */
	unsigned int names, clients, batch, timed_every, rcode;
	double zipf; /* exponent; 0: uniform */
	bool sequence, check_sums, check_address, reflected, no_answer;
	uint64_t rate;  /* a second, of all generators; 0: as fast as it goes */
	uint64_t count; /* stop after so many queries; 0: after seconds */
	double seconds, warmup;
	pid_t pids[PIDS_MAX];
	unsigned int pid_count;
};

struct generator {
	pthread_t thread;
	unsigned int cpu, batch;
	int prog_fd;
	uint32_t frame_len;
	atomic_bool *stop;
	atomic_bool done;
	int err;
};

/* Everything that is read at the start and at the end of the measured time. */
struct snapshot {
	uint64_t ns, sent;
	uint64_t generator_ns; /* CPU time of the generators, with what of softirqs ran in them */
	struct bench_received received;
	struct bench_usage usage;
};

static void interrupted(int signal)
{
	(void)signal;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
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

/* Numbers by rank, drawn beforehand: the k-th name has the weight 1 / (k + 1)^exponent. */
static int samples_draw(struct bench_traffic *skeleton, const struct options *options)
{
	_cleanup_free_ double *sums = calloc(options->names, sizeof(*sums));
	size_t bytes = BENCH_ZIPF_SAMPLES * sizeof(uint32_t);
	uint32_t *samples;
	double sum = 0;

	if (!sums)
		return -ENOMEM;
	samples = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
		       bpf_map__fd(skeleton->maps.samples), 0);
	if (samples == MAP_FAILED)
		return -errno;
	for (unsigned int i = 0; i < options->names; i++)
		sums[i] = sum += pow(i + 1, -options->zipf);
	srand48(1);
	for (unsigned int i = 0; i < BENCH_ZIPF_SAMPLES; i++) {
		double wanted = drand48() * sum;
		unsigned int low = 0, high = options->names - 1;

		while (low < high) {
			unsigned int middle = low + (high - low) / 2;

			if (sums[middle] < wanted)
				low = middle + 1;
			else
				high = middle;
		}
		samples[i] = low;
	}
	munmap(samples, bytes);
	return 0;
}

static int client_mac(const char *interface, uint8_t ret_mac[6])
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {0};

	strncpy(request.ifr_name, interface, sizeof(request.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request))
		return -errno;
	memcpy(ret_mac, request.ifr_hwaddr.sa_data, 6);
	return 0;
}

static int knobs_set(struct bench_traffic *skeleton, const struct options *options)
{
	struct bench_traffic__rodata *knobs = skeleton->rodata;
	struct bench_template templates[BENCH_TEMPLATES_MAX];
	struct bench_ends ends;
	uint32_t share = 0;
	int err = client_mac(options->interface, ends.client_mac);

	if (err)
		return err;
	if (!ether_aton_r(options->server_mac, (struct ether_addr *)ends.server_mac))
		return -EINVAL;
	memset(templates, 0, sizeof(templates));
	for (unsigned int i = 0; i < options->query_count; i++) {
		err = bench_template_make(options->queries[i], &ends, &templates[i]);
		if (err)
			return err;
		share += templates[i].share;
		templates[i].share = share;
		if (templates[i].len > knobs->frame_len)
			knobs->frame_len = templates[i].len;
	}
	memcpy((void *)knobs->templates, templates, sizeof(templates));
	knobs->templates_count = options->query_count;
	knobs->ifindex = if_nametoindex(options->interface);
	knobs->names = options->names;
	knobs->order = options->sequence   ? BENCH_SEQUENCE
		       : options->zipf > 0 ? BENCH_ZIPF
					   : BENCH_UNIFORM;
	knobs->clients = options->clients;
	if (options->rate)
		knobs->interval_ns = (uint32_t)(1e9 * options->cpus / (double)options->rate);
	knobs->timed_every = options->timed_every;
	knobs->expected_rcode = options->rcode;
	knobs->expected_address = options->check_address;
	knobs->expected_answer = !options->no_answer;
	knobs->sums_checked = options->check_sums;
	return 0;
}

static int load(const struct options *options, struct bench_traffic **ret_skeleton)
{
	struct bench_traffic *skeleton = bench_traffic__open();
	int err;

	if (!skeleton)
		return -errno;
	err = knobs_set(skeleton, options);
	if (!err && options->zipf > 0)
		err = bpf_map__set_max_entries(skeleton->maps.samples, BENCH_ZIPF_SAMPLES);
	if (!err)
		err = bench_traffic__load(skeleton);
	if (!err && options->zipf > 0)
		err = samples_draw(skeleton, options);
	for (uint32_t cpu = 0; !err && cpu < options->cpus; cpu++) {
		struct bench_generator generator = {.random = 88172645463325252ULL + cpu,
						    .sequence = cpu * 1000003ULL,
						    .next_ns = 1};

		err = bpf_map__update_elem(skeleton->maps.generators, &cpu, sizeof(cpu), &generator,
					   sizeof(generator), 0);
	}
	if (err)
		bench_traffic__destroy(skeleton);
	else
		*ret_skeleton = skeleton;
	return err;
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

static uint64_t sent_so_far(struct bench_traffic *skeleton, unsigned int cpus)
{
	struct bench_generator generator;
	uint64_t sent = 0;

	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		if (!bpf_map__lookup_elem(skeleton->maps.generators, &cpu, sizeof(cpu), &generator,
					  sizeof(generator), 0))
			sent += generator.sent;
	return sent;
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

static void snapshot_take(struct bench_traffic *skeleton, const struct options *options,
			  const struct generator *generators, struct snapshot *ret_snapshot)
{
	ret_snapshot->generator_ns = generators_cpu_ns(generators, options->cpus);
	ret_snapshot->ns = now_ns();
	ret_snapshot->sent = sent_so_far(skeleton, options->cpus);
	percpu_sum(skeleton->maps.received, 0, (uint64_t *)&ret_snapshot->received,
		   sizeof(struct bench_received) / sizeof(uint64_t));
	bench_usage_read(options->pids, options->pid_count, &ret_snapshot->usage);
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

static void report(struct bench_traffic *skeleton, const struct options *options,
		   const struct snapshot *start, const struct snapshot *end)
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

static void wait_for_end(struct bench_traffic *skeleton, const struct options *options)
{
	if (!options->count) {
		sleep_s(options->seconds);
		return;
	}
	while (sent_so_far(skeleton, options->cpus) < options->count)
		sleep_s(0.005);
}

static void latencies_clear(struct bench_traffic *skeleton)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ uint64_t *zeros = calloc((size_t)cpus, sizeof(*zeros));

	for (uint32_t i = 0; zeros && i < BENCH_LATENCY_BINS; i++)
		bpf_map__update_elem(skeleton->maps.latencies, &i, sizeof(i), zeros,
				     (size_t)cpus * sizeof(*zeros), 0);
}

static int measure(struct bench_traffic *skeleton, const struct options *options)
{
	struct generator generators[CPUS_MAX];
	struct sigaction action = {.sa_handler = interrupted};
	struct snapshot start, end;
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
		latencies_clear(skeleton);
	}
	snapshot_take(skeleton, options, generators, &start);
	if (options->count) {
		memset(&start.received, 0, sizeof(start.received));
		start.sent = 0;
	}
	wait_for_end(skeleton, options);
	if (options->count)
		sleep_s(0.2);
	snapshot_take(skeleton, options, generators, &end);
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
		report(skeleton, options, &start, &end);
	return err;
}

static const struct option long_options[] = {
	{"interface", required_argument, NULL, 'i'},
	{"server-mac", required_argument, NULL, 'm'},
	{"query", required_argument, NULL, 'q'},
	{"names", required_argument, NULL, 'n'},
	{"clients", required_argument, NULL, 'c'},
	{"cpus", required_argument, NULL, 'C'},
	{"zipf", required_argument, NULL, 'z'},
	{"sequence", no_argument, NULL, 's'},
	{"rate", required_argument, NULL, 'r'},
	{"count", required_argument, NULL, 'N'},
	{"seconds", required_argument, NULL, 't'},
	{"warmup", required_argument, NULL, 'w'},
	{"batch", required_argument, NULL, 'b'},
	{"timed-every", required_argument, NULL, 'l'},
	{"rcode", required_argument, NULL, 'R'},
	{"check-sums", no_argument, NULL, 'S'},
	{"check-address", no_argument, NULL, 'A'},
	{"reflected", no_argument, NULL, 'x'},
	{"no-answer", no_argument, NULL, 'e'},
	{"pid", required_argument, NULL, 'p'},
	{0},
};

static int options_parse(int argc, char **argv, struct options *options)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		unsigned int number = optarg ? (unsigned int)strtoul(optarg, NULL, 10) : 0;

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
			options->zipf = strtod(optarg, NULL);
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
			options->seconds = strtod(optarg, NULL);
			break;
		case 'w':
			options->warmup = strtod(optarg, NULL);
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
		case 'e':
			options->no_answer = true;
			break;
		case 'p':
			if (options->pid_count < PIDS_MAX)
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
	struct options options = {
		.names = 1000, .clients = 250, .cpus = 1, .batch = 64, .seconds = 2, .warmup = 0.3};
	struct bench_traffic *skeleton = NULL;
	int link_fd, ifindex, err;

	if (options_parse(argc, argv, &options)) {
		fprintf(stderr, "traffic: see tools/bench/README.md for the options\n");
		return 2;
	}
	err = load(&options, &skeleton);
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
