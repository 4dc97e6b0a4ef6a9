/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_XDP: frames go round between the fill ring (the kernel's, to receive into), the worker, the
 * transmit and completion rings, and the free list here.
 */
#include "datapath/xsk.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <xdp/xsk.h>

#include "util/cleanup.h"

#define SEND_BATCH 32 /* packets that the kernel sends per wake-up in copy mode */

struct rb_xsk {
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_prod fill, tx;
	struct xsk_ring_cons completion, rx;
	uint8_t *area;
	size_t area_bytes;
	uint32_t queue;
	char ifname[IF_NAMESIZE];
	uint32_t sending;  /* frames between send and completion */
	uint32_t reserve;  /* free frames that are kept from the fill ring, to send from */
	uint32_t fill_max; /* entries of the fill ring */
	size_t free_count;
	uint64_t free_frames[]; /* addresses in the UMEM, of whole frames */
};

static void frame_put(struct rb_xsk *xsk, uint64_t addr)
{
	xsk->free_frames[xsk->free_count++] = addr & ~(uint64_t)(RB_XSK_FRAME_BYTES - 1);
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
}

static int umem_create(struct rb_xsk *xsk, uint32_t frames)
{
	const struct xsk_umem_config config = {
		.fill_size = xsk->fill_max,
		.comp_size = frames,
		.frame_size = RB_XSK_FRAME_BYTES,
	};
	uint32_t i;

	xsk->area_bytes = (size_t)frames * RB_XSK_FRAME_BYTES;
	xsk->area = mmap(NULL, xsk->area_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	if (xsk->area == MAP_FAILED) {
		xsk->area = NULL;
		return -errno;
	}
	for (i = 0; i < frames; i++)
		frame_put(xsk, (uint64_t)i * RB_XSK_FRAME_BYTES);
	return xsk_umem__create(&xsk->umem, xsk->area, xsk->area_bytes, &xsk->fill,
				&xsk->completion, &config);
}

static void xsk_closep(struct rb_xsk **xsk)
{
	rb_xsk_close(*xsk);
}

int rb_xsk_open(const char *ifname, uint32_t queue, uint32_t frames, struct rb_xsk **ret_xsk)
{
	const struct xsk_socket_config config = {
		.rx_size = frames / 2,
		.tx_size = frames / 2,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		/* Zero-copy would make every answer of the XDP program a page and a copy. */
		.bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP,
	};
	_cleanup_(xsk_closep) struct rb_xsk *xsk = NULL;
	int err;

	if (frames < 4 || frames & (frames - 1) || strlen(ifname) >= IF_NAMESIZE)
		return -EINVAL;
	xsk = calloc(1, sizeof(*xsk) + frames * sizeof(xsk->free_frames[0]));
	if (!xsk)
		return -ENOMEM;
	strncpy(xsk->ifname, ifname, IF_NAMESIZE - 1);
	xsk->queue = queue;
	xsk->fill_max = frames / 2;
	xsk->reserve = frames / 4;
	err = umem_create(xsk, frames);
	if (err)
		return err;
	err = xsk_socket__create(&xsk->socket, ifname, queue, xsk->umem, &xsk->rx, &xsk->tx,
				 &config);
	if (err)
		return err;
	refill(xsk);
	*ret_xsk = TAKE_PTR(xsk);
	return 0;
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

	count = xsk_ring_cons__peek(&xsk->rx, max > UINT32_MAX ? UINT32_MAX : (uint32_t)max,
				    &index);
	if (!count)
		return 0;
	for (i = 0; i < count; i++) {
		const struct xdp_desc *desc = xsk_ring_cons__rx_desc(&xsk->rx, index + i);

		frame_init(xsk, desc->addr, desc->len, &frames[i]);
	}
	xsk_ring_cons__release(&xsk->rx, count);
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
