/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_XDP socket of one NIC queue, with a UMEM of its own, as make.h has made it: used without any
 * privilege.
 *
 * Thread:   mapped by main, then used by its worker alone; no locks. Whoever may ask for its stats.
 * Lifetime: a received frame is borrowed until it is released or sent. A frame that is sent goes
 *	     back by itself.
 * Units:    lengths in bytes. Errors: 0 or -errno; ret_ arguments untouched on failure. Never logs.
 */
#ifndef RB_XSK_XSK_H
#define RB_XSK_XSK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xsk/make.h"

struct rb_xsk;

struct rb_xsk_frame {
	uint8_t *data; /* the packet, from its Ethernet header */
	uint32_t len;
	uint32_t room; /* bytes from data that may be written: at least 2048 */
	uint64_t addr; /* in the UMEM; for xsk.c alone */
};

/* Everything since the socket was opened. */
struct rb_xsk_stats {
	bool is_zero_copy;   /* as the kernel says */
	bool is_busy_polled; /* as the kernel took it */
	uint32_t ring_size, frames;
	uint64_t received, sent;  /* frames, by the worker */
	uint64_t dropped;         /* received but not delivered, for other reasons than these: */
	uint64_t ring_full;       /* no room in the receive ring: the worker is too slow */
	uint64_t fill_ring_empty; /* times that no frame was there to receive into */
	uint64_t invalid;         /* descriptors that were refused, of either direction */
};

/*
 * The socket takes over both descriptors. All frames are in its rings; packets come after it has
 * been bound.
 */
int rb_xsk_map(const struct rb_xsk_form *form, int fd, int memory_fd, struct rb_xsk **ret_xsk);
void rb_xsk_close(struct rb_xsk *xsk);

/* For poll and for the XSKMAP. Readable: packets are waiting. */
int rb_xsk_fd(const struct rb_xsk *xsk);
uint32_t rb_xsk_queue(const struct rb_xsk *xsk);
const char *rb_xsk_ifname(const struct rb_xsk *xsk);
unsigned int rb_xsk_ifindex(const struct rb_xsk *xsk);

/* How many bytes of an IP packet may be sent; main says when that changes. */
uint32_t rb_xsk_mtu(const struct rb_xsk *xsk);
void rb_xsk_set_mtu(struct rb_xsk *xsk, uint32_t mtu);
void rb_xsk_stats(const struct rb_xsk *xsk, struct rb_xsk_stats *ret_stats);

/* Up to max received frames; how many. Returned frames are the caller's. */
size_t rb_xsk_recv(struct rb_xsk *xsk, struct rb_xsk_frame *frames, size_t max);

/* A free frame for a reply that is sent later; false: none is left. len is 0. */
bool rb_xsk_take(struct rb_xsk *xsk, struct rb_xsk_frame *ret_frame);

/* Give a frame back unsent. */
void rb_xsk_release(struct rb_xsk *xsk, const struct rb_xsk_frame *frame);

/* Queue a frame with its len for sending; false: the ring is full and the frame was released. */
bool rb_xsk_send(struct rb_xsk *xsk, const struct rb_xsk_frame *frame);

/* Once per batch: make the kernel send what is queued, take completions, refill. */
void rb_xsk_flush(struct rb_xsk *xsk);

/*
 * Wait until all queued frames are sent, since closing drops them; not for a device that sends
 * nothing.
 */
void rb_xsk_drain(struct rb_xsk *xsk);

#endif
