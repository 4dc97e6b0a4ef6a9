/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_XDP: frames go round between the fill ring (the kernel's, to receive into), the worker, the
 * transmit and completion rings, and the free list here.
 */
#include "xsk/xsk.h"

#include <errno.h>
#include <net/if.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <xdp/xsk.h>

#include "util/cleanup.h"

#define SEND_BATCH       32 /* packets that the kernel sends per wake-up in copy mode */
#define BUSY_POLL_US     20 /* that a call may spin for; the kernel's own example value */
#define BUSY_POLL_BUDGET 64 /* packets per call, as many as a worker takes at a time */

struct rb_xsk {
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons completion, rx;
	uint8_t *area;
	size_t area_bytes;
	uint32_t queue;
	char ifname[IF_NAMESIZE];
	_Atomic uint32_t mtu;
	uint32_t frames;
	bool busy_polled;
	uint64_t received, sent; /* written by the worker, read by main too */
	uint32_t sending;        /* frames between send and completion */
	uint32_t reserve;        /* free frames that are kept from the fill ring, to send from */
	uint32_t fill_max;       /* entries of the fill ring */
	size_t free_count;
	uint64_t free_frames[]; /* addresses in the UMEM, of whole frames */
};

static void frame_put(struct rb_xsk *xsk, uint64_t addr)
{
	xsk->free_frames[xsk->free_count++] = addr & ~(uint64_t)(RB_XSK_FRAME_BYTES - 1);
}

/* Let the driver receive, in this thread. */
static void run_driver(const struct rb_xsk *xsk)
{
	recvfrom(xsk_socket__fd(xsk->socket), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static void refill(struct rb_xsk *xsk)
{
	uint32_t want, index, i;

	if (xsk->free_count <= xsk->reserve)
		return;
	want = (uint32_t)xsk->free_count - xsk->reserve;
	i = xsk_prod_nb_free(&xsk->fill, xsk->fill_max);
	if (want > i)
		want = i;
	if (!want || !xsk_ring_prod__reserve(&xsk->fill, want, &index))
		return;
	for (i = 0; i < want; i++)
		*xsk_ring_prod__fill_addr(&xsk->fill, index++) =
			xsk->free_frames[--xsk->free_count];
	xsk_ring_prod__submit(&xsk->fill, want);
	/* Zero-copy drivers stop at an empty fill ring. In copy mode nobody asks for this. */
	if (xsk_ring_prod__needs_wakeup(&xsk->fill))
		run_driver(xsk);
}

static int umem_create(struct rb_xsk *xsk)
{
	const struct xsk_umem_config config = {
		.fill_size = xsk->fill_max,
		.comp_size = xsk->frames,
		.frame_size = RB_XSK_FRAME_BYTES,
	};
	uint32_t i;

	xsk->area_bytes = (size_t)xsk->frames * RB_XSK_FRAME_BYTES;
	xsk->area = mmap(NULL, xsk->area_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	if (xsk->area == MAP_FAILED) {
		xsk->area = NULL;
		return -errno;
	}
	for (i = 0; i < xsk->frames; i++)
		frame_put(xsk, (uint64_t)i * RB_XSK_FRAME_BYTES);
	return xsk_umem__create(&xsk->umem, xsk->area, xsk->area_bytes, &xsk->fill,
				&xsk->completion, &config);
}

static void xsk_closep(struct rb_xsk **xsk)
{
	rb_xsk_close(*xsk);
}

/* Interrupts stay on, and are put off while this thread polls. */
static bool busy_poll(int fd)
{
	int prefer = 1, spin_us = BUSY_POLL_US, budget = BUSY_POLL_BUDGET;

	return !setsockopt(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, &prefer, sizeof(prefer)) &&
	       !setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &spin_us, sizeof(spin_us)) &&
	       !setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budget, sizeof(budget));
}

static int xsk_open(const struct rb_xsk_opts *opts, uint16_t bind_flags, struct rb_xsk **ret_xsk)
{
	const struct xsk_socket_config config = {
		.rx_size = opts->ring_size,
		.tx_size = opts->ring_size,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = (uint16_t)(bind_flags | XDP_USE_NEED_WAKEUP),
	};
	_cleanup_(xsk_closep) struct rb_xsk *xsk =
		calloc(1, sizeof(*xsk) + opts->frames * sizeof(xsk->free_frames[0]));
	int err;

	if (!xsk)
		return -ENOMEM;
	strncpy(xsk->ifname, opts->ifname, IF_NAMESIZE - 1);
	xsk->queue = opts->queue;
	rb_xsk_set_mtu(xsk, opts->mtu);
	xsk->frames = opts->frames;
	xsk->fill_max = opts->ring_size;
	xsk->reserve = opts->frames / 4;
	err = umem_create(xsk);
	if (err)
		return err;
	err = xsk_socket__create(&xsk->socket, opts->ifname, opts->queue, xsk->umem, &xsk->rx,
				 &xsk->tx, &config);
	if (err)
		return err;
	xsk->busy_polled = opts->busy_poll && busy_poll(xsk_socket__fd(xsk->socket));
	refill(xsk);
	*ret_xsk = TAKE_PTR(xsk);
	return 0;
}

static bool is_power_of_two(uint32_t number)
{
	return number && !(number & (number - 1));
}

int rb_xsk_open(const struct rb_xsk_opts *opts, struct rb_xsk **ret_xsk)
{
	int err = -EOPNOTSUPP;

	if (!is_power_of_two(opts->ring_size) || !is_power_of_two(opts->frames) ||
	    opts->frames / 2 < opts->ring_size || strlen(opts->ifname) >= IF_NAMESIZE)
		return -EINVAL;
	if (opts->zero_copy)
		err = xsk_open(opts, XDP_ZEROCOPY, ret_xsk);
	/* Drivers refuse zero-copy with various errors. What else is wrong is so with copies too.
	 */
	if (err && err != -EBUSY)
		err = xsk_open(opts, XDP_COPY, ret_xsk);
	return err;
}

size_t rb_xsk_bytes(const struct rb_xsk_opts *opts)
{
	return (size_t)opts->frames * RB_XSK_FRAME_BYTES;
}

void rb_xsk_stats(const struct rb_xsk *xsk, struct rb_xsk_stats *ret_stats)
{
	struct xdp_statistics kernel = {0};
	struct xdp_options options = {0};
	socklen_t length = sizeof(kernel), options_length = sizeof(options);

	/* On failure they are zero: the numbers of a device that is gone. */
	getsockopt(rb_xsk_fd(xsk), SOL_XDP, XDP_STATISTICS, &kernel, &length);
	getsockopt(rb_xsk_fd(xsk), SOL_XDP, XDP_OPTIONS, &options, &options_length);
	*ret_stats = (struct rb_xsk_stats){
		.is_zero_copy = options.flags & XDP_OPTIONS_ZEROCOPY,
		.is_busy_polled = xsk->busy_polled,
		.ring_size = xsk->fill_max,
		.frames = xsk->frames,
		.received = __atomic_load_n(&xsk->received, __ATOMIC_RELAXED),
		.sent = __atomic_load_n(&xsk->sent, __ATOMIC_RELAXED),
		.dropped = kernel.rx_dropped,
		.ring_full = kernel.rx_ring_full,
		.fill_ring_empty = kernel.rx_fill_ring_empty_descs,
		.invalid = kernel.rx_invalid_descs + kernel.tx_invalid_descs,
	};
}

void rb_xsk_close(struct rb_xsk *xsk)
{
	if (!xsk)
		return;
	if (xsk->socket)
		xsk_socket__delete(xsk->socket);
	if (xsk->umem)
		xsk_umem__delete(xsk->umem);
	if (xsk->area)
		munmap(xsk->area, xsk->area_bytes);
	free(xsk);
}

int rb_xsk_fd(const struct rb_xsk *xsk)
{
	return xsk_socket__fd(xsk->socket);
}

uint32_t rb_xsk_queue(const struct rb_xsk *xsk)
{
	return xsk->queue;
}

const char *rb_xsk_ifname(const struct rb_xsk *xsk)
{
	return xsk->ifname;
}

uint32_t rb_xsk_mtu(const struct rb_xsk *xsk)
{
	return atomic_load_explicit(&xsk->mtu, memory_order_relaxed);
}

void rb_xsk_set_mtu(struct rb_xsk *xsk, uint32_t mtu)
{
	atomic_store_explicit(&xsk->mtu, mtu, memory_order_relaxed);
}

static void frame_init(const struct rb_xsk *xsk, uint64_t addr, uint32_t len,
		       struct rb_xsk_frame *ret_frame)
{
	ret_frame->data = xsk->area + addr;
	ret_frame->len = len;
	ret_frame->room = RB_XSK_FRAME_BYTES - (uint32_t)(addr & (RB_XSK_FRAME_BYTES - 1));
	ret_frame->addr = addr;
}

size_t rb_xsk_recv(struct rb_xsk *xsk, struct rb_xsk_frame *frames, size_t max)
{
	uint32_t index, count, i;

	if (xsk->busy_polled)
		run_driver(xsk);
	count = xsk_ring_cons__peek(&xsk->rx, max > UINT32_MAX ? UINT32_MAX : (uint32_t)max,
				    &index);
	if (!count)
		return 0;
	for (i = 0; i < count; i++) {
		const struct xdp_desc *desc = xsk_ring_cons__rx_desc(&xsk->rx, index + i);

		frame_init(xsk, desc->addr, desc->len, &frames[i]);
	}
	xsk_ring_cons__release(&xsk->rx, count);
	__atomic_store_n(&xsk->received, xsk->received + count, __ATOMIC_RELAXED);
	return count;
}

bool rb_xsk_take(struct rb_xsk *xsk, struct rb_xsk_frame *ret_frame)
{
	if (!xsk->free_count)
		return false;
	frame_init(xsk, xsk->free_frames[--xsk->free_count], 0, ret_frame);
	return true;
}

void rb_xsk_release(struct rb_xsk *xsk, const struct rb_xsk_frame *frame)
{
	frame_put(xsk, frame->addr);
}

bool rb_xsk_send(struct rb_xsk *xsk, const struct rb_xsk_frame *frame)
{
	struct xdp_desc *desc;
	uint32_t index;

	if (!xsk_ring_prod__reserve(&xsk->tx, 1, &index)) {
		frame_put(xsk, frame->addr);
		return false;
	}
	desc = xsk_ring_prod__tx_desc(&xsk->tx, index);
	desc->addr = frame->addr;
	desc->len = frame->len;
	desc->options = 0;
	xsk_ring_prod__submit(&xsk->tx, 1);
	xsk->sending++;
	__atomic_store_n(&xsk->sent, xsk->sent + 1, __ATOMIC_RELAXED);
	return true;
}

static void take_completions(struct rb_xsk *xsk)
{
	uint32_t index, count, i;

	count = xsk_ring_cons__peek(&xsk->completion, xsk->sending, &index);
	if (!count)
		return;
	for (i = 0; i < count; i++)
		frame_put(xsk, *xsk_ring_cons__comp_addr(&xsk->completion, index + i));
	xsk_ring_cons__release(&xsk->completion, count);
	xsk->sending -= count;
}

/* In copy mode the kernel sends inside this call, a batch at a time (EAGAIN: there is more). */
static void wake_sender(struct rb_xsk *xsk)
{
	uint32_t calls = xsk->sending / SEND_BATCH + 1;

	while (calls--) {
		if (sendto(rb_xsk_fd(xsk), NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
			return;
		/* A full device queue and the like: the frames stay queued until the next flush. */
		if (errno != EAGAIN)
			return;
	}
}

void rb_xsk_flush(struct rb_xsk *xsk)
{
	if (xsk->sending) {
		if (xsk_ring_prod__needs_wakeup(&xsk->tx))
			wake_sender(xsk);
		take_completions(xsk);
	}
	refill(xsk);
}
