/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between a client over TLS and the thread that carries out its command: the thread has a plain
 * descriptor, and what passes there is copied from and to the channel.
 *
 * Thread:   of the channel; nothing here waits.
 * Errors:   0 or -errno; ret_ arguments untouched on failure.
 */
#ifndef RB_CONTROL_BRIDGE_H
#define RB_CONTROL_BRIDGE_H

#include <stdint.h>

#include "control/channel.h"

struct rb_bridge;

/* ret_fd: the thread's end, which is the caller's. */
int rb_bridge_new(struct rb_bridge **ret_bridge, int *ret_fd);
void rb_bridge_free(struct rb_bridge *bridge);

int rb_bridge_fd(const struct rb_bridge *bridge);

/*
 * Copy what is there, both ways, as far as it goes. 0: all is done, the thread has closed its end
 * and the client has what it said. -EAGAIN: later, by the events that are wanted then.
 */
int rb_bridge_pump(struct rb_bridge *bridge, struct rb_channel *channel);

/* Events to wait for, at rb_bridge_fd() and at the channel. */
uint32_t rb_bridge_wants(const struct rb_bridge *bridge);
uint32_t rb_bridge_channel_wants(const struct rb_bridge *bridge, const struct rb_channel *channel);

#endif
