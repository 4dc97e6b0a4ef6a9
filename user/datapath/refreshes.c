/* SPDX-License-Identifier: BSD-2-Clause */
/* libbpf's ring buffers, read: what the kernel wants userspace to know. */
#include "datapath/refreshes.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"

#define LOGGED_MAX 1000 /* at a time: others wait for who reads them */

struct rb_refreshes {
	struct ring_buffer *ring;
	const struct rb_refreshes_reader *reader; /* of the call that reads now */
	unsigned int logged;                      /* in that call */
};

/* Called by libbpf for each event of the ring. */
static int on_refresh(void *context, void *data, size_t bytes)
{
	const struct rb_refreshes *refreshes = context;
	const struct rb_refresh *refresh = data;

	if (bytes >= sizeof(*refresh) && refresh->tier < RB_TIERS)
		refreshes->reader->ask((struct rb_table_ref){.tier = refresh->tier,
							     .index = refresh->index},
				       refreshes->reader->context);
	return 0;
}

/* The same. An error ends the call. */
static int on_logged(void *context, void *data, size_t bytes)
{
	struct rb_refreshes *refreshes = context;

	if (bytes >= sizeof(struct rb_logged))
		refreshes->reader->log(data, refreshes->reader->context);
	return ++refreshes->logged < LOGGED_MAX ? 0 : -EAGAIN;
}

void rb_refreshes_close(struct rb_refreshes *refreshes)
{
	if (!refreshes)
		return;
	if (refreshes->ring)
		ring_buffer__free(refreshes->ring);
	free(refreshes);
}

static void refreshes_closep(struct rb_refreshes **refreshes)
{
	rb_refreshes_close(*refreshes);
}

int rb_refreshes_open(int map_fd, int logged_fd, struct rb_refreshes **ret_refreshes)
{
	_cleanup_(refreshes_closep) struct rb_refreshes *refreshes = calloc(1, sizeof(*refreshes));
	int err;

	if (!refreshes)
		return -ENOMEM;
	refreshes->ring = ring_buffer__new(map_fd, on_refresh, refreshes, NULL);
	if (!refreshes->ring)
		return -errno;
	err = ring_buffer__add(refreshes->ring, logged_fd, on_logged, refreshes);
	if (err)
		return err;
	*ret_refreshes = TAKE_PTR(refreshes);
	return 0;
}

int rb_refreshes_fd(const struct rb_refreshes *refreshes)
{
	return ring_buffer__epoll_fd(refreshes->ring);
}

void rb_refreshes_read(struct rb_refreshes *refreshes, const struct rb_refreshes_reader *reader)
{
	refreshes->reader = reader;
	refreshes->logged = 0;
	ring_buffer__consume(refreshes->ring);
}
