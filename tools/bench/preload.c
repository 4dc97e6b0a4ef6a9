/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The XDP program on a table that is filled by hand, without a daemon: for the speed of the kernel's
 * part alone. Prints one line of JSON once it serves, and serves until it is told to stop.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_link.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "datapath/program.h"
#include "kern/hash.h"
#include "kern/wire.h"
#include "policy/acl.h"
#include "tools/bench/lib/response.h"
#include "tools/bench/lib/template.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define TTL_S 86400

struct options {
	const char *interface, *pin_dir;
	size_t bytes;
	uint32_t names;
	uint32_t accesses; /* of a Zipf stream that fills the table; 0: each name once */
	uint8_t kind;
	uint16_t type;
	int dnssec_ok;
	unsigned int netblocks; /* of access-control; 0: everybody is allowed */
};

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Room for any of the bench's answers; what differs is written in for each. */
static struct rb_answer *answer_new(const struct options *options)
{
	struct rb_answer *answer = rb_answer_new(BENCH_BODY_MAX, BENCH_RRS_MAX);

	if (!answer)
		return NULL;
	answer->ttl_s = TTL_S;
	answer->expires_ns = rb_clock_ns() + TTL_S * RB_NS_PER_S;
	answer->traits = options->kind != BENCH_SIGNED ? RB_SERVES_DO0 | RB_SERVES_DO1
			 : options->dnssec_ok	       ? RB_SERVES_DO1
						       : RB_SERVES_DO0;
	return answer;
}

static void answer_fill(struct rb_answer *answer, const struct bench_response *response)
{
	answer->flags = (uint16_t)(RB_FLAG_QR | RB_FLAG_RD | RB_FLAG_RA | response->rcode);
	answer->ancount = response->ancount;
	answer->nscount = response->nscount;
	answer->body_len = response->body_len;
	answer->ttl_count = response->ttl_count;
	memcpy(answer->body, response->body, response->body_len);
	memcpy(answer->ttl_offsets, response->ttl_offsets,
	       response->ttl_count * sizeof(response->ttl_offsets[0]));
}

static int publish(struct rb_table *table, const struct options *options, uint32_t number,
		   struct rb_answer *answer)
{
	uint8_t qname[BENCH_NAME_BYTES];
	uint64_t label = bench_label(options->kind, number);
	struct bench_response response;
	struct rb_table_key key;
	int err;

	memcpy(qname, &label, sizeof(label));
	memcpy(qname + sizeof(label), BENCH_NAME_TAIL, sizeof(BENCH_NAME_TAIL));
	err = rb_table_key_init(table, qname, sizeof(qname), options->type, 0, &key);
	if (err)
		return err;
	if (options->accesses) {
		struct rb_answer *found;

		/* A visit keeps it, as it would for a client's question. */
		if (!rb_table_lookup(table, &key, RB_SERVES_DO0, rb_clock_ns(), &found, NULL)) {
			rb_answer_free(found);
			return 0;
		}
	}
	bench_response_make(options->kind, number, options->type, options->dnssec_ok, TTL_S,
			    &response);
	answer_fill(answer, &response);
	return rb_table_publish(table, &key, answer);
}

/* A number by its rank's weight, without a table: the inverse of the integral of 1/x^s, s = 1. */
static uint32_t zipf_draw(uint32_t names)
{
	double rank = exp(drand48() * log((double)names + 1));

	return (uint32_t)rank - 1 < names ? (uint32_t)rank - 1 : names - 1;
}

static int fill(struct rb_table *table, const struct options *options)
{
	_cleanup_(rb_answer_freep) struct rb_answer *answer = answer_new(options);
	uint32_t count = options->accesses ? options->accesses : options->names;
	int err = answer ? 0 : -ENOMEM;

	srand48(7);
	for (uint32_t i = 0; !err && i < count; i++)
		err = publish(table, options, options->accesses ? zipf_draw(options->names) : i,
			      answer);
	return err;
}

static int netif_make(const char *interface, struct rb_netif *ret_netif)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct rb_netif netif = {.is_up = true, .is_ethernet = true, .rx_queues = 1};
	struct ifreq request = {0};

	strncpy(request.ifr_name, interface, sizeof(request.ifr_name) - 1);
	memcpy(netif.name, request.ifr_name, sizeof(netif.name));
	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request))
		return -errno;
	memcpy(netif.mac, request.ifr_hwaddr.sa_data, sizeof(netif.mac));
	netif.ifindex = (int)if_nametoindex(interface);
	netif.locals4_count = 1;
	netif.locals4[0].port = htons(53);
	inet_pton(AF_INET, BENCH_SERVER4, &netif.locals4[0].addr);
	netif.locals6_count = 1;
	netif.locals6[0].port = htons(53);
	inet_pton(AF_INET6, BENCH_SERVER6, netif.locals6[0].addr);
	*ret_netif = netif;
	return 0;
}

/* The clients' netblocks, and as many others as were asked for. */
static int acl_load(const struct options *options, int map_fd, uint32_t epoch)
{
	_cleanup_free_ struct rb_acl_rule *rules = calloc(options->netblocks, sizeof(*rules));
	_cleanup_(rb_acl_freep) struct rb_acl *acl = NULL;
	int err;

	if (!rules)
		return -ENOMEM;
	for (unsigned int i = 0; i < options->netblocks; i++) {
		/* 198.0.0.0/8 first, then 24s of 100.64/10. */
		uint8_t addr[16] = {[10] = 0xff, [11] = 0xff, [12] = i ? 100 : 198};

		addr[13] = i ? (uint8_t)(64 + (i >> 8)) : 0;
		addr[14] = (uint8_t)i;
		memcpy(rules[i].addr, addr, sizeof(addr));
		rules[i].prefix = i ? 120 : 104;
		rules[i].action = RB_ACL_ALLOW;
	}
	err = rb_acl_new(rules, options->netblocks, &acl);
	return err ? err : rb_acl_load(acl, map_fd, epoch);
}

static void wait_for_signal(void)
{
	sigset_t signals;
	int number;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	sigwait(&signals, &number);
}

static void report(const struct rb_table *table, double fill_s)
{
	struct rb_table_usage usage;

	rb_table_usage(table, &usage);
	printf("{\"fill_s\":%.3f,\"small\":%llu,\"medium\":%llu,\"large\":%llu,\"capacity_small\":"
	       "%llu,\"bytes\":%llu}\n",
	       fill_s, (unsigned long long)usage.used[RB_SMALL],
	       (unsigned long long)usage.used[RB_MEDIUM], (unsigned long long)usage.used[RB_LARGE],
	       (unsigned long long)usage.capacity[RB_SMALL], (unsigned long long)usage.bytes);
	fflush(stdout);
}

static int serve(const struct options *options, struct rb_table *table)
{
	struct rb_program_base base = {.table = table,
				       .edns_size = 1232,
				       .max_udp_size = 1232,
				       .acl_open = !options->netblocks,
				       .counters_fd = -1,
				       .acl_fd = -1};
	const struct rb_way way = {.mode = RB_MODE_NATIVE, .egress = RB_EGRESS_TX};
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	struct rb_program program;
	struct rb_netif netif;
	double start;
	int link_fd, err;

	err = netif_make(options->interface, &netif);
	if (!err)
		err = rb_program_load(&base, &netif, way, -1, &program);
	if (!err && options->netblocks)
		err = acl_load(options, base.acl_fd, table->control->epoch);
	if (err)
		return err;
	start = seconds_now();
	err = fill(table, options);
	if (err)
		return err;
	start = seconds_now() - start;
	link_fd = bpf_link_create(program.fd, netif.ifindex, BPF_XDP, &native);
	if (link_fd < 0)
		return link_fd;
	report(table, start);
	wait_for_signal();
	close(link_fd);
	rb_program_unload(&program);
	return 0;
}

static const struct option long_options[] = {
	{"interface", required_argument, NULL, 'i'}, {"pins", required_argument, NULL, 'p'},
	{"bytes", required_argument, NULL, 'b'},     {"names", required_argument, NULL, 'n'},
	{"accesses", required_argument, NULL, 'a'},  {"kind", required_argument, NULL, 'k'},
	{"type", required_argument, NULL, 't'},	     {"do", no_argument, NULL, 'd'},
	{"netblocks", required_argument, NULL, 'N'}, {0},
};

static int options_parse(int argc, char **argv, struct options *options)
{
	int c;

	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		unsigned long number = optarg ? strtoul(optarg, NULL, 10) : 0;

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
			options->names = (uint32_t)number;
			break;
		case 'a':
			options->accesses = (uint32_t)number;
			break;
		case 'k':
			options->kind = (uint8_t)optarg[0];
			break;
		case 't':
			options->type = (uint16_t)number;
			break;
		case 'd':
			options->dnssec_ok = 1;
			break;
		case 'N':
			options->netblocks = (unsigned int)number;
			break;
		default:
			return -EINVAL;
		}
	}
	return options->interface && options->pin_dir && options->names ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = {.bytes = 64 << 20, .kind = BENCH_ADDRESS, .type = RB_TYPE_A};
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
