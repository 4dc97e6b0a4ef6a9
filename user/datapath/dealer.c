/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets to workers, and back. */
#include "datapath/dealer.h"

#include <errno.h>
#include <stdlib.h>

unsigned int rb_deal_worker(const struct rb_deal *deal, const struct rb_xsk *xsk)
{
	return rb_xsk_queue(xsk) % deal->workers;
}

int rb_deal_open(struct rb_deal *deal, unsigned int workers)
{
	struct rb_deal_list *lists;

	if (!workers)
		workers = 1;
	lists = calloc(workers, sizeof(*lists));
	if (!lists)
		return -ENOMEM;
	*deal = (struct rb_deal){.workers = workers, .lists = lists};
	return 0;
}

void rb_deal_close(struct rb_deal *deal)
{
	unsigned int i;

	for (i = 0; deal->lists && i < deal->workers; i++)
		free(deal->lists[i].sockets);
	free(deal->lists);
	deal->lists = NULL;
}

static int list_add(struct rb_deal_list *list, struct rb_xsk *xsk)
{
	struct rb_xsk **grown =
		reallocarray(list->sockets, list->count + 1, sizeof(struct rb_xsk *));

	if (!grown)
		return -ENOMEM;
	list->sockets = grown;
	grown[list->count++] = xsk;
	return 0;
}

static void list_remove(struct rb_deal_list *list, const struct rb_xsk *xsk)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->sockets[i] != xsk)
			continue;
		list->sockets[i] = list->sockets[--list->count];
		return;
	}
}

int rb_deal_give(struct rb_deal *deal, struct rb_xsk *xsk)
{
	unsigned int worker = rb_deal_worker(deal, xsk);

	switch (deal->time) {
	case RB_DEAL_AT_START:
		return list_add(&deal->lists[worker], xsk);
	case RB_DEAL_NOW:
		return deal->dealer.give(deal->dealer.context, worker, xsk);
	default:
		return -ENOTSUP;
	}
}

void rb_deal_take(struct rb_deal *deal, struct rb_xsk *xsk)
{
	unsigned int worker = rb_deal_worker(deal, xsk);

	if (deal->time == RB_DEAL_NOW)
		deal->dealer.take(deal->dealer.context, worker, xsk);
	else
		list_remove(&deal->lists[worker], xsk);
}
