/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which worker has which AF_XDP sockets: before workers run by a list for each of them, afterwards
 * by handing over sockets of interfaces that come and taking back those that go.
 *
 * Thread: main. Errors: 0 or -errno. Never logs.
 */
#ifndef RB_DATAPATH_DEALER_H
#define RB_DATAPATH_DEALER_H

#include <stddef.h>

#include "xsk/xsk.h"

/* give: to a worker that runs, or -errno. take: the worker uses it no more when this returns. */
struct rb_xdp_dealer {
	int (*give)(void *context, unsigned int worker, struct rb_xsk *xsk);
	void (*take)(void *context, unsigned int worker, struct rb_xsk *xsk);
	void *context;
};

enum rb_deal_time {
	RB_DEAL_AT_START, /* workers do not run yet */
	RB_DEAL_NEVER,    /* they do, and nobody can hand them anything */
	RB_DEAL_NOW,      /* by the dealer */
};

struct rb_deal_list {
	struct rb_xsk **sockets;
	size_t count;
};

struct rb_deal {
	enum rb_deal_time time;
	unsigned int workers;
	struct rb_xdp_dealer dealer;
	struct rb_deal_list *lists; /* by worker */
};

/* Sockets of queue q belong to worker q % workers. */
unsigned int rb_deal_worker(const struct rb_deal *deal, const struct rb_xsk *xsk);

int rb_deal_open(struct rb_deal *deal, unsigned int workers);
void rb_deal_close(struct rb_deal *deal);

int rb_deal_give(struct rb_deal *deal, struct rb_xsk *xsk);
void rb_deal_take(struct rb_deal *deal, struct rb_xsk *xsk);

#endif
