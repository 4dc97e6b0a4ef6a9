/* SPDX-License-Identifier: BSD-2-Clause */
/* The XDP program's counters: names, meanings, and sums over CPUs. */
#include "datapath/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "datapath/counters.h"
#include "datapath/pins.h"
#include "table/pins.h"
#include "util/cleanup.h"

static const struct {
	const char *name, *meaning;
} descriptions[RB_COUNTER_COUNT] = {
#define X(id, group, name, meaning) [RB_##id] = {name, meaning},
	RB_RESULTS(X)
#undef X
		[RB_EVENT_REDIRECTED] = {"to_af_xdp",
					 "handed over through AF_XDP rather than the stack"},
	[RB_EVENT_REFRESH] = {"refresh_asked", "a refresh was asked for"},
	[RB_EVENT_UNLOGGED] = {"unlogged", "a reply was not logged, for want of room"},
	[RB_EVENT_BLOCKED] = {"blocked", "a reply of local policy in place of another"},
};

const char *rb_counter_name(unsigned int counter)
{
	return counter < RB_COUNTER_COUNT ? descriptions[counter].name : NULL;
}

const char *rb_counter_meaning(unsigned int counter)
{
	return counter < RB_COUNTER_COUNT ? descriptions[counter].meaning : NULL;
}

static void cpu_add(const struct rb_cpu *cpu, struct rb_counts *counts)
{
	for (unsigned int i = 0; i < RB_COUNTER_COUNT; i++)
		counts->counters[i] += cpu->counters[i];
	for (unsigned int type = 0; type <= RB_PLAIN_TYPES; type++) {
		for (unsigned int set = 0; set < RB_TRAIT_SETS; set++) {
			uint64_t answered = cpu->answered[type][set];

			counts->types[type < RB_PLAIN_TYPES ? type : RB_COUNTED_TYPES] += answered;
			counts->traits[set] += answered;
		}
	}
	for (unsigned int rcode = 0; rcode < ARRAY_SIZE(cpu->rcodes); rcode++)
		counts->rcodes[rcode] += cpu->rcodes[rcode];
}

int rb_counters_read(int map_fd, struct rb_counts *ret_counts)
{
	struct rb_counts sums = {0};
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ struct rb_cpu *values = NULL;
	uint32_t zero = 0;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map_fd, &zero, values))
		return -errno;
	for (int cpu = 0; cpu < cpus; cpu++)
		cpu_add(&values[cpu], &sums);
	*ret_counts = sums;
	return 0;
}

uint64_t rb_counters_replies(const uint64_t counters[RB_COUNTER_COUNT])
{
	uint64_t replies = 0;
	unsigned int result;

	for (result = 0; result < RB_RESULT_COUNT; result++) {
		if (rb_result_group(result) == RB_GROUP_REPLY)
			replies += counters[result];
	}
	return replies;
}

int rb_counters_open(const char *pin_dir, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct bpf_map_info info = {0};
	uint32_t bytes = sizeof(info);
	char path[PATH_MAX];
	int err;

	err = rb_pins_path(pin_dir, RB_PIN_COUNTERS, path);
	if (err)
		return err;
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &bytes);
	if (err)
		return err;
	if (info.type != BPF_MAP_TYPE_PERCPU_ARRAY || info.max_entries != 1 ||
	    info.value_size != sizeof(struct rb_cpu))
		return -ESTALE;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int rb_xdp_counts(const char *pin_dir, struct rb_counts *ret_counts)
{
	_cleanup_close_ int map_fd = -1;
	int err = rb_counters_open(pin_dir, &map_fd);

	return err ? err : rb_counters_read(map_fd, ret_counts);
}

int rb_xdp_counters(const char *pin_dir, uint64_t ret_counters[RB_COUNTER_COUNT])
{
	struct rb_counts counts;
	int err = rb_xdp_counts(pin_dir, &counts);

	if (!err)
		memcpy(ret_counters, counts.counters, sizeof(counts.counters));
	return err;
}
