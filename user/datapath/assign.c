/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets to workers, and back. */
#include "datapath/assign.h"

#include <errno.h>
#include <stdlib.h>

unsigned int rb_assign_worker(const struct rb_assignment *assignment, const struct rb_xsk *xsk)
{
	return rb_xsk_queue(xsk) % assignment->workers;
}

int rb_assign_open(struct rb_assignment *assignment, unsigned int workers)
{
	struct rb_assign_list *lists;

	if (!workers)
		workers = 1;
	lists = calloc(workers, sizeof(*lists));
	if (!lists)
		return -ENOMEM;
	*assignment = (struct rb_assignment){.workers = workers, .lists = lists};
	return 0;
}

void rb_assign_close(struct rb_assignment *assignment)
{
	unsigned int i;

	for (i = 0; assignment->lists && i < assignment->workers; i++)
		free(assignment->lists[i].sockets);
	free(assignment->lists);
	assignment->lists = NULL;
}

static int list_add(struct rb_assign_list *list, struct rb_xsk *xsk)
{
	struct rb_xsk **grown =
		reallocarray(list->sockets, list->count + 1, sizeof(struct rb_xsk *));

	if (!grown)
		return -ENOMEM;
	list->sockets = grown;
	grown[list->count++] = xsk;
	return 0;
}

static void list_remove(struct rb_assign_list *list, const struct rb_xsk *xsk)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->sockets[i] != xsk)
			continue;
		list->sockets[i] = list->sockets[--list->count];
		return;
	}
}

int rb_assign_give(struct rb_assignment *assignment, struct rb_xsk *xsk)
{
	unsigned int worker = rb_assign_worker(assignment, xsk);

	switch (assignment->time) {
	case RB_ASSIGN_AT_START:
		return list_add(&assignment->lists[worker], xsk);
	case RB_ASSIGN_NOW:
		return assignment->assigner.give(assignment->assigner.context, worker, xsk);
	default:
		return -ENOTSUP;
	}
}

void rb_assign_take(struct rb_assignment *assignment, struct rb_xsk *xsk)
{
	unsigned int worker = rb_assign_worker(assignment, xsk);

	if (assignment->time == RB_ASSIGN_NOW)
		assignment->assigner.take(assignment->assigner.context, worker, xsk);
	else
		list_remove(&assignment->lists[worker], xsk);
}
