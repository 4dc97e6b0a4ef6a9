/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs cost on the generator's queries. */
#include "tools/bench/lib/batches.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "skel/bench_traffic.skel.h"
#include "util/cleanup.h"

#define FRAME_MAX 3000

static int compare_ns(const void *a, const void *b)
{
	const int64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int targets_set(struct bench_traffic *generator, const int *prog_fds, uint32_t count)
{
	int nothing_fd = bpf_program__fd(generator->progs.nothing);
	int err = 0;

	for (uint32_t i = 0; !err && i <= count; i++) {
		const int *fd = i ? &prog_fds[i - 1] : &nothing_fd;

		err = bpf_map__update_elem(generator->maps.targets, &i, sizeof(i), fd, sizeof(*fd),
					   0);
	}
	return err;
}

/* The batches' times in their order: of the program that does nothing, then of each other, again and
 * again. */
static int times_read(struct bench_traffic *generator, uint32_t count, int64_t *ret_times)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t time_ns;
		int err = bpf_map__lookup_elem(generator->maps.batches, &i, sizeof(i), &time_ns,
					       sizeof(time_ns), 0);

		if (err)
			return err;
		ret_times[i] = time_ns;
	}
	return 0;
}

struct sorted {
	int64_t middle, tenth, lowest;
};

static struct sorted sort(int64_t *values, uint32_t count)
{
	qsort(values, count, sizeof(values[0]), compare_ns);
	return (struct sorted){values[count / 2], values[count / 10], values[0]};
}

/* times: of targets targets, which is the target to look at, 0 the one that does nothing. */
static int cost_of(const int64_t *times, uint32_t batches, uint32_t targets, uint32_t which,
		   struct bench_cost *ret_cost)
{
	_cleanup_free_ int64_t *mine = calloc(batches, sizeof(*mine));
	_cleanup_free_ int64_t *nothing = calloc(batches, sizeof(*nothing));
	_cleanup_free_ int64_t *difference = calloc(batches, sizeof(*difference));
	struct sorted own, none;

	if (!mine || !nothing || !difference)
		return -ENOMEM;
	for (uint32_t i = 0; i < batches; i++) {
		nothing[i] = times[i * targets];
		mine[i] = times[i * targets + which];
		difference[i] = mine[i] - nothing[i];
	}
	own = sort(mine, batches);
	none = sort(nothing, batches);
	ret_cost->middle_ns = (double)sort(difference, batches).middle / BENCH_BATCH;
	ret_cost->tenth_ns = (double)(own.tenth - none.tenth) / BENCH_BATCH;
	ret_cost->lowest_ns = (double)(own.lowest - none.lowest) / BENCH_BATCH;
	return 0;
}

int bench_batches_run(struct bench_traffic *generator, const int *prog_fds, uint32_t count,
		      uint32_t batches, struct bench_cost *ret_costs)
{
	uint32_t targets = count + 1;
	_cleanup_free_ int64_t *times = calloc((size_t)batches * targets, sizeof(*times));
	uint8_t frame[FRAME_MAX] = {0}, out[FRAME_MAX + 1000];
	/* One query more, which ends the last batch. */
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = 200, .data_out = out,
		    .data_size_out = sizeof(out),
		    .repeat = (int)(batches * targets * BENCH_BATCH + 1));
	int err;

	if (!times)
		return -ENOMEM;
	if (targets > BENCH_TARGETS_MAX || batches * targets > BENCH_BATCHES_MAX)
		return -E2BIG;
	err = targets_set(generator, prog_fds, count);
	if (!err)
		err = bpf_prog_test_run_opts(bpf_program__fd(generator->progs.generate), &opts);
	if (!err)
		err = times_read(generator, batches * targets, times);
	for (uint32_t i = 0; !err && i < count; i++)
		err = cost_of(times, batches, targets, i + 1, &ret_costs[i]);
	return err;
}
