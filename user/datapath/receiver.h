/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user of the AF_XDP sockets that are created here: a server process.
 *
 * Thread: the keeper's.
 */
#ifndef RB_DATAPATH_RECEIVER_H
#define RB_DATAPATH_RECEIVER_H

#include <stdint.h>

#include "xsk/make.h"

struct rb_xdp_receiver {
	/*
	 * Tell it to map the socket, which has a number. Returns at once; rb_xdp_mapped() reports
	 * the result later. -errno: it was not told.
	 */
	int (*give)(void *context, uint32_t id, const struct rb_xsk_parts *parts);
	/* Tell it to stop using the socket: the interface is gone, or nothing is served there. */
	void (*take)(void *context, uint32_t id);
	void (*set_mtu)(void *context, uint32_t id, uint32_t mtu);
	void *context;
};

#endif
