/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists and drops the questions of a worker. */
#include "resolve/worklist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/process.h"
#include "resolve/task.h"
#include "util/clock.h"

static void add(struct rb_worklist *list, const struct rb_client *client,
		const struct rb_task *task, enum rb_work_state state)
{
	struct rb_work *work;

	/* Room for all of them, taken with the first. */
	if (!list->works && !list->err) {
		list->works = calloc(client->inside, sizeof(*list->works));
		list->err = list->works ? 0 : -ENOMEM;
	}
	if (list->err)
		return;
	work = &list->works[list->count++];
	work->state = state;
	work->has_client = task->kind == RB_TASK_JOB;
	work->age_ns = rb_clock_ns() - task->waits_ns;
	work->qtype = task->key.qtype;
	work->qclass = task->qclass;
	memcpy(work->qname, task->key.qname, task->key.qname_len);
}

static void add_all(struct rb_worklist *list, const struct rb_client *client,
		    const struct rb_tasks *tasks, enum rb_work_state state)
{
	const struct rb_task *task;

	TAILQ_FOREACH(task, tasks, entry)
	add(list, client, task, state);
}

static void add_asked(struct rb_worklist *list, const struct rb_client *client,
		      const struct rb_link_end *end)
{
	for (uint32_t i = 0; i < end->flight_count; i++) {
		if (!end->flights[i].task)
			continue;
		add(list, client, end->flights[i].task, RB_WORK_ASKED);
		if (!list->err)
			list->works[list->count - 1].process = rb_process_pid(end->link->child);
	}
}

void rb_worklist_fill(struct rb_client *client, void *context)
{
	struct rb_worklist *list = context;
	const struct rb_link_end *end;

	TAILQ_FOREACH(end, &client->active, entry)
	add_asked(list, client, end);
	for (unsigned int i = 0; i <= rb_pool_fresh(client->pool); i++)
		add_all(list, client, &client->waiting[i], RB_WORK_WAITS);
	add_all(list, client, &client->held, RB_WORK_WAITS);
	add_all(list, client, &client->done, RB_WORK_DONE);
}

static size_t drop_waiting(struct rb_client *client, struct rb_tasks *tasks)
{
	struct rb_task *task;
	size_t dropped = 0;

	while ((task = TAILQ_FIRST(tasks))) {
		TAILQ_REMOVE(tasks, task, entry);
		dropped += rb_task_drop_waiting(client, task);
	}
	return dropped;
}

void rb_worklist_drop(struct rb_client *client, void *context)
{
	size_t *dropped = context;
	const struct rb_link_end *end;

	TAILQ_FOREACH(end, &client->active, entry)
	for (uint32_t i = 0; i < end->flight_count; i++)
		if (end->flights[i].task)
			*dropped += rb_task_drop_asked(client, end->flights[i].task);
	for (unsigned int i = 0; i <= rb_pool_fresh(client->pool); i++)
		*dropped += drop_waiting(client, &client->waiting[i]);
	*dropped += drop_waiting(client, &client->held);
}
