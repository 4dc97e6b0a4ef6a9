/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program on a table that is filled by hand, without a daemon: for the speed of the
 * kernel's part alone. Prints one line of JSON once it serves, and serves until it is told to stop.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "kern/wire.h"
#include "tools/bench/lib/hot.h"
#include "tools/bench/lib/stop.h"
#include "util/cleanup.h"

struct options {
	const char *interface, *pin_dir;
	size_t bytes;
	struct bench_hot_opts hot;
	unsigned int netblocks; /* of access-control; 0: everybody is allowed */
	bool refreshing, redirect;
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void report(const struct rb_table *table, double fill_s)
{
	struct rb_table_usage usage;

	rb_table_usage(table, &usage);
	printf("{\"fill_s\":%.3f,\"small\":%llu,\"medium\":%llu,\"large\":%llu,\"capacity_small\":"
	       "%llu,\"slot_small\":%zu,\"bytes\":%llu}\n",
	       fill_s, (unsigned long long)usage.used[RB_SMALL],
	       (unsigned long long)usage.used[RB_MEDIUM], (unsigned long long)usage.used[RB_LARGE],
	       (unsigned long long)usage.capacity[RB_SMALL],
	       RB_SMALL_BYTES + sizeof(struct rb_bucket) / RB_WAYS,
	       (unsigned long long)usage.bytes);
}

static int serve(const struct options *options, struct rb_table *table)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	struct bench_program_opts opts = {.table = table,
					  .netblocks = options->netblocks,
					  .refreshing = options->refreshing,
					  .redirect = options->redirect};
	struct ifreq request = {0};
	struct rb_program program;
	int link_fd, counters_fd, err;
	double start;

	strncpy(request.ifr_name, options->interface, sizeof(request.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request))
		return -errno;
	memcpy(opts.mac, request.ifr_hwaddr.sa_data, sizeof(opts.mac));
	opts.ifindex = (int)if_nametoindex(options->interface);
	err = bench_program_load(&opts, &program, &counters_fd);
	if (err)
		return err;
	start = seconds_now();
	err = bench_hot_fill(table, &options->hot);
	if (err)
		return err;
	start = seconds_now() - start;
	link_fd = bpf_link_create(program.fd, opts.ifindex, BPF_XDP, &native);
	if (link_fd < 0)
		return link_fd;
	report(table, start);
	bench_wait_for_stop();
	close(link_fd);
	rb_program_unload(&program);
	return 0;
}

static const struct option long_options[] = {
	{"interface", required_argument, NULL, 'i'}, {"pins", required_argument, NULL, 'p'},
	{"bytes", required_argument, NULL, 'b'},     {"names", required_argument, NULL, 'n'},
	{"accesses", required_argument, NULL, 'a'},  {"kind", required_argument, NULL, 'k'},
	{"type", required_argument, NULL, 't'},      {"do", no_argument, NULL, 'd'},
	{"netblocks", required_argument, NULL, 'N'}, {"refreshing", no_argument, NULL, 'r'},
	{"redirect", no_argument, NULL, 'R'},        {0},
};

static int options_parse(int argc, char **argv, struct options *options)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		const char *word = optarg ? optarg : "";
		unsigned long number = strtoul(word, NULL, 10);

		switch (c) {
		case 'i':
			options->interface = optarg;
			break;
		case 'p':
			options->pin_dir = optarg;
			break;
		case 'b':
			options->bytes = number;
			break;
		case 'n':
			options->hot.names = (uint32_t)number;
			break;
		case 'a':
			options->hot.accesses = (uint32_t)number;
			break;
		case 'k':
			options->hot.kind = (uint8_t)word[0];
			break;
		case 't':
			options->hot.type = (uint16_t)number;
			break;
		case 'd':
			options->hot.dnssec_ok = 1;
			break;
		case 'r':
			options->refreshing = true;
			break;
		case 'R':
			options->redirect = true;
			break;
		case 'N':
			options->netblocks = (unsigned int)number;
			break;
		default:
			return -EINVAL;
		}
	}
	return options->interface && options->pin_dir && options->hot.names ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = {.bytes = 64 << 20,
				  .hot = {.kind = BENCH_ADDRESS, .type = RB_TYPE_A}};
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	int err = options_parse(argc, argv, &options);

	if (!err)
		err = rb_table_open(options.pin_dir, RB_TABLE_WRITE, options.bytes, &table);
	if (!err)
		err = serve(&options, table);
	if (err)
		fprintf(stderr, "preload: %s\n", strerror(-err));
	rb_table_unpin(options.pin_dir);
	return err ? 1 : 0;
}
