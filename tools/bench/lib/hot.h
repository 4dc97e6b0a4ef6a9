/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hot table with the bench's answers in it, and the XDP program on that table.
 *
 * Thread: one. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef BENCH_HOT_H
#define BENCH_HOT_H

#include "datapath/program.h"
#include "tools/bench/bench.h"

struct bpf_object;

struct bench_hot_opts {
	uint32_t names;
	uint32_t accesses; /* of a Zipf stream that fills the table; 0: each name once */
	uint8_t kind;
	uint16_t type;
	int dnssec_ok;
};

int bench_hot_fill(struct rb_table *table, const struct bench_hot_opts *opts);

/*
 * The program for the bench's addresses (lib/template.h) and this MAC. netblocks: of
 * access-control, the clients' among them; 0: everybody is allowed. refused: the clients' is not to
 * be served. refreshing: as with prefetch and serve-expired. redirect: replies leave by a redirect
 * to the interface, as on a veth whose peer nobody sees.
 */
struct bench_program_opts {
	const struct rb_table *table;
	int ifindex;
	uint8_t mac[6];
	unsigned int netblocks;
	bool refused;
	bool refreshing;
	bool redirect;
};

int bench_program_load(const struct bench_program_opts *opts, struct rb_program *ret_program,
		       int *ret_counters_fd);

/*
 * The program of another object file (kern/runbound.bpf.c of other sources, with the same struct
 * rb_knobs), with the settings and the maps of one that is loaded. -EPROTO: the knobs differ.
 */
int bench_program_load_other(const struct rb_program *program, const char *file,
			     struct bpf_object **ret_object, int *ret_prog_fd);

#endif
