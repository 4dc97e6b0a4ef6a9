/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which worker has which AF_XDP sockets: before workers run by a list for each of them, afterwards
 * by handing over sockets of interfaces that come and taking back those that go.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_ASSIGN_H
#define RB_DATAPATH_ASSIGN_H

#include <stddef.h>

#include "xsk/xsk.h"

/* give: to a worker that runs, or -errno. take: the worker uses it no more when this returns. */
struct rb_xdp_assigner {
	int (*give)(void *context, unsigned int worker, struct rb_xsk *xsk);
	void (*take)(void *context, unsigned int worker, struct rb_xsk *xsk);
	void *context;
};

enum rb_assign_time {
	RB_ASSIGN_AT_START, /* workers do not run yet */
	RB_ASSIGN_NEVER,    /* they do, and nobody can hand them anything */
	RB_ASSIGN_NOW,      /* by the assigner */
};

struct rb_assign_list {
	struct rb_xsk **sockets;
	size_t count;
};

struct rb_assignment {
	enum rb_assign_time time;
	unsigned int workers;
	struct rb_xdp_assigner assigner;
	struct rb_assign_list *lists; /* by worker */
};

/* Sockets of queue q belong to worker q % workers. */
unsigned int rb_assign_worker(const struct rb_assignment *assignment, const struct rb_xsk *xsk);

int rb_assign_open(struct rb_assignment *assignment, unsigned int workers);
void rb_assign_close(struct rb_assignment *assignment);

int rb_assign_give(struct rb_assignment *assignment, struct rb_xsk *xsk);
void rb_assign_take(struct rb_assignment *assignment, struct rb_xsk *xsk);

#endif
