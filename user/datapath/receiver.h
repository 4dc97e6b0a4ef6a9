/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who uses the AF_XDP sockets that are made here: a server process.
 *
 * Thread: the keeper's.
 */
#ifndef RB_DATAPATH_RECEIVER_H
#define RB_DATAPATH_RECEIVER_H

#include <stdint.h>

#include "xsk/make.h"

struct rb_xdp_receiver {
	/*
	 * Have it map the socket, which it is told of by a number. Returns at once: what comes of it
	 * is said by rb_xdp_mapped() later. -errno: it does not hear of it.
	 */
	int (*give)(void *context, uint32_t id, const struct rb_xsk_parts *parts);
	/* It is to use the socket no more: the interface is gone, or nothing is served there. */
	void (*take)(void *context, uint32_t id);
	void (*set_mtu)(void *context, uint32_t id, uint32_t mtu);
	void *context;
};

#endif
