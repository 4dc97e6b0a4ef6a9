/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways between the workers and one resolver thread. */
#include "resolve/lanes.h"

#include <errno.h>
#include <stdlib.h>

#include "util/clock.h"

#define RING_ENTRIES_MIN 256
#define RING_ENTRIES_MAX 16384

void rb_task_free(struct rb_task *task)
{
	rb_answer_free(task->answer);
	free(task);
}

/*
 * Room for more than the thread takes in: what comes in a burst waits in the ring, and when that is
 * too long is for the thread to say.
 */
static size_t ring_entries(unsigned int outstanding_max)
{
	size_t entries = RING_ENTRIES_MIN;

	while (entries < 4 * (size_t)outstanding_max && entries < RING_ENTRIES_MAX)
		entries *= 2;
	return entries;
}

int rb_lanes_new(struct rb_bell *bells, unsigned int count, unsigned int outstanding_max,
		 struct rb_lane **ret_lanes)
{
	struct rb_lane *lanes = aligned_alloc(alignof(struct rb_lane), count * sizeof(*lanes));
	int err = 0;

	if (!lanes)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		lanes[i] = (struct rb_lane){
			.worker = &bells[i],
			.inside_max = ring_entries(outstanding_max),
		};
	for (unsigned int i = 0; i < count && !err; i++) {
		err = rb_ring_new(lanes[i].inside_max, &lanes[i].tasks);
		if (!err)
			err = rb_ring_new(lanes[i].inside_max, &lanes[i].done);
	}
	if (err) {
		rb_lanes_free(lanes, count);
		return err;
	}
	*ret_lanes = lanes;
	return 0;
}

static void ring_drop(struct rb_ring *ring)
{
	struct rb_task *task;

	if (!ring)
		return;
	while ((task = rb_ring_pop(ring)))
		rb_task_free(task);
	rb_ring_free(ring);
}

void rb_lanes_free(struct rb_lane *lanes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		ring_drop(lanes[i].tasks);
		ring_drop(lanes[i].done);
	}
	free(lanes);
}

int rb_lane_submit(struct rb_lane *lane, struct rb_task *task)
{
	task->lane = lane;
	task->submitted_ns = rb_clock_ns();
	if (lane->inside == lane->inside_max || !rb_ring_push(lane->tasks, task))
		return -EAGAIN;
	lane->inside++;
	return 0;
}

struct rb_task *rb_lane_collect(struct rb_lane *lane)
{
	struct rb_task *task = rb_ring_pop(lane->done);

	if (task)
		lane->inside--;
	return task;
}

void rb_lane_finish(struct rb_lane *lane, struct rb_task *task)
{
	/* There is room: see rb_lane.inside. */
	rb_ring_push(lane->done, task);
	lane->unrung = true;
}

void rb_lanes_ring(struct rb_lane *lanes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!lanes[i].unrung)
			continue;
		lanes[i].unrung = false;
		rb_bell_ring(lanes[i].worker);
	}
}
