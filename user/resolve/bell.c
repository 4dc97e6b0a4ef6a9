/* SPDX-License-Identifier: BSD-2-Clause */
/* Wake-ups through an eventfd, written only while they are wanted. */
#include "resolve/bell.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int rb_bell_open(struct rb_bell *ret_bell)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return -errno;
	ret_bell->fd = fd;
	atomic_init(&ret_bell->wanted, false);
	return 0;
}

void rb_bell_close(struct rb_bell *bell)
{
	if (bell->fd >= 0)
		close(bell->fd);
	bell->fd = -1;
}

void rb_bell_arm(struct rb_bell *bell)
{
	atomic_store_explicit(&bell->wanted, true, memory_order_relaxed);
	/* The store before the caller's look into its rings. Pairs with the fence in
	 * rb_bell_ring(). */
	atomic_thread_fence(memory_order_seq_cst);
}

void rb_bell_disarm(struct rb_bell *bell)
{
	atomic_store_explicit(&bell->wanted, false, memory_order_relaxed);
}

void rb_bell_clear(struct rb_bell *bell)
{
	uint64_t rung;

	/* EAGAIN: nobody rang. It cannot fail otherwise. */
	if (read(bell->fd, &rung, sizeof(rung)) < 0)
		return;
}

void rb_bell_ring(struct rb_bell *bell)
{
	const uint64_t one = 1;

	/* The push before the look at wanted. Pairs with the fence in rb_bell_arm(). */
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&bell->wanted, memory_order_relaxed) ||
	    !atomic_exchange_explicit(&bell->wanted, false, memory_order_relaxed))
		return;
	/* EAGAIN: the counter is full, so the descriptor is readable anyhow. */
	if (write(bell->fd, &one, sizeof(one)) < 0)
		return;
}
