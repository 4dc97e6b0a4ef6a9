/* SPDX-License-Identifier: BSD-2-Clause */
/* libbpf's ring buffer, read. */
#include "datapath/refreshes.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"

struct rb_refreshes {
	struct ring_buffer *ring;
	rb_refresh_fn *ask; /* of the call that reads now */
	void *context;
};

/* Called by libbpf for each event of the ring. */
static int on_refresh(void *context, void *data, size_t bytes)
{
	const struct rb_refreshes *refreshes = context;
	const struct rb_refresh *refresh = data;

	if (bytes >= sizeof(*refresh) && refresh->tier < RB_TIERS)
		refreshes->ask((struct rb_table_ref){.tier = refresh->tier,
						     .index = refresh->index},
			       refreshes->context);
	return 0;
}

int rb_refreshes_open(int map_fd, struct rb_refreshes **ret_refreshes)
{
	_cleanup_free_ struct rb_refreshes *refreshes = calloc(1, sizeof(*refreshes));

	if (!refreshes)
		return -ENOMEM;
	refreshes->ring = ring_buffer__new(map_fd, on_refresh, refreshes, NULL);
	if (!refreshes->ring)
		return -errno;
	*ret_refreshes = TAKE_PTR(refreshes);
	return 0;
}

void rb_refreshes_close(struct rb_refreshes *refreshes)
{
	if (!refreshes)
		return;
	ring_buffer__free(refreshes->ring);
	free(refreshes);
}

int rb_refreshes_fd(const struct rb_refreshes *refreshes)
{
	return ring_buffer__epoll_fd(refreshes->ring);
}

void rb_refreshes_read(struct rb_refreshes *refreshes, rb_refresh_fn *ask, void *context)
{
	refreshes->ask = ask;
	refreshes->context = context;
	ring_buffer__consume(refreshes->ring);
}
