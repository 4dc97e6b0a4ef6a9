/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_XDP sockets up to their bind(); nothing here reads or writes a ring. */
#include "xsk/make.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_xdp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/cleanup.h"

#define BUSY_POLL_US     20 /* that a call may spin for; the kernel's own example value */
#define BUSY_POLL_BUDGET 64 /* packets per call, as many as a worker takes at a time */

static int set(int fd, int option, uint32_t value)
{
	return setsockopt(fd, SOL_XDP, option, &value, sizeof(value)) ? -errno : 0;
}

/* Neither process can shrink it while the other uses it. */
static int memory_make(size_t bytes, int *ret_fd)
{
	_cleanup_close_ int fd = memfd_create("rb-frames", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)bytes) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* The kernel keeps the pages, whoever has them mapped. */
static int memory_register(int fd, int memory_fd, size_t bytes)
{
	void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
	struct xdp_umem_reg umem = {
		.addr = (uintptr_t)area, .len = bytes, .chunk_size = RB_XSK_FRAME_BYTES};
	int err;

	if (area == MAP_FAILED)
		return -errno;
	err = setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &umem, sizeof(umem)) ? -errno : 0;
	munmap(area, bytes);
	return err;
}

/* Interrupts stay on, and are deferred while a worker polls. */
static bool busy_poll(int fd)
{
	int prefer = 1, spin_us = BUSY_POLL_US, budget = BUSY_POLL_BUDGET;

	return !setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &prefer, sizeof(prefer)) &&
	       !setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &spin_us, sizeof(spin_us)) &&
	       !setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget));
}

static bool is_power_of_two(uint32_t number)
{
	return number && !(number & (number - 1));
}

int rb_xsk_make(const struct rb_xsk_opts *opts, struct rb_xsk_parts *ret_parts)
{
	_cleanup_close_ int fd = -1, memory_fd = -1;
	int err;

	if (!is_power_of_two(opts->ring_size) || !is_power_of_two(opts->frames) ||
	    opts->frames / 2 < opts->ring_size || strlen(opts->ifname) >= IF_NAMESIZE)
		return -EINVAL;
	fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = memory_make(rb_xsk_bytes(opts), &memory_fd);
	if (!err)
		err = memory_register(fd, memory_fd, rb_xsk_bytes(opts));
	if (!err)
		err = set(fd, XDP_UMEM_FILL_RING, opts->ring_size);
	if (!err)
		err = set(fd, XDP_UMEM_COMPLETION_RING, opts->frames);
	if (!err)
		err = set(fd, XDP_RX_RING, opts->ring_size);
	if (!err)
		err = set(fd, XDP_TX_RING, opts->ring_size);
	if (err)
		return err;
	*ret_parts = (struct rb_xsk_parts){
		.form = {.queue = opts->queue,
			 .ring_size = opts->ring_size,
			 .frames = opts->frames,
			 .mtu = opts->mtu,
			 .busy_polled = opts->busy_poll && busy_poll(fd)},
		.zero_copy = opts->zero_copy,
		.memory_fd = TAKE_FD(memory_fd),
	};
	ret_parts->fd = TAKE_FD(fd);
	strncpy(ret_parts->form.ifname, opts->ifname, IF_NAMESIZE - 1);
	ret_parts->form.ifindex = if_nametoindex(opts->ifname);
	return 0;
}

void rb_xsk_unmake(struct rb_xsk_parts *parts)
{
	rb_closep(&parts->fd);
	rb_closep(&parts->memory_fd);
	parts->fd = parts->memory_fd = -1;
}

int rb_xsk_bind(const struct rb_xsk_parts *parts)
{
	struct sockaddr_xdp address = {
		.sxdp_family = AF_XDP,
		.sxdp_flags = XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP,
		.sxdp_ifindex = parts->form.ifindex,
		.sxdp_queue_id = parts->form.queue,
	};

	if (!address.sxdp_ifindex)
		return -ENODEV;
	if (parts->zero_copy) {
		if (!bind(parts->fd, (struct sockaddr *)&address, sizeof(address)))
			return 0;
		/*
		 * Drivers refuse zero-copy with various errors. Any other error would occur with
		 * copies, too.
		 */
		if (errno == EBUSY)
			return -errno;
	}
	address.sxdp_flags = XDP_COPY | XDP_USE_NEED_WAKEUP;
	return bind(parts->fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

bool rb_xsk_is_zero_copy(int fd)
{
	struct xdp_options options = {0};
	socklen_t length = sizeof(options);

	/* A device that is gone has none. */
	return !getsockopt(fd, SOL_XDP, XDP_OPTIONS, &options, &length) &&
	       options.flags & XDP_OPTIONS_ZEROCOPY;
}

size_t rb_xsk_bytes(const struct rb_xsk_opts *opts)
{
	return (size_t)opts->frames * RB_XSK_FRAME_BYTES;
}
