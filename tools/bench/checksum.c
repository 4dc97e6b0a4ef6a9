/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to verify a UDP checksum in XDP, by BPF_PROG_TEST_RUN: a line of JSON for each length
 * of datagram, with what the same frame takes from a program that does nothing subtracted. The
 * median of many rounds, and the difference of the quickest. Nothing is attached.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stdlib.h>
#include <string.h>

#include "kern/sum.h"
#include "skel/bench_checksum.skel.h"
#include "util/cleanup.h"

#define ROUNDS 41

enum kind { RIGHT, PARTIAL, WRONG };

static const struct {
	const char *title;
	uint16_t len; /* of the datagram: headers of UDP and DNS, and so on */
	enum kind kind;
	uint32_t verdict;
} cases[] = {
	{"40 bytes", 40, RIGHT, XDP_TX},
	{"64 bytes", 64, RIGHT, XDP_TX},
	{"128 bytes", 128, RIGHT, XDP_TX},
	{"512 bytes", 512, RIGHT, XDP_TX},
	{"64 bytes, partial", 64, PARTIAL, XDP_PASS},
	{"64 bytes, wrong", 64, WRONG, XDP_DROP},
};

struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t message[1500];
} __attribute__((packed));

static size_t frame_make(struct frame *frame, uint16_t len, enum kind kind)
{
	uint64_t sum;

	memset(frame, 0, sizeof(*frame));
	frame->eth.h_proto = htons(ETH_P_IP);
	frame->ip.version = 4;
	frame->ip.ihl = 5;
	frame->ip.protocol = IPPROTO_UDP;
	frame->ip.saddr = inet_addr("192.0.2.1");
	frame->ip.daddr = inet_addr("192.0.2.53");
	frame->udp.len = htons(len);
	for (size_t i = 0; i + sizeof(frame->udp) < len; i++)
		frame->message[i] = (uint8_t)(7 * i);
	sum = (uint64_t)frame->ip.saddr + frame->ip.daddr + frame->udp.len + (IPPROTO_UDP << 8);
	if (kind != PARTIAL)
		sum += rb_sum_bytes((const uint8_t *)&frame->udp, len);
	frame->udp.check = kind == PARTIAL ? rb_sum_fold(sum) : (uint16_t)~rb_sum_fold(sum);
	if (kind == WRONG)
		frame->message[0] ^= 1;
	return sizeof(frame->eth) + sizeof(frame->ip) + len;
}

static int run(const struct bpf_program *program, const struct frame *frame, size_t bytes,
	       uint32_t repeat, uint32_t *ret_ns, uint32_t *ret_verdict)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = (uint32_t)bytes,
		    .repeat = (int)repeat);
	int err = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);

	*ret_ns = opts.duration;
	*ret_verdict = opts.retval;
	return err;
}

static int compare_ns(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int case_measure(const struct bench_checksum *skeleton, size_t number, uint32_t repeat)
{
	int costs[ROUNDS], quickest_verify = INT32_MAX, quickest_nothing = INT32_MAX;
	uint32_t verify_ns, nothing_ns, verdict = 0, ignored;
	struct frame frame;
	size_t bytes = frame_make(&frame, cases[number].len, cases[number].kind);

	for (size_t i = 0; i < ROUNDS; i++) {
		int err =
			run(skeleton->progs.nothing, &frame, bytes, repeat, &nothing_ns, &ignored);

		if (!err)
			err = run(skeleton->progs.verify, &frame, bytes, repeat, &verify_ns,
				  &verdict);
		if (err)
			return err;
		costs[i] = (int)verify_ns - (int)nothing_ns;
		if ((int)verify_ns < quickest_verify)
			quickest_verify = (int)verify_ns;
		if ((int)nothing_ns < quickest_nothing)
			quickest_nothing = (int)nothing_ns;
	}
	qsort(costs, ROUNDS, sizeof(costs[0]), compare_ns);
	printf("{\"datagram\":\"%s\",\"as_expected\":%s,\"ns\":%d,\"lowest_ns\":%d}\n",
	       cases[number].title, verdict == cases[number].verdict ? "true" : "false",
	       costs[ROUNDS / 2], quickest_verify - quickest_nothing);
	return 0;
}

int main(int argc, char **argv)
{
	uint32_t repeat = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	struct bench_checksum *skeleton = bench_checksum__open_and_load();
	int err = skeleton ? 0 : -errno;

	for (size_t i = 0; i < ARRAY_SIZE(cases) && !err; i++)
		err = case_measure(skeleton, i, repeat);
	if (err)
		fprintf(stderr, "checksum: %s\n", strerror(-err));
	bench_checksum__destroy(skeleton);
	return err ? 1 : 0;
}
