/* SPDX-License-Identifier: BSD-2-Clause */
/* The generator's programs with the settings of a measurement. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "tools/bench/lib/traffic.h"
#include "skel/bench_traffic.skel.h"
#include "tools/bench/lib/template.h"
#include "util/cleanup.h"

/* Numbers by rank, drawn beforehand: the k-th name has the weight 1 / (k + 1)^exponent. */
static int samples_draw(struct bench_traffic *skeleton, const struct bench_traffic_options *options)
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

static int knobs_set(struct bench_traffic *skeleton, const struct bench_traffic_options *options)
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
	knobs->unchecked = options->unchecked;
	return 0;
}

int bench_traffic_open(const struct bench_traffic_options *options,
		       struct bench_traffic **ret_skeleton)
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
