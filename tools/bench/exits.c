/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each way through the XDP program costs. BPF_PROG_TEST_RUN repeats a program that writes a
 * query into the frame and tail-calls the program; what the same with a target that does nothing
 * takes is subtracted; of many rounds the middle one counts, and lowest_ns is of the quickest.
 * Prints a line of JSON for each, and one for the program itself. Nothing is attached.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/counters.h"
#include "kern/wire.h"
#include "tools/bench/lib/hot.h"
#include "tools/bench/lib/template.h"
#include "skel/bench_traffic.skel.h"
#include "util/cleanup.h"

#define ROUNDS 41
#define MAC                                                                                        \
	{                                                                                          \
		2, 0, 0, 0, 0, 0x53                                                                \
	}
#define FRAME_MAX 3000

struct exit_case {
	const char *title;
	const char *query;
	const char *result; /* of enum rb_result, by name */
	uint32_t names;
	size_t table_bytes;
	unsigned int netblocks;
	bool refused;
	unsigned int clients;
	struct bench_hot_opts hot;
};

#define HOT(letter, type_)                                                                         \
	{                                                                                          \
		.kind = letter, .type = type_                                                      \
	}

static const struct exit_case cases[] = {
	{.title = "pass: TCP", .query = "a/A+tcp", .result = "not_udp"},
	{.title = "pass: to another address", .query = "a/A+transit", .result = "not_our_address"},
	{.title = "miss", .query = "z/A", .result = "miss"},
	{.title = "miss, EDNS", .query = "z/A+edns", .result = "miss"},
	{.title = "hit, A, one name", .query = "a/A", .result = "answered", .names = 1},
	{.title = "hit, A", .query = "a/A", .result = "answered"},
	{.title = "hit, A, EDNS", .query = "a/A+edns", .result = "answered"},
	{.title = "hit, A, IPv6", .query = "a/A+v6", .result = "answered"},
	{.title = "hit, AAAA",
	 .query = "a/AAAA",
	 .result = "answered",
	 .hot = HOT(BENCH_ADDRESS, RB_TYPE_AAAA)},
	{.title = "hit, medium: CNAME chain",
	 .query = "c/A",
	 .result = "answered",
	 .hot = HOT(BENCH_CHAIN, RB_TYPE_A)},
	{.title = "hit, medium: DO, signed",
	 .query = "s/A+do",
	 .result = "answered",
	 .hot = {.kind = BENCH_SIGNED, .type = RB_TYPE_A, .dnssec_ok = 1}},
	{.title = "hit, NXDOMAIN",
	 .query = "n/A",
	 .result = "answered_nxdomain",
	 .hot = HOT(BENCH_NXDOMAIN, RB_TYPE_A)},
	{.title = "hit, large: 1 KiB",
	 .query = "t/TXT+edns",
	 .result = "answered",
	 .hot = HOT(BENCH_LONG, RB_TYPE_TXT)},
	{.title = "hit, truncated",
	 .query = "t/TXT",
	 .result = "answered_truncated",
	 .hot = HOT(BENCH_LONG, RB_TYPE_TXT)},
	{.title = "hit, A, 1 000 000 names",
	 .query = "a/A",
	 .result = "answered",
	 .names = 1000000,
	 .table_bytes = 400000000},
	{.title = "hit, A, access-control",
	 .query = "a/A",
	 .result = "answered",
	 .netblocks = 1000},
	{.title = "hit, A, access-control, 100 000 clients",
	 .query = "a/A",
	 .result = "answered",
	 .netblocks = 1000,
	 .clients = 100000},
	{.title = "refused", .query = "a/A", .result = "refused", .netblocks = 2, .refused = true},
};

static const char *const result_names[] = {
#define X(id, group, name, meaning) name,
	RB_RESULTS(X)
#undef X
};

/* One generator for the case; what it runs is put in its map. */
static int generator_load(const struct exit_case *exit_case, uint32_t names,
			  struct bench_traffic **ret_generator)
{
	struct bench_traffic *generator = bench_traffic__open();
	struct bench_template templates[BENCH_TEMPLATES_MAX];
	struct bench_generator state = {.random = 88172645463325252ULL};
	struct bench_ends ends = {.client_mac = {2, 0, 0, 0, 0, 1}, .server_mac = MAC};
	int err;

	if (!generator)
		return -errno;
	memset(templates, 0, sizeof(templates));
	err = bench_template_make(exit_case->query, &ends, &templates[0]);
	memcpy((void *)generator->rodata->templates, templates, sizeof(templates));
	generator->rodata->names = names;
	generator->rodata->clients = exit_case->clients ? exit_case->clients : 250;
	generator->rodata->run_target = 1;
	bpf_program__set_autoload(generator->progs.sink, false);
	if (!err)
		err = bench_traffic__load(generator);
	for (uint32_t cpu = 0; !err && cpu < 64; cpu++)
		err = bpf_map__update_elem(generator->maps.generators, &cpu, sizeof(cpu), &state,
					   sizeof(state), 0);
	if (err)
		bench_traffic__destroy(generator);
	else
		*ret_generator = generator;
	return err;
}

static int run(struct bench_traffic *generator, int target_fd, uint32_t repeat, uint32_t *ret_ns)
{
	uint8_t frame[FRAME_MAX] = {0}, out[4096];
	uint32_t zero = 0;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = 200, .data_out = out,
		    .data_size_out = sizeof(out), .repeat = (int)repeat);
	int err = bpf_map__update_elem(generator->maps.targets, &zero, sizeof(zero), &target_fd,
				       sizeof(target_fd), 0);

	if (!err)
		err = bpf_prog_test_run_opts(bpf_program__fd(generator->progs.generate), &opts);
	if (!err)
		*ret_ns = opts.duration;
	return err;
}

static int compare_ns(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* What a way costs in the middle round, and by the quickest rounds: others' work is in fewer of
 * those. */
struct cost {
	int middle_ns, lowest_ns;
};

static uint32_t lower(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* In turns with a target that does nothing: the machine's mood is the same for both. */
static int cost_measure(struct bench_traffic *generator, int target_fd, uint32_t repeat,
			struct cost *ret_cost)
{
	int costs[ROUNDS], nothing_fd = bpf_program__fd(generator->progs.nothing);
	uint32_t lowest_nothing_ns = UINT32_MAX, lowest_target_ns = UINT32_MAX;

	for (size_t i = 0; i < ROUNDS; i++) {
		uint32_t nothing_ns = 0, target_ns = 0;
		int err = run(generator, nothing_fd, repeat, &nothing_ns);

		if (!err)
			err = run(generator, target_fd, repeat, &target_ns);
		if (err)
			return err;
		costs[i] = (int)target_ns - (int)nothing_ns;
		lowest_nothing_ns = lower(lowest_nothing_ns, nothing_ns);
		lowest_target_ns = lower(lowest_target_ns, target_ns);
	}
	qsort(costs, ROUNDS, sizeof(costs[0]), compare_ns);
	ret_cost->middle_ns = costs[ROUNDS / 2];
	ret_cost->lowest_ns = (int)(lowest_target_ns - lowest_nothing_ns);
	return 0;
}

/* The result that was counted most often. */
static const char *result_counted(int counters_fd)
{
	const char *name = "none";
	struct rb_counts counts;
	uint64_t most = 0;

	if (rb_counters_read(counters_fd, &counts))
		return name;
	for (uint32_t i = 0; i < RB_RESULT_COUNT; i++) {
		if (counts.counters[i] <= most)
			continue;
		most = counts.counters[i];
		name = result_names[i];
	}
	return name;
}

static int program_print(int prog_fd)
{
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &bytes))
		return -errno;
	printf("{\"program\":\"rb_main\",\"verified_insns\":%u,\"xlated_bytes\":%u,\"jited_bytes\":%u}\n",
	       info.verified_insns, info.xlated_prog_len, info.jited_prog_len);
	return 0;
}

static int case_measure(const struct exit_case *exit_case, const char *pin_dir, uint32_t repeat,
			bool first)
{
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	uint32_t names = exit_case->names ? exit_case->names : 1000;
	struct bench_hot_opts hot = exit_case->hot;
	struct bench_program_opts opts = {.mac = MAC,
					  .ifindex = 1,
					  .netblocks = exit_case->netblocks,
					  .refused = exit_case->refused};
	struct bench_traffic *generator = NULL;
	struct rb_program program;
	struct cost cost;
	int counters_fd, err;

	if (!hot.kind) {
		hot.kind = BENCH_ADDRESS;
		hot.type = RB_TYPE_A;
	}
	hot.names = names;
	err = rb_table_open(pin_dir, RB_TABLE_WRITE,
			    exit_case->table_bytes ? exit_case->table_bytes : 64 << 20, &table);
	if (err)
		return err;
	opts.table = table;
	err = bench_program_load(&opts, &program, &counters_fd);
	if (err)
		return err;
	if (first)
		program_print(program.fd);
	err = bench_hot_fill(table, &hot);
	if (!err)
		err = generator_load(exit_case, names, &generator);
	if (err || !generator)
		return err ?: -EINVAL;
	err = cost_measure(generator, program.fd, repeat, &cost);
	if (!err)
		printf("{\"exit\":\"%s\",\"result\":\"%s\",\"as_expected\":%s,\"ns\":%d,\"lowest_ns\":%d}\n",
		       exit_case->title, result_counted(counters_fd),
		       strcmp(result_counted(counters_fd), exit_case->result) ? "false" : "true",
		       cost.middle_ns, cost.lowest_ns);
	fflush(stdout);
	close(counters_fd);
	bench_traffic__destroy(generator);
	rb_program_unload(&program);
	return err;
}

int main(int argc, char **argv)
{
	uint32_t repeat = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 100000;
	const char *only = argc > 3 ? argv[3] : "";
	bool first = true;

	if (argc < 2) {
		fprintf(stderr, "usage: exits PIN-DIR [REPEATS [TITLE]]\n");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int err;

		if (strncmp(cases[i].title, only, strlen(only)))
			continue;
		err = case_measure(&cases[i], argv[1], repeat, first);
		rb_table_unpin(argv[1]);
		if (err) {
			fprintf(stderr, "exits: %s: %s\n", cases[i].title, strerror(-err));
			return 1;
		}
		first = false;
	}
	return 0;
}
