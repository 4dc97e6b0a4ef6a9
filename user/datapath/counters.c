/* SPDX-License-Identifier: BSD-2-Clause */
/* The XDP program's counters: names, meanings, and sums over CPUs. */
#include "datapath/xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
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
};

const char *rb_counter_name(unsigned int counter)
{
	return counter < RB_COUNTER_COUNT ? descriptions[counter].name : NULL;
}

const char *rb_counter_meaning(unsigned int counter)
{
	return counter < RB_COUNTER_COUNT ? descriptions[counter].meaning : NULL;
}

int rb_counters_read(int map_fd, uint64_t ret_counters[RB_COUNTER_COUNT])
{
	uint64_t sums[RB_COUNTER_COUNT] = {0};
	int cpus = libbpf_num_possible_cpus(), cpu, err;
	_cleanup_free_ uint64_t *values = NULL;
	uint32_t counter;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (counter = 0; counter < RB_COUNTER_COUNT; counter++) {
		err = bpf_map_lookup_elem(map_fd, &counter, values);
		if (err)
			return err;
		for (cpu = 0; cpu < cpus; cpu++)
			sums[counter] += values[cpu];
	}
	memcpy(ret_counters, sums, sizeof(sums));
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

int rb_xdp_counters(const char *pin_dir, uint64_t ret_counters[RB_COUNTER_COUNT])
{
	_cleanup_close_ int map_fd = -1;
	char path[PATH_MAX];
	int err;

	err = rb_pins_path(pin_dir, "rb_counters", path);
	if (err)
		return err;
	map_fd = bpf_obj_get(path);
	if (map_fd < 0)
		return map_fd;
	return rb_counters_read(map_fd, ret_counters);
}
