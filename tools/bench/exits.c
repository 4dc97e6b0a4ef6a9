/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each way through the XDP program costs. BPF_PROG_TEST_RUN repeats a program that writes a
 * query into the frame and tail-calls the program; what the same with a target that does nothing
 * takes is subtracted (lib/batches.h). Prints a line of JSON for each, and one for the program itself.
 * Another object file of the program, built of other sources, is measured in turns with it.
 * Nothing is attached.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/counters.h"
#include "kern/wire.h"
#include "tools/bench/lib/batches.h"
#include "tools/bench/lib/hot.h"
#include "tools/bench/lib/template.h"
#include "skel/bench_traffic.skel.h"
#include "util/cleanup.h"

#define MAC                                                                                        \
	{                                                                                          \
		2, 0, 0, 0, 0, 0x53                                                                \
	}
#define BATCHES_DEFAULT 4000

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
	{.title = "hit, two addresses",
	 .query = "p/A",
	 .result = "answered",
	 .hot = HOT(BENCH_PAIR, RB_TYPE_A)},
	{.title = "hit, medium: four addresses",
	 .query = "m/A",
	 .result = "answered",
	 .hot = HOT(BENCH_SET, RB_TYPE_A)},
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
static int generator_load(const struct exit_case *exit_case, uint32_t names, uint32_t programs,
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
	generator->rodata->run_targets = programs + 1;
	bpf_program__set_autoload(generator->progs.sink, false);
	bpf_map__set_max_entries(generator->maps.batches, BENCH_BATCHES_MAX);
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

static int program_print(const char *name, int prog_fd)
{
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &bytes))
		return -errno;
	printf("{\"program\":\"%s\",\"verified_insns\":%u,\"xlated_bytes\":%u,\"jited_bytes\":%u}\n",
	       name, info.verified_insns, info.xlated_prog_len, info.jited_prog_len);
	return 0;
}

static void cost_print(const char *prefix, const struct bench_cost *cost)
{
	printf(",\"%sns\":%.1f,\"%stenth_ns\":%.1f,\"%slowest_ns\":%.1f", prefix, cost->middle_ns,
	       prefix, cost->tenth_ns, prefix, cost->lowest_ns);
}

/* The program, and the other one on the same table and counters where there is an object of it. */
struct programs {
	struct rb_program own;
	struct bpf_object *other;
	int fds[2];
	uint32_t count;
	int counters_fd;
};

static int programs_load(const struct bench_program_opts *opts, const char *other,
			 struct programs *programs)
{
	int err = bench_program_load(opts, &programs->own, &programs->counters_fd);

	if (err)
		return err;
	programs->fds[0] = programs->own.fd;
	programs->count = 1;
	if (!other)
		return 0;
	err = bench_program_load_other(&programs->own, other, &programs->other, &programs->fds[1]);
	if (!err)
		programs->count = 2;
	return err;
}

static void programs_unload(struct programs *programs)
{
	close(programs->counters_fd);
	bpf_object__close(programs->other);
	rb_program_unload(&programs->own);
}

static void programs_print(const struct programs *programs)
{
	program_print("rb_main", programs->fds[0]);
	if (programs->count > 1)
		program_print("other", programs->fds[1]);
}

static int case_run(const struct exit_case *exit_case, uint32_t names,
		    const struct programs *programs, uint32_t batches)
{
	struct bench_traffic *generator = NULL;
	struct bench_cost costs[2];
	int err = generator_load(exit_case, names, programs->count, &generator);

	if (err || !generator)
		return err ?: -EINVAL;
	err = bench_batches_run(generator, programs->fds, programs->count, batches, costs);
	bench_traffic__destroy(generator);
	if (err)
		return err;
	printf("{\"exit\":\"%s\",\"result\":\"%s\",\"as_expected\":%s", exit_case->title,
	       result_counted(programs->counters_fd),
	       strcmp(result_counted(programs->counters_fd), exit_case->result) ? "false" : "true");
	cost_print("", &costs[0]);
	if (programs->count > 1)
		cost_print("other_", &costs[1]);
	printf("}\n");
	fflush(stdout);
	return 0;
}

static int case_measure(const struct exit_case *exit_case, const char *pin_dir, uint32_t batches,
			const char *other, bool first)
{
	_cleanup_(rb_table_closep) struct rb_table *table = NULL;
	uint32_t names = exit_case->names ? exit_case->names : 1000;
	struct bench_hot_opts hot = exit_case->hot;
	struct bench_program_opts opts = {.mac = MAC,
					  .ifindex = 1,
					  .netblocks = exit_case->netblocks,
					  .refused = exit_case->refused};
	struct programs programs = {0};
	int err;

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
	err = programs_load(&opts, other, &programs);
	if (err)
		return err;
	if (first)
		programs_print(&programs);
	err = bench_hot_fill(table, &hot);
	if (!err)
		err = case_run(exit_case, names, &programs, batches);
	programs_unload(&programs);
	return err;
}

/* One CPU, as the generator's state and the program's are of one. */
static void cpu_keep(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int main(int argc, char **argv)
{
	uint32_t batches = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : BATCHES_DEFAULT;
	const char *only = argc > 3 ? argv[3] : "", *other = argc > 4 ? argv[4] : NULL;
	bool first = true;

	if (argc < 2 || !batches) {
		fprintf(stderr, "usage: exits PIN-DIR [BATCHES [TITLE [OTHER-OBJECT]]]\n");
		return 2;
	}
	cpu_keep();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int err;

		if (strncmp(cases[i].title, only, strlen(only)))
			continue;
		err = case_measure(&cases[i], argv[1], batches, other, first);
		rb_table_unpin(argv[1]);
		if (err) {
			fprintf(stderr, "exits: %s: %s\n", cases[i].title, strerror(-err));
			return 1;
		}
		first = false;
	}
	return 0;
}
