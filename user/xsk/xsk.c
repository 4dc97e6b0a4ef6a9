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
#include <unistd.h>
#include <xdp/xsk.h>

#include "util/cleanup.h"

#define SEND_BATCH    32 /* packets that the kernel sends per wake-up in copy mode */
#define DRAIN_LOOKS   200
#define DRAIN_LOOK_US 1000

struct mapping {
	void *start; /* NULL: none */
	size_t bytes;
};

struct rb_xsk {
	int fd;
	struct mapping mappings[4]; /* of the rings */
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons completion, rx;
	uint8_t *area;
	size_t area_bytes;
	uint32_t queue;
	char ifname[IF_NAMESIZE];
	unsigned int ifindex;
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
	recvfrom(xsk->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);
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
	/* Zero-copy drivers stop when the fill ring is empty. In copy mode this is not needed. */
	if (xsk_ring_prod__needs_wakeup(&xsk->fill))
		run_driver(xsk);
}

/* One ring; producer and consumer rings are the same but for their types' names. */
static int ring_map(struct rb_xsk *xsk, size_t number, off_t page,
		    const struct xdp_ring_offset *offset, size_t entry_bytes, uint32_t entries,
		    struct xsk_ring_prod *ret_ring)
{
	struct mapping *mapping = &xsk->mappings[number];
	size_t bytes = offset->desc + entries * entry_bytes;
	uint8_t *start =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, xsk->fd, page);

	if (start == MAP_FAILED)
		return -errno;
	*mapping = (struct mapping){.start = start, .bytes = bytes};
	*ret_ring = (struct xsk_ring_prod){
		.mask = entries - 1,
		.size = entries,
		.producer = (uint32_t *)(void *)(start + offset->producer),
		.consumer = (uint32_t *)(void *)(start + offset->consumer),
		.flags = (uint32_t *)(void *)(start + offset->flags),
		.ring = start + offset->desc,
	};
	return 0;
}

static struct xsk_ring_cons as_consumer(const struct xsk_ring_prod *ring)
{
	return (struct xsk_ring_cons){
		.mask = ring->mask,
		.size = ring->size,
		.producer = ring->producer,
		.consumer = ring->consumer,
		.flags = ring->flags,
		.ring = ring->ring,
	};
}

/* They are new: all indices are 0. */
static int rings_map(struct rb_xsk *xsk)
{
	struct xdp_mmap_offsets offsets;
	socklen_t length = sizeof(offsets);
	struct xsk_ring_prod rx, completion;
	int err;

	if (getsockopt(xsk->fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length))
		return -errno;
	err = ring_map(xsk, 0, XDP_PGOFF_RX_RING, &offsets.rx, sizeof(struct xdp_desc),
		       xsk->fill_max, &rx);
	if (!err)
		err = ring_map(xsk, 1, XDP_PGOFF_TX_RING, &offsets.tx, sizeof(struct xdp_desc),
			       xsk->fill_max, &xsk->tx);
	if (!err)
		err = ring_map(xsk, 2, XDP_UMEM_PGOFF_FILL_RING, &offsets.fr, sizeof(uint64_t),
			       xsk->fill_max, &xsk->fill);
	if (!err)
		err = ring_map(xsk, 3, XDP_UMEM_PGOFF_COMPLETION_RING, &offsets.cr,
			       sizeof(uint64_t), xsk->frames, &completion);
	if (err)
		return err;
	/* A producer's cached index is the consumer's, one ring ahead. */
	xsk->tx.cached_cons = xsk->fill.cached_cons = xsk->fill_max;
	xsk->rx = as_consumer(&rx);
	xsk->completion = as_consumer(&completion);
	return 0;
}

static int frames_map(struct rb_xsk *xsk, int memory_fd)
{
	xsk->area_bytes = (size_t)xsk->frames * RB_XSK_FRAME_BYTES;
	xsk->area = mmap(NULL, xsk->area_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_fd, 0);
	if (xsk->area == MAP_FAILED) {
		xsk->area = NULL;
		return -errno;
	}
	for (uint32_t i = 0; i < xsk->frames; i++)
		frame_put(xsk, (uint64_t)i * RB_XSK_FRAME_BYTES);
	return 0;
}

static void xsk_closep(struct rb_xsk **xsk)
{
	rb_xsk_close(*xsk);
}

int rb_xsk_map(const struct rb_xsk_form *form, int fd, int memory_fd, struct rb_xsk **ret_xsk)
{
	_cleanup_(xsk_closep) struct rb_xsk *xsk =
		calloc(1, sizeof(*xsk) + form->frames * sizeof(xsk->free_frames[0]));
	int err;

	if (!xsk)
		return -ENOMEM;
	memcpy(xsk->ifname, form->ifname, sizeof(xsk->ifname));
	xsk->ifindex = form->ifindex;
	xsk->queue = form->queue;
	rb_xsk_set_mtu(xsk, form->mtu);
	xsk->frames = form->frames;
	xsk->fill_max = form->ring_size;
	xsk->reserve = form->frames / 4;
	xsk->busy_polled = form->busy_polled;
	xsk->fd = fd;
	err = rings_map(xsk);
	if (!err)
		err = frames_map(xsk, memory_fd);
	if (err) {
		xsk->fd = -1; /* it stays the caller's */
		return err;
	}
	close(memory_fd);
	refill(xsk);
	*ret_xsk = TAKE_PTR(xsk);
	return 0;
}

void rb_xsk_stats(const struct rb_xsk *xsk, struct rb_xsk_stats *ret_stats)
{
	struct xdp_statistics kernel = {0};
	socklen_t length = sizeof(kernel);

	/* After a failure they are zero: the device is gone. */
	getsockopt(rb_xsk_fd(xsk), SOL_XDP, XDP_STATISTICS, &kernel, &length);
	*ret_stats = (struct rb_xsk_stats){
		.is_zero_copy = rb_xsk_is_zero_copy(rb_xsk_fd(xsk)),
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
	/*
	 * A mapped ring keeps the socket open as the descriptor does, and the socket keeps its
	 * queue.
	 */
	for (size_t i = 0; i < ARRAY_SIZE(xsk->mappings); i++)
		if (xsk->mappings[i].start)
			munmap(xsk->mappings[i].start, xsk->mappings[i].bytes);
	rb_closep(&xsk->fd);
	if (xsk->area)
		munmap(xsk->area, xsk->area_bytes);
	free(xsk);
}

int rb_xsk_fd(const struct rb_xsk *xsk)
{
	return xsk->fd;
}

uint32_t rb_xsk_queue(const struct rb_xsk *xsk)
{
	return xsk->queue;
}

const char *rb_xsk_ifname(const struct rb_xsk *xsk)
{
	return xsk->ifname;
}

unsigned int rb_xsk_ifindex(const struct rb_xsk *xsk)
{
	return xsk->ifindex;
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

void rb_xsk_drain(struct rb_xsk *xsk)
{
	for (int looks = 0; xsk->sending && looks < DRAIN_LOOKS; looks++) {
		rb_xsk_flush(xsk);
		if (xsk->sending)
			usleep(DRAIN_LOOK_US);
	}
}
