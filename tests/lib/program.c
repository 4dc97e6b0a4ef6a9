/* SPDX-License-Identifier: BSD-2-Clause */
/* The XDP program under test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/pins.h"
#include "lib/program.h"
#include "kern/knobs.h"
#include "datapath/counters.h"
#include "skel/runbound.skel.h"
#include "table/audience.h"

struct program {
	struct rb_runbound_bpf *skel;
	struct rb_table *table;
	char pin_dir[PINS_PATH_MAX];
	uint64_t counters[RB_COUNTER_COUNT];
};

void program_counts(struct program *program, struct rb_counts *ret_counts)
{
	assert_int_equal(rb_counters_read(bpf_map__fd(program->skel->maps.rb_counters), ret_counts),
			 0);
}

static void counters_read(struct program *program, uint64_t counters[RB_COUNTER_COUNT])
{
	struct rb_counts counts;

	program_counts(program, &counts);
	memcpy(counters, counts.counters, sizeof(counts.counters));
}

/* Of the program that is open and not loaded: they can be written still. */
static struct rb_knobs *program_knobs(const struct program *program)
{
	return (struct rb_knobs *)&program->skel->rodata->rb_knobs;
}

/* The addresses are those of a VLAN, and of that alone. */
static void vlan_set(struct program *program, uint64_t tags)
{
	struct rb_knobs *knobs = program_knobs(program);

	knobs->vlan_count = 1;
	knobs->vlans[0].tags = tags;
	memcpy(knobs->vlans[0].mac, FRAME_SERVER_MAC, 6);
	knobs->locals4[0].vlan = 1;
	knobs->locals6[0].vlan = 1;
}

static void trunk_set(struct program *program)
{
	struct rb_knobs *knobs = program_knobs(program);
	static const struct rb_vlan vlans[] = {
		{.tags = 0x8100000a, .mac = PROGRAM_VLAN_MAC},
		{.tags = 0x8100001e, .mac = FRAME_SERVER_MAC},
		{.tags = 0x88a8000a81000014, .mac = FRAME_SERVER_MAC},
	};
	const struct rb_local4 locals[] = {
		{.addr = inet_addr("192.0.2.53"), .vlan = 0, .port = htons(53)},
		{.addr = inet_addr("192.0.2.54"), .vlan = 1, .port = htons(53)},
		{.addr = inet_addr("192.0.2.55"), .vlan = 2, .port = htons(53)},
		{.addr = inet_addr("192.0.2.53"), .vlan = 3, .port = htons(53)},
	};

	knobs->vlan_count = 3;
	memcpy(knobs->vlans, vlans, sizeof(vlans));
	knobs->locals4_count = 4;
	memcpy(knobs->locals4, locals, sizeof(locals));
}

static void knobs_set(struct program *program, const struct program_opts *opts)
{
	struct rb_knobs *knobs = program_knobs(program);

	memcpy(knobs->mac, FRAME_SERVER_MAC, 6);
	knobs->egress = opts->no_egress ? RB_EGRESS_NONE : RB_EGRESS_TX;
	knobs->ifindex = 1;
	knobs->acl_open = !opts->use_acl;
	knobs->acl_destinations = opts->rule4 || opts->rule6;
	knobs->rules4[0] = opts->rule4;
	knobs->rules6[0] = opts->rule6;
	knobs->log_sample = opts->log_sample;
	knobs->log_whole = opts->log_whole;
	knobs->acl_epoch = PROGRAM_ACL_EPOCH;
	knobs->max_udp_size = opts->max_udp_size ? opts->max_udp_size : 1232;
	rb_knobs_set_room(knobs, opts->mtu ? opts->mtu : 1500);
	knobs->ede_said = (opts->no_ede ? 0 : RB_EDE_SAYS) |
			  (opts->no_stale_ede ? 0 : RB_EDE_SAYS_STALE);
	knobs->numbering = opts->numbering;
	knobs->prefetch = opts->prefetch;
	knobs->stale_ns = opts->stale_ns;
	knobs->stale_ttl_s = 30;
	knobs->locals4_count = 1;
	knobs->locals4[0].addr = inet_addr("192.0.2.53");
	knobs->locals4[0].port = htons(53);
	knobs->locals6_count = 1;
	inet_pton(AF_INET6, "2001:db8::53", knobs->locals6[0].addr);
	knobs->locals6[0].port = htons(53);
	knobs->own4[0] = inet_addr("192.0.2.53");
	knobs->own4[1] = inet_addr("192.0.2.255");
	knobs->own6_count = 1;
	inet_pton(AF_INET6, "2001:db8::53", knobs->own6[0].addr);
	if (opts->vlan_tags)
		vlan_set(program, opts->vlan_tags == 1 ? 0x8100000aULL : 0x88a8000a81000014ULL);
	if (opts->trunk)
		trunk_set(program);
	for (int tier = 0; tier < RB_TIERS; tier++)
		knobs->buckets[tier] = program->table->control->buckets[tier];
	memcpy(&knobs->key, &program->table->control->key, sizeof(knobs->key));
}

static void maps_share(struct program *program)
{
	struct rb_table_tier *tiers = program->table->tiers;
	struct {
		struct bpf_map *map;
		int fd;
	} shared[] = {
		{program->skel->maps.rb_tags_small, tiers[RB_SMALL].tags_fd},
		{program->skel->maps.rb_recs_small, tiers[RB_SMALL].records_fd},
		{program->skel->maps.rb_tags_medium, tiers[RB_MEDIUM].tags_fd},
		{program->skel->maps.rb_recs_medium, tiers[RB_MEDIUM].records_fd},
		{program->skel->maps.rb_tags_large, tiers[RB_LARGE].tags_fd},
		{program->skel->maps.rb_recs_large, tiers[RB_LARGE].records_fd},
		{program->skel->maps.data_rb_control, program->table->control_fd},
	};

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		assert_int_equal(bpf_map__reuse_fd(shared[i].map, shared[i].fd), 0);
}

/* The skeleton serves any build of the program: maps and settings have the same names. */
static struct rb_runbound_bpf *skeleton_open(const struct program_opts *opts)
{
	struct rb_runbound_bpf *skel = calloc(1, sizeof(*skel));

	assert_non_null(skel);
	assert_int_equal(rb_runbound_bpf__create_skeleton(skel), 0);
	if (opts->object) {
		skel->skeleton->data = (void *)opts->object;
		skel->skeleton->data_sz = opts->object_bytes;
	}
	assert_int_equal(bpf_object__open_skeleton(skel->skeleton, NULL), 0);
	return skel;
}

struct program *program_load(const struct program_opts *opts)
{
	struct program *program = calloc(1, sizeof(*program));

	assert_non_null(program);
	pins_name(program->pin_dir);
	assert_int_equal(rb_table_open(program->pin_dir, RB_TABLE_WRITE,
				       opts->table_bytes ? opts->table_bytes : 1 << 20,
				       &program->table),
			 0);
	if (opts->numbering)
		rb_table_renumber(program->table, opts->numbering);
	program->skel = skeleton_open(opts);
	knobs_set(program, opts);
	maps_share(program);
	assert_int_equal(rb_runbound_bpf__load(program->skel), 0);
	return program;
}

void program_free(struct program *program)
{
	rb_runbound_bpf__destroy(program->skel);
	rb_table_close(program->table);
	pins_remove(program->pin_dir);
	free(program);
}

struct rb_table *program_table(struct program *program)
{
	return program->table;
}

int program_acl_fd(struct program *program)
{
	return bpf_map__fd(program->skel->maps.rb_acl);
}

int program_fd(struct program *program)
{
	return bpf_program__fd(program->skel->progs.rb_main);
}

void program_counters(struct program *program, uint64_t ret_counters[RB_COUNTER_COUNT])
{
	counters_read(program, ret_counters);
}

int program_run(struct program *program, const struct frame *in, struct frame *out,
		enum rb_result *ret_result)
{
	uint64_t before[RB_COUNTER_COUNT], after[RB_COUNTER_COUNT];
	unsigned int counted = 0;
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = in->bytes, .data_size_in = (uint32_t)in->len,
		    .data_out = out->bytes, .data_size_out = sizeof(out->bytes), .repeat = 1);

	counters_read(program, before);
	assert_int_equal(
		bpf_prog_test_run_opts(bpf_program__fd(program->skel->progs.rb_main), &run), 0);
	counters_read(program, after);
	out->len = run.data_size_out;
	for (int i = 0; i < RB_RESULT_COUNT; i++) {
		if (after[i] == before[i])
			continue;
		*ret_result = (enum rb_result)i;
		counted += (unsigned int)(after[i] - before[i]);
	}
	assert_int_equal(counted, 1);
	return (int)run.retval;
}

const char *result_name(enum rb_result result)
{
	static const char *const names[] = {
#define X(id, group, name, meaning) name,
		RB_RESULTS(X)
#undef X
	};

	return result >= 0 && result < RB_RESULT_COUNT ? names[result] : "?";
}
