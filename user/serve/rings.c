/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_XDP sockets from the keeper to the workers: queue q is worker q % workers'. */
#include "serve/rings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ring {
	uint32_t id;
	struct rb_xsk *xsk;
};

struct rb_rings {
	struct rb_server *server;
	struct ring *list;
	size_t count;
};

int rb_rings_new(struct rb_server *server, struct rb_rings **ret_rings)
{
	struct rb_rings *rings = calloc(1, sizeof(*rings));

	if (!rings)
		return -ENOMEM;
	rings->server = server;
	*ret_rings = rings;
	return 0;
}

void rb_rings_free(struct rb_rings *rings)
{
	if (!rings)
		return;
	for (size_t i = 0; i < rings->count; i++)
		rb_xsk_close(rings->list[i].xsk);
	free(rings->list);
	free(rings);
}

static unsigned int worker_of(const struct rb_rings *rings, const struct rb_xsk *xsk)
{
	return rb_xsk_queue(xsk) % rb_server_workers(rings->server);
}

static struct ring *find(const struct rb_rings *rings, uint32_t id)
{
	for (size_t i = 0; i < rings->count; i++)
		if (rings->list[i].id == id)
			return &rings->list[i];
	return NULL;
}

int rb_rings_add(struct rb_rings *rings, uint32_t id, const struct rb_xsk_form *form, int fd,
		 int memory_fd)
{
	struct ring *grown = reallocarray(rings->list, rings->count + 1, sizeof(*grown));
	struct rb_xsk *xsk;
	int err = grown ? rb_xsk_map(form, fd, memory_fd, &xsk) : -ENOMEM;

	if (grown)
		rings->list = grown;
	if (err) {
		close(fd);
		close(memory_fd);
		return err;
	}
	err = rb_server_give_xsk(rings->server, worker_of(rings, xsk), xsk);
	if (err)
		rb_xsk_close(xsk);
	else
		grown[rings->count++] = (struct ring){.id = id, .xsk = xsk};
	return err;
}

void rb_rings_remove(struct rb_rings *rings, uint32_t id)
{
	struct ring *ring = find(rings, id);

	if (!ring)
		return;
	rb_server_take_xsk(rings->server, worker_of(rings, ring->xsk), ring->xsk);
	rb_xsk_close(ring->xsk);
	rings->count--;
	memmove(ring, ring + 1, (size_t)(rings->list + rings->count - ring) * sizeof(*ring));
}

void rb_rings_set_mtu(struct rb_rings *rings, uint32_t id, uint32_t mtu)
{
	const struct ring *ring = find(rings, id);

	if (ring)
		rb_xsk_set_mtu(ring->xsk, mtu);
}

bool rb_rings_status(const struct rb_rings *rings, size_t number,
		     struct rb_rings_status *ret_status)
{
	const struct rb_xsk *xsk;

	if (number >= rings->count)
		return false;
	xsk = rings->list[number].xsk;
	*ret_status = (struct rb_rings_status){
		.queue = rb_xsk_queue(xsk),
		.worker = worker_of(rings, xsk),
	};
	memcpy(ret_status->ifname, rb_xsk_ifname(xsk), strlen(rb_xsk_ifname(xsk)));
	rb_xsk_stats(xsk, &ret_status->stats);
	return true;
}
